import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeCertificateId } from '../certificate-id.ts';
import type { ProtocolFault } from '../fault-kinds.ts';
import type { AcmeClient, AcmeReply, Json, OrderObject } from '../testing/acme-client.ts';
import {
  alexIdentifier,
  codeOf,
  connectBound,
  connectService,
  enroll,
  makeRequest,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { Issued, TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let alex: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa();
  alex = await connectBound(ca);
});

afterEach(() => ca.faults.clear());

afterAll(async () => {
  alex.close();
  await ca.stop();
});

/** RFC 9773 §4.1, from the certificate alone. */
function certificateId({ chain }: Issued): string {
  const { raw, serialNumber } = new X509Certificate(chain);
  const [, keyIdentifier = ''] = /551d23041830168014([0-9a-f]{40})/.exec(raw.toString('hex')) ?? [];
  expect(keyIdentifier).toHaveLength(40);
  const [key, serial] = [keyIdentifier, serialNumber].map((hex) => Buffer.from(hex, 'hex'));
  return writeCertificateId(key ?? Buffer.of(), serial ?? Buffer.of());
}

async function ask(id: string): Promise<AcmeReply> {
  const reply = await alex.https.send(`${alex.directory.renewalInfo}/${id}`);
  const body = JSON.parse(reply.bytes.toString()) as Json;
  return { ...reply, body, problem: undefined, location: undefined };
}

type Window = { readonly start: string; readonly end: string };
const windowOf = ({ body }: AcmeReply): Window => body['suggestedWindow'] as Window;

const revoke = (client: AcmeClient, { chain }: Issued): Promise<AcmeReply> => {
  const certificate = new X509Certificate(chain).raw.toString('base64url');
  return client.post(client.directory.revokeCert, { certificate });
};

const replace = (client: AcmeClient, replaces: unknown, identifiers: object[] = [alexIdentifier]) =>
  client.post(client.directory.newOrder, { identifiers, replaces });

describe('renewal information', () => {
  it('is there for anyone, with a window in the last third of the life of the certificate', async () => {
    const issued = await enroll(ca, alex);
    const reply = await ask(certificateId(issued));
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.headers['retry-after']).toBe('21600');
    expect(reply.headers['link']).toContain('rel="index"');
    expect(reply.body).not.toHaveProperty('explanationURL');
    const { validFromDate, validToDate } = new X509Certificate(issued.chain);
    const life = validToDate.getTime() - validFromDate.getTime();
    const { start, end } = windowOf(reply);
    expect([start, end].map((date) => (Date.parse(date) - validFromDate.getTime()) / life)).toEqual(
      [2 / 3, 3 / 4],
    );
  });

  it.each([
    ['no name', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ', 400],
    ['padding', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE=', 400],
    ['a certificate of another CA', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE', 404],
    ['nothing', '', 404],
    ['a path', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE/x', 404],
  ])('is refused for %s', async (_name, id, status) => {
    const reply = await ask(id);
    expect([reply.status, reply.headers['content-type']]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(reply.body['type']).toBe('urn:ietf:params:acme:error:malformed');
  });

  it("is refused for one of our serial numbers under another issuer's key", async () => {
    const [, serial = ''] = certificateId(await enroll(ca, alex)).split('.');
    expect((await ask(`aYhba4dGQEHhs3uEe6CuLN4ByNQ.${serial}`)).status).toBe(404);
  });

  it('is not to be posted for', async () => {
    const id = certificateId(await enroll(ca, alex));
    const reply = await alex.get(`${alex.directory.renewalInfo}/${id}`);
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET']);
  });

  it('asks to renew at once what was revoked', async () => {
    const issued = await enroll(ca, alex);
    expect((await revoke(alex, issued)).status).toBe(200);
    const { start, end } = windowOf(await ask(certificateId(issued)));
    expect(Date.parse(start)).toBeLessThan(Date.parse(end));
    expect(Date.parse(end)).toBeLessThanOrEqual(ca.clock().getTime());
  });

  it('stays what it was for a certificate that was replaced', async () => {
    const issued = await enroll(ca, alex);
    const id = certificateId(issued);
    const before = await ask(id);
    expect((await replace(alex, id)).status).toBe(201);
    expect((await ask(id)).body).toEqual(before.body);
  });

  it('follows the policy of the CA', async () => {
    const renewal = { start: 0.1, end: 0.2, retryAfter: 60, explanationURL: 'https://why.test/' };
    const other = await startTestCa({ renewal });
    const client = await connectBound(other);
    const issued = await enroll(other, client);
    const url = `${client.directory.renewalInfo}/${certificateId(issued)}`;
    const reply = await client.https.send(url);
    const body = JSON.parse(reply.bytes.toString()) as Json;
    expect(reply.headers['retry-after']).toBe('60');
    expect(body['explanationURL']).toBe('https://why.test/');
    const from = new X509Certificate(issued.chain).validFromDate.getTime();
    const { start } = body['suggestedWindow'] as Window;
    expect((Date.parse(start) - from) / 86_400_000).toBe(9);
    client.close();
    await other.stop();
    await expect(startTestCa({ renewal: { start: 0.5, end: 0.5 } })).rejects.toThrow(RangeError);
  });

  it.each<
    [string, Partial<Extract<ProtocolFault, { kind: 'renewalInfo' }>>, (r: AcmeReply) => void]
  >([
    ['past', { window: 'past' }, (r) => expect(Date.parse(windowOf(r).end)).toBeLessThan(now())],
    [
      'future',
      { window: 'future' },
      (r) => expect(Date.parse(windowOf(r).start)).toBeGreaterThan(now()),
    ],
    [
      'backwards',
      { window: 'endsBeforeStart' },
      (r) => expect(Date.parse(windowOf(r).end)).toBeLessThan(Date.parse(windowOf(r).start)),
    ],
    ['empty', { window: 'empty' }, (r) => expect(windowOf(r).end).toBe(windowOf(r).start)],
    ['malformed', { window: 'malformed' }, (r) => expect(windowOf(r).end).toBe(2)],
    ['missing', { window: 'missing' }, (r) => expect(r.body).not.toHaveProperty('suggestedWindow')],
    ['any other', { window: { start: 1, end: 'x' } }, (r) => expect(windowOf(r).start).toBe(1)],
    [
      'explained',
      { explanationURL: 'https://why.test/' },
      (r) => expect(r.body['explanationURL']).toBe('https://why.test/'),
    ],
    [
      'without Retry-After',
      { retryAfter: 'missing' },
      (r) => expect(r.headers['retry-after']).toBeUndefined(),
    ],
    [
      'with a bad Retry-After',
      { retryAfter: 'malformed' },
      (r) => expect(r.headers['retry-after']).toBe('soon'),
    ],
    [
      'with a date to come back',
      { retryAfter: { seconds: 90, form: 'date' } },
      (r) => expect(Date.parse(r.headers['retry-after'] ?? '')).toBe(now() + 90_000),
    ],
  ])('can be made %s by a fault', async (_name, fault, check) => {
    const id = certificateId(await kept());
    ca.faults.arm({ kind: 'renewalInfo', ...fault });
    check(await ask(id));
    expect(windowOf(await ask(id)).start).toMatch(/^\d{4}-/);
  });

  const now = (): number => ca.clock().getTime();
  let one: Promise<Issued> | undefined;
  function kept(): Promise<Issued> {
    one ??= enroll(ca, alex);
    return one;
  }
});

describe('an order that replaces a certificate', () => {
  it('says so whenever it is read, and leaves no room for another', async () => {
    const replaces = certificateId(await enroll(ca, alex));
    const reply = await replace(alex, replaces);
    expect([reply.status, reply.body['replaces']]).toEqual([201, replaces]);
    expect((await alex.order(reply.location ?? '')).replaces).toBe(replaces);
    const again = await replace(alex, replaces);
    expect([again.status, again.problem]).toEqual([409, 'alreadyReplaced']);
  });

  it('keeps the place when it becomes a certificate', async () => {
    const replaces = certificateId(await enroll(ca, alex));
    const placed = await placeOrder(alex, { identifiers: [alexIdentifier], replaces });
    const { url } = await alex.challenge(placed.order, 'totp-01');
    await alex.post(url, { otp: codeOf(ca) });
    ca.clock.advance(60);
    const { csr } = await makeRequest();
    const done = (await alex.post(placed.order.finalize, { csr })).body as OrderObject;
    expect([done.status, done.replaces]).toEqual(['valid', replaces]);
    expect((await replace(alex, replaces)).status).toBe(409);
  });

  it.each(['a deactivated authorization', 'a failed challenge', 'time'])(
    'makes room again when it comes to nothing by %s',
    async (how) => {
      const replaces = certificateId(await enroll(ca, alex));
      const placed = await placeOrder(alex, { identifiers: [alexIdentifier], replaces });
      const [authorization = ''] = placed.order.authorizations;
      if (how === 'time') ca.clock.advance(25 * 3600);
      else if (how === 'a failed challenge') {
        ca.faults.arm({ kind: 'invalidWithSubproblems' });
        const { url } = await alex.challenge(placed.order, 'totp-01');
        await alex.post(url, { otp: codeOf(ca) });
      } else await alex.post(authorization, { status: 'deactivated' });
      expect((await alex.order(placed.url)).status).toBe('invalid');
      expect((await replace(alex, replaces)).status).toBe(201);
    },
  );

  it('is not placed twice by two requests at once', async () => {
    const replaces = certificateId(await enroll(ca, alex));
    const other = await connectBound(ca);
    Object.assign(other, { keys: alex.keys, kid: alex.kid });
    const replies = await Promise.all([replace(alex, replaces), replace(other, replaces)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    other.close();
  });

  it('is refused to another account, for other names, and for what is no certificate of ours', async () => {
    const replaces = certificateId(await enroll(ca, alex));
    const [second, service] = [await connectBound(ca), await connectService(ca)];
    const foreign = await replace(second, replaces);
    expect([foreign.status, foreign.problem]).toEqual([403, 'unauthorized']);
    const device = { type: 'permanent-identifier', value: 'SN-1' };
    const other = await replace(alex, replaces, [device]);
    expect([other.status, other.problem]).toEqual([400, 'malformed']);
    for (const [text, status] of [
      ['aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE', 404],
      ['x', 400],
      [5, 400],
      [`${replaces}=`, 400],
    ] as const) {
      const reply = await replace(alex, text);
      expect([text, reply.status, reply.problem]).toEqual([text, status, 'malformed']);
    }
    // None of the refusals took the place.
    expect((await replace(alex, replaces)).status).toBe(201);
    second.close();
    service.close();
  });

  it('is not kept by an order that is refused for another reason', async () => {
    const replaces = certificateId(await enroll(ca, alex));
    const payload = { identifiers: [alexIdentifier], replaces, profile: 'gold' };
    expect((await alex.post(alex.directory.newOrder, payload)).problem).toBe('invalidProfile');
    expect((await replace(alex, replaces)).status).toBe(201);
  });
});
