import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply, ChallengeObject } from '../testing/acme-client.ts';
import { connectBound, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { brief, connectTwin } from '../testing/replies.ts';
import { givePasskey, openPasskeyChallenge } from '../testing/passkeys.ts';
import type { HeldPasskey, PasskeyChallenge } from '../testing/passkeys.ts';
import { readRegistration } from '../passkeys/responses.ts';
import { SoftwareAuthenticator } from '../testing/software-authenticator.ts';
import type { AssertionJson, Ceremony } from '../testing/software-authenticator.ts';

let ca: TestCa;
let client: AcmeClient;
let held: HeldPasskey;

beforeEach(async () => {
  ca = await startTestCa();
  client = await connectBound(ca);
  held = await givePasskey(ca, ca.alex);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const open = (by: AcmeClient = client): Promise<PasskeyChallenge> => openPasskeyChallenge(by);

const assert = (
  { publicKey }: PasskeyChallenge,
  ceremony: Partial<Ceremony> = {},
  { authenticator } = held,
): AssertionJson => authenticator.get(publicKey, { origin: ca.origin, ...ceremony });

const respond = ({ url }: ChallengeObject, credential: unknown, by = client): Promise<AcmeReply> =>
  by.post(url, { credential });

describe('many at the same time', () => {
  it('are judged once for one challenge', async () => {
    const challenge = await open();
    const racers = await Promise.all(Array.from({ length: 6 }, () => connectTwin(ca, client)));
    const credentials = racers.map(() => assert(challenge));
    const replies = await Promise.all(
      racers.map((racer, index) => respond(challenge, credentials[index], racer)),
    );
    expect(replies.filter(({ status }) => status >= 500)).toEqual([]);
    expect((await client.get(challenge.url)).body).toMatchObject({ status: 'valid' });
    // Whoever came while another was being judged has not counted.
    const [passkey] = ca.people.credentials.passkeysOf(ca.alex.id);
    expect(ca.ledger().codes).toBe(1);
    expect(passkey?.flaggedAt).toBeUndefined();
    for (const racer of racers) racer.close();
  });

  it('with one counter are accepted once', async () => {
    const challenges = [await open(), await open(), await open()];
    const racers = await Promise.all(challenges.map(() => connectTwin(ca, client)));
    const replies = await Promise.all(
      challenges.map((challenge, index) =>
        respond(challenge, assert(challenge, { signCount: 9 }), racers[index]),
      ),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 403, 403]);
    for (const racer of racers) racer.close();
  });
});

describe('a response of the wrong shape', () => {
  const shapes: readonly (readonly [string, (right: AssertionJson) => object])[] = [
    ['nothing', () => ({})],
    ['both kinds', (right) => ({ credential: right, sig: 'a.b.c' })],
    ['a text', () => ({ credential: 'AAAA' })],
    ['a list', (right) => ({ credential: [right] })],
    ['null', () => ({ credential: null })],
    ['two ids', (right) => ({ credential: { ...right, rawId: 'AAAA' } })],
    ['another type', (right) => ({ credential: { ...right, type: 'password' } })],
    [
      'an id in other letters',
      (right) => ({ credential: { ...right, id: 'a+b=', rawId: 'a+b=' } }),
    ],
    ['no response', ({ id, rawId, type }) => ({ credential: { id, rawId, type } })],
    ['a signature of numbers', (right) => ({ credential: changed(right, 'signature', [1, 2, 3]) })],
    ['no signature', (right) => ({ credential: changed(right, 'signature', '') })],
    [
      'client data that is too long',
      (right) => ({ credential: changed(right, 'clientDataJSON', 'A'.repeat(9000)) }),
    ],
    [
      'a user handle that is too long',
      (right) => ({ credential: changed(right, 'userHandle', 'A'.repeat(88)) }),
    ],
  ];

  it.each(shapes)('(%s) is malformed and costs no attempt', async (_what, make) => {
    const challenge = await open();
    const reply = await client.post(challenge.url, make(assert(challenge)));
    expect(brief(reply)).toEqual([400, 'malformed', undefined]);
    const wrong = assert(challenge, { challenge: 'AAAA' });
    expect(brief(await respond(challenge, wrong))).toEqual([403, 'incorrectResponse', 2]);
  });

  it('is never more than the client’s mistake, whatever it is', async () => {
    const binary = fc
      .uint8Array({ maxLength: 80 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'));
    const credential = fc.record({
      ...{ id: binary, rawId: binary, type: fc.constantFrom('public-key', 'x') },
      response: fc.record({ clientDataJSON: binary, authenticatorData: binary, signature: binary }),
    });
    const payload = fc.oneof(
      fc.object().map((value) => ({ credential: value })),
      credential.map((value) => ({ credential: value })),
      fc.string().map((sig) => ({ sig })),
    );
    await fc.assert(
      fc.asyncProperty(payload, async (response) => {
        const { url } = await open();
        expect([400, 403]).toContain((await client.post(url, response)).status);
      }),
      { numRuns: 25 },
    );
  });

  it('inside the signed parts is a wrong response', async () => {
    for (const [member, value] of [
      ['clientDataJSON', Buffer.from('no JSON').toString('base64url')],
      ['clientDataJSON', Buffer.from('null').toString('base64url')],
      ['clientDataJSON', Buffer.from([0xff, 0xfe]).toString('base64url')],
      ['authenticatorData', 'AAAA'],
      ['authenticatorData', Buffer.alloc(4000, 0xff).toString('base64url')],
    ] as const) {
      const challenge = await open();
      const reply = await respond(challenge, changed(assert(challenge), member, value));
      expect(reply.problem).toBe('incorrectResponse');
    }
  });
});

describe('the throttle', () => {
  async function failTenTimes(): Promise<void> {
    for (let count = 0; count < 10;) {
      const challenge = await open();
      for (let tries = 0; tries < 3 && count < 10; tries += 1, count += 1) {
        await respond(challenge, assert(challenge, { challenge: 'AAAA' }));
      }
    }
  }

  it('locks the passkeys of a person after ten failures, and nobody else’s', async () => {
    await failTenTimes();
    const challenge = await open();
    const reply = await respond(challenge, assert(challenge));
    expect(brief(reply)).toEqual([429, 'rateLimited', undefined]);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    ca.clock.advance(61);
    expect((await respond(challenge, assert(challenge))).status).toBe(200);
  });

  it('begins anew with a passkey that an administrator’s link registered', async () => {
    await failTenTimes();
    const { token } = ca.passkeyDesk.makeLink(ca.alex.id);
    const link = ca.passkeyDesk.findLink(token);
    if (link === undefined) throw new Error('there is no link');
    const authenticator = new SoftwareAuthenticator();
    const { publicKey } = ca.passkeyDesk.beginByLink(link, ca.alex);
    const response = readRegistration(authenticator.create(publicKey, { origin: ca.origin }));
    const passkey = await ca.passkeyDesk.finishByLink(link, ca.alex, { response, name: 'New' });
    const challenge = await open();
    const assertion = assert(challenge, {}, { authenticator, passkey });
    expect((await respond(challenge, assertion)).status).toBe(200);
  });
});

function changed(
  { response, ...rest }: AssertionJson,
  member: string,
  value: unknown,
): Readonly<Record<string, unknown>> {
  return { ...rest, response: { ...response, [member]: value } };
}
