import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply } from '../testing/acme-client.ts';
import { keyAuthorizationOf, proveWith, signProof } from '../testing/certificate-proof.ts';
import type { Spoil } from '../testing/certificate-proof.ts';
import { alexMail, createCertificateWorld } from '../testing/certificate-world.ts';
import type { CertificateWorld, OpenChallenge } from '../testing/certificate-world.ts';
import type { Issued } from '../testing/foreign-ca.ts';
import { brief } from '../testing/replies.ts';

let world: CertificateWorld;
let alex: Issued;
let client: AcmeClient;

beforeEach(async () => {
  world = await createCertificateWorld();
  ({ client } = world);
  alex = await world.byAddress.issue({ names: [...alexMail] });
});

afterEach(() => world.stop());

const withHeader =
  (members: object): Spoil =>
  ({ header }) => ({ header: { ...header, ...members } });

const statusOf = async ({ challenge }: OpenChallenge): Promise<unknown> =>
  (await client.get(challenge.url)).body['status'];

describe('a response that is wrong', () => {
  const spoilt: readonly (readonly [string, Spoil, tags?: string[]])[] = [
    ['no signature', withHeader({ alg: 'none' })],
    ['a MAC', withHeader({ alg: 'HS256' }), ['deep']],
    ['an algorithm of another kind of key', withHeader({ alg: 'RS256' }), ['deep']],
    ['an algorithm of another curve', withHeader({ alg: 'ES384' })],
    ['an algorithm that nobody knows', withHeader({ alg: 'constructor' }), ['deep']],
    ['another type', withHeader({ typ: 'acme-ppkp-01+jws' }), ['deep']],
    ['no type', withHeader({ typ: '' }), ['deep']],
    ['another URL', withHeader({ url: 'https://localhost/acme/challenge/1' })],
    ['another payload', () => ({ payload: 'A'.repeat(87) })],
    ['a longer payload', ({ payload }) => ({ payload: `${payload}A` }), ['deep']],
    ['a payload in JSON', ({ payload }) => ({ payload: JSON.stringify(payload) }), ['deep']],
  ];
  for (const [name, spoil, tags = []] of spoilt) {
    it(`for it has ${name} leaves the challenge open`, { tags }, async () => {
      const open = await world.open();
      const reply = await proveWith(client, open.challenge, alex, spoil);
      expect(brief(reply)).toEqual([403, 'incorrectResponse', 2]);
      expect(await statusOf(open)).toBe('pending');
      expect((await proveWith(client, open.challenge, alex)).status).toBe(200);
    });
  }

  it('ends the challenge the third time', async () => {
    const open = await world.open();
    const wrong = (): Promise<AcmeReply> =>
      proveWith(client, open.challenge, alex, withHeader({ typ: 'JWT' }));
    for (const left of [2, 1, 0]) {
      expect(brief(await wrong())).toEqual([403, 'incorrectResponse', left]);
    }
    expect(await statusOf(open)).toBe('invalid');
    expect((await client.order(open.placed.url)).status).toBe('invalid');
    expect(brief(await proveWith(client, open.challenge, alex))).toEqual([
      400,
      'malformed',
      undefined,
    ]);
  });

  it('ten times in an hour locks the person’s certificates, for all their accounts', async () => {
    const wrong = withHeader({ typ: 'JWT' });
    for (let failures = 0; failures < 10;) {
      const { challenge } = await world.open();
      for (let tries = 0; tries < 3 && failures < 10; tries += 1, failures += 1) {
        await proveWith(client, challenge, alex, wrong);
      }
    }
    const twin = await world.connect();
    const { challenge } = await world.open(twin);
    const locked = await proveWith(twin, challenge, alex);
    expect([locked.status, locked.problem]).toEqual([429, 'rateLimited']);
    expect(locked.headers['retry-after']).toBe('60');
    world.ca.clock.advance(61);
    expect((await proveWith(twin, challenge, alex)).status).toBe(200);
  });
});

describe('a response that was made for something else is wrong', () => {
  it('for another challenge of the same account', async () => {
    const [first, second] = [await world.open(), await world.open()];
    const keyAuthorization = await keyAuthorizationOf(client, first.challenge.token);
    const sig = await signProof(alex, { url: first.challenge.url, keyAuthorization });
    expect(brief(await client.post(second.challenge.url, { sig }))[1]).toBe('incorrectResponse');
    // With the URL put right, the token is still the other's.
    const { url } = second.challenge;
    const mixed = await signProof(alex, { url, keyAuthorization });
    expect(brief(await client.post(url, { sig: mixed }))[1]).toBe('incorrectResponse');
    expect((await client.post(first.challenge.url, { sig })).status).toBe(200);
  });

  it('for another account of the same person', async () => {
    const twin = await world.connect();
    const [mine, theirs] = [await world.open(), await world.open(twin)];
    const { url, token } = mine.challenge;
    const keyAuthorization = await keyAuthorizationOf(client, token);
    const sig = await signProof(alex, { url, keyAuthorization });
    expect(brief(await twin.post(theirs.challenge.url, { sig }))[1]).toBe('incorrectResponse');
    const foreign = await signProof(alex, { url: theirs.challenge.url, keyAuthorization });
    expect(brief(await twin.post(theirs.challenge.url, { sig: foreign }))[1]).toBe(
      'incorrectResponse',
    );
    expect((await twin.post(url, { sig })).status).toBe(403);
  });

  it('with the key that the account had before', async () => {
    const { challenge } = await world.open();
    const { url, token } = challenge;
    const sig = await signProof(alex, {
      url,
      keyAuthorization: await keyAuthorizationOf(client, token),
    });
    await client.rollover();
    expect(brief(await client.post(url, { sig }))).toEqual([403, 'incorrectResponse', 2]);
  });

  it('and is taken once of many that come at the same time', async () => {
    const { challenge } = await world.open();
    const { url, token } = challenge;
    const keyAuthorization = await keyAuthorizationOf(client, token);
    const sig = await signProof(alex, { url, keyAuthorization });
    const racers = Array.from({ length: 6 }, () =>
      Object.assign(Object.create(Object.getPrototypeOf(client) as object) as AcmeClient, client),
    );
    const nonces = await Promise.all(
      racers.map(async () => {
        const { headers } = await client.https.send(client.directory.newNonce);
        return String(headers['replay-nonce']);
      }),
    );
    const replies = await Promise.all(
      nonces.map((nonce) => client.post(url, { sig }, { header: { nonce } })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 400, 400, 400, 400, 400]);
  });
});

describe('a response that is no response costs nothing', () => {
  const refused = async (payload: object, open: OpenChallenge): Promise<void> => {
    expect(brief(await client.post(open.challenge.url, payload))).toEqual([
      ...[400, 'malformed', undefined],
    ]);
    expect(await statusOf(open)).toBe('pending');
  };

  const headers: readonly (readonly [string, object, tags?: string[]])[] = [
    ['a key', { jwk: { kty: 'EC' } }],
    ['the name of a key', { kid: 'a' }, ['deep']],
    ['a URL of certificates', { x5u: 'https://ca.example/leaf' }, ['deep']],
    ['a URL of keys', { jku: 'https://ca.example/keys' }, ['deep']],
    ['what must be understood', { crit: ['exp'], exp: 1 }],
    ['a payload as it is', { b64: false }, ['deep']],
    ['the fingerprint of a certificate', { x5t: 'AAAA' }, ['deep']],
    ['a nonce', { nonce: 'AAAA' }, ['deep']],
    ['no chain', { x5c: undefined }],
    ['an empty chain', { x5c: [] }, ['deep']],
    ['a chain of text', { x5c: 'AAAA' }, ['deep']],
    ['a chain of numbers', { x5c: [1] }, ['deep']],
    ['a chain of nothing', { x5c: [''] }, ['deep']],
    ['a chain of something else', { x5c: ['AAAA'] }],
    ['an algorithm that is no text', { alg: ['ES256'] }, ['deep']],
    ['no type at all', { typ: undefined }, ['deep']],
  ];
  for (const [name, members, tags = []] of headers) {
    it(`with ${name} in its header`, { tags }, async () => {
      const open = await world.open();
      const { url, token } = open.challenge;
      const keyAuthorization = await keyAuthorizationOf(client, token);
      const sig = await signProof(alex, { url, keyAuthorization }, withHeader(members));
      await refused({ sig }, open);
    });
  }

  it('with a chain in base64url, padded wrongly, or with lines', async () => {
    const open = await world.open();
    const { url, token } = open.challenge;
    const keyAuthorization = await keyAuthorizationOf(client, token);
    const der = Buffer.from(alex.certificate.rawData);
    const right = der.toString('base64');
    for (const spelling of [
      `${right}=`,
      `${right.slice(0, 64)}\n${right.slice(64)}`,
      ` ${right}`,
    ]) {
      const sig = await signProof(alex, { url, keyAuthorization }, withHeader({ x5c: [spelling] }));
      await refused({ sig }, open);
    }
    const more = withHeader({ x5c: [Buffer.concat([der, Buffer.of(0)]).toString('base64')] });
    await refused({ sig: await signProof(alex, { url, keyAuthorization }, more) }, open);
  });

  it('of the wrong shape', async () => {
    const open = await world.open();
    for (const sig of [undefined, 5, '', 'a.b', 'a.b.c', '..', 'e30..AA', 'e30.e30.AA.AA', {}]) {
      await refused({ sig }, open);
    }
    await refused({ sig: 'W10.AA.AA' }, open);
  });

  it('with a chain of more certificates, or larger ones, than anybody has', async () => {
    const open = await world.open();
    const many = Array.from({ length: 9 }, () => alex.certificate);
    const reply = await proveWith(client, open.challenge, { ...alex, chain: many });
    expect(brief(reply)).toEqual([400, 'malformed', undefined]);
    const large = await padded(66_000);
    const tooLarge = await proveWith(client, open.challenge, large);
    expect(brief(tooLarge)).toEqual([400, 'malformed', undefined]);
    expect((await proveWith(client, open.challenge, await padded(60_000))).status).toBe(200);
  });
});

/** A certificate of about so many octets. */
function padded(octets: number): Promise<Issued> {
  const extensions = [new x509.Extension('1.2.3.4', false, new Uint8Array(octets))];
  return world.byAddress.issue({ names: [...alexMail], extensions });
}

describe('garbage', () => {
  it('is never taken, and never an error of the server’s', async () => {
    const { challenge } = await world.open();
    const text = fc.oneof(
      fc.string({ maxLength: 300 }),
      fc
        .tuple(fc.base64String({ maxLength: 80 }), fc.base64String({ maxLength: 80 }))
        .map((parts) => parts.join('.')),
      fc.json({ maxDepth: 3 }).map((header) => {
        const encoded = Buffer.from(header).toString('base64url');
        return `${encoded}.AAAA.AAAA`;
      }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (sig) => {
        const reply = await client.post(challenge.url, { sig });
        expect(brief(reply)).toEqual([400, 'malformed', undefined]);
      }),
      { numRuns: 60 },
    );
  });

  it('in a certificate makes it one that nobody issued', { tags: ['deep'] }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const sam = await newPerson();
        const { challenge } = await world.open(sam.client, { identifiers: [sam.identifier] });
        const issued = await world.byAddress.issue({ names: [sam.identifier] });
        const der = Buffer.from(issued.certificate.rawData);
        const at = place % der.length;
        der.writeUInt8(der.readUInt8(at) ^ change, at);
        const spoil = withHeader({ x5c: [der.toString('base64')] });
        const reply = await proveWith(sam.client, challenge, issued, spoil);
        expect([400, 403]).toContain(reply.status);
      }),
      { numRuns: 40 },
    );
  });
});

let people = 0;

async function newPerson() {
  people += 1;
  const email = `garbled-${people}@example.test`;
  const person = world.ca.people.register({ name: 'Garbled', email });
  return {
    client: await world.connect(person),
    identifier: { type: 'email', value: email } as const,
  };
}
