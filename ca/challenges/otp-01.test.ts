import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CaOptions } from '../running-ca.ts';
import { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply, ChallengeObject } from '../testing/acme-client.ts';
import { ocra, openChallenge } from '../testing/code-makers.ts';
import type { OpenChallenge } from '../testing/code-makers.ts';
import { connectBound, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { radiusUsers, startRadiusServer } from '../testing/radius-server.ts';
import type { RunningRadiusServer } from '../testing/radius-server.ts';

let ca: TestCa;
let client: AcmeClient;

async function start(options: CaOptions): Promise<void> {
  ca = await startTestCa(options);
  client = await connectBound(ca);
}

afterEach(async () => {
  client.close();
  await ca.stop();
});

const open = (by: AcmeClient = client): Promise<OpenChallenge> => openChallenge(by, ocra, ca.alex);

const respond = (url: string, otp: string, by: AcmeClient = client): Promise<AcmeReply> =>
  by.post(url, { otp });

const look = async (url: string): Promise<ChallengeObject> =>
  (await client.get(url)).body as ChallengeObject;

describe('a token that answers to a number', () => {
  beforeEach(() => start({}));

  it.each(['OCRA-1:HOTP-SHA1-6:QN08', 'OCRA-1:HOTP-SHA256-8:QN08'] as const)(
    'is judged by %s',
    async (suite) => {
      ca.people.codes.setUpOcra(ca.alex.id, suite);
      const { challenge, placed } = await open();
      expect(challenge.display).toMatch(/^\d{8}$/);
      const code = ocra.code(ca, ca.alex, challenge);
      expect(code).toHaveLength(suite.endsWith('6:QN08') ? 6 : 8);
      const { status, body } = await respond(challenge.url, code);
      expect([status, body['status']]).toEqual([200, 'valid']);
      expect((await client.order(placed.url)).status).toBe('ready');
    },
  );

  it('gets another number for each challenge and after each response', async () => {
    ocra.setUp(ca, ca.alex);
    const [first, second] = [await open(), await open()];
    const numbers = [first.challenge.display, second.challenge.display];
    expect((await look(first.challenge.url)).display).toBe(numbers[0]);
    for (let count = 0; count < 3; count += 1) {
      await respond(first.challenge.url, '00000000');
      numbers.push((await look(first.challenge.url)).display);
    }
    expect(new Set(numbers).size).toBe(5);
  });

  it('is not heard with what it answered to an earlier number of the same challenge', async () => {
    ocra.setUp(ca, ca.alex);
    const { challenge } = await open();
    const early = ocra.code(ca, ca.alex, challenge);
    await respond(challenge.url, '00000000');
    expect((await respond(challenge.url, early)).problem).toBe('incorrectResponse');
    const late = ocra.code(ca, ca.alex, await look(challenge.url));
    expect((await respond(challenge.url, late)).status).toBe(200);
  });

  it('is not heard with the response of another key', async () => {
    ocra.setUp(ca, ca.alex);
    const { challenge } = await open();
    const old = ocra.code(ca, ca.alex, challenge);
    ocra.setUp(ca, ca.alex);
    expect((await respond(challenge.url, old)).problem).toBe('incorrectResponse');
  });
});

describe('a RADIUS server', () => {
  const { simple, slow, steps } = radiusUsers;
  let radius: RunningRadiusServer;

  beforeAll(async () => {
    radius = await startRadiusServer();
  });
  afterAll(() => radius.stop());

  const setUp = (userName: string): void => ca.people.codes.setUpRadius(ca.alex.id, userName);

  const settled = (url: string): Promise<ChallengeObject> =>
    expect
      .poll(() => look(url))
      .not.toMatchObject({ status: 'processing' })
      .then(() => look(url));

  it('says whether the text is right', async () => {
    await start({ radius });
    setUp(simple.userName);
    const { challenge, placed } = await open();
    expect(challenge).toMatchObject({ prompt: 'One-time password of simple' });
    const wrong = await respond(challenge.url, 'anything');
    expect([wrong.status, wrong.body['attemptsRemaining']]).toEqual([403, 4]);
    expect((await respond(challenge.url, simple.password)).body['status']).toBe('valid');
    expect((await client.order(placed.url)).status).toBe('ready');
  });

  it('that takes its time leaves the challenge in processing meanwhile', async () => {
    await start({ radius });
    setUp(slow.userName);
    const { challenge, placed } = await open();
    const reply = await respond(challenge.url, slow.password);
    expect([reply.status, reply.body['status']]).toEqual([200, 'processing']);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    // No other response is taken meanwhile, right or wrong.
    const again = await respond(challenge.url, 'another');
    expect([again.status, again.body['status']]).toEqual([200, 'processing']);
    expect((await settled(challenge.url)).status).toBe('valid');
    expect((await client.order(placed.url)).status).toBe('ready');
  });

  it(
    'that takes its time to refuse leaves the reason in the challenge',
    { tags: ['deep'] },
    async () => {
      await start({ radius });
      setUp(slow.userName);
      const { challenge } = await open();
      const reply = await respond(challenge.url, 'wrong');
      expect(reply.body['status']).toBe('processing');
      expect(await settled(challenge.url)).toMatchObject({
        status: 'pending',
        error: { type: 'urn:ietf:params:acme:error:incorrectResponse', attemptsRemaining: 4 },
      });
    },
  );

  it('is asked once for a text that comes to many challenges while it takes its time', async () => {
    await start({ radius });
    setUp(slow.userName);
    const racers = [];
    for (let count = 0; count < 4; count += 1) {
      const by = await connectBound(ca);
      racers.push({ by, url: (await open(by)).challenge.url });
    }
    const before = radius.judged(slow.userName);
    await Promise.all(racers.map(({ by, url }) => respond(url, slow.password, by)));
    const ends = [];
    for (const { by, url } of racers) {
      await expect.poll(async () => (await by.get(url)).body['status']).not.toBe('processing');
      ends.push((await by.get(url)).body['status']);
      by.close();
    }
    expect(ends.sort()).toEqual(['pending', 'pending', 'pending', 'valid']);
    expect(radius.judged(slow.userName)).toBe(before + 1);
  });

  it('is not believed about who is no longer registered there when it answers', async () => {
    await start({ radius });
    setUp(slow.userName);
    const { challenge, placed } = await open();
    expect((await respond(challenge.url, slow.password)).body['status']).toBe('processing');
    ca.people.codes.remove(ca.alex.id, 'otp');
    expect((await settled(challenge.url)).status).toBe('invalid');
    expect((await client.order(placed.url)).status).toBe('invalid');
  });

  it('makes nothing valid that was given up before it answered', { tags: ['deep'] }, async () => {
    await start({ radius });
    setUp(slow.userName);
    const { challenge, placed } = await open();
    expect((await respond(challenge.url, slow.password)).body['status']).toBe('processing');
    const [authorization = ''] = placed.order.authorizations;
    await client.post(authorization, { status: 'deactivated' });
    expect((await settled(challenge.url)).status).toBe('pending');
    expect((await client.authorization(authorization)).status).toBe('deactivated');
    expect((await client.order(placed.url)).status).toBe('invalid');
  });

  it('asks for more, in words that the challenge shows', async () => {
    await start({ radius });
    setUp(steps.userName);
    const { challenge, placed } = await open();
    const first = await respond(challenge.url, steps.pin);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({
      ...{ status: 'pending', prompt: steps.said },
      error: { type: 'urn:ietf:params:acme:error:userActionRequired' },
    });
    expect(first.bytes.toString()).not.toContain(steps.pin);
    // Another challenge knows nothing of it.
    const other = await open();
    expect(other.challenge.prompt).not.toBe(steps.said);
    expect((await respond(other.challenge.url, steps.code)).problem).toBe('incorrectResponse');
    expect((await respond(challenge.url, steps.code)).body['status']).toBe('valid');
    expect((await client.order(placed.url)).status).toBe('ready');
  });

  it(
    'begins anew after a refusal, and asks no more often than the challenge takes',
    { tags: ['deep'] },
    async () => {
      await start({ radius });
      setUp(steps.userName);
      const { challenge } = await open();
      await respond(challenge.url, steps.pin);
      expect((await respond(challenge.url, 'wrong')).problem).toBe('incorrectResponse');
      expect((await look(challenge.url)).prompt).toBe('One-time password of steps');
      expect((await respond(challenge.url, steps.code)).problem).toBe('incorrectResponse');
      expect((await respond(challenge.url, steps.pin)).status).toBe(200);
      const last = await respond(challenge.url, steps.pin);
      expect([last.status, last.body['attemptsRemaining']]).toEqual([403, 0]);
      expect((await look(challenge.url)).status).toBe('invalid');
    },
  );

  it('that is not there costs the person nothing but time', { tags: ['deep'] }, async () => {
    const gone = await startRadiusServer();
    await gone.stop();
    await start({ radius: gone });
    setUp(simple.userName);
    for (let count = 0; count < 3; count += 1) {
      const { challenge } = await open();
      for (let tries = 0; tries < 4; tries += 1) {
        const reply = await respond(challenge.url, simple.password);
        expect([reply.status, reply.problem]).toEqual([500, 'serverInternal']);
        expect((await look(challenge.url)).status).toBe('pending');
      }
    }
  });

  it('that is asked and keeps silent costs tries, so that nobody has a telephone ring without end', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const { port } = silent.address();
      await start({ radius: { host: '127.0.0.1', port, secret: 'secret', timeoutSeconds: 0.1 } });
      setUp(simple.userName);
      const { challenge } = await open();
      const left: unknown[] = [];
      for (let tries = 0; tries < 5; tries += 1) {
        left.push((await respond(challenge.url, `push ${tries}`)).body['attemptsRemaining']);
      }
      expect(left).toEqual([4, 3, 2, 1, 0]);
      expect((await look(challenge.url)).status).toBe('invalid');
      const { challenge: next } = await open();
      for (let tries = 0; tries < 5; tries += 1) await respond(next.url, `more ${tries}`);
      const { challenge: last } = await open();
      expect((await respond(last.url, 'once more')).problem).toBe('rateLimited');
    } finally {
      silent.close();
    }
  });

  it(
    'that a CA does not have makes otp-01 unusable for who is registered there',
    { tags: ['deep'] },
    async () => {
      await start({});
      setUp(simple.userName);
      const { challenge } = await open();
      const reply = await respond(challenge.url, simple.password);
      expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    },
  );

  it('is asked anew after a restart that came in between', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ca-otp-'));
    try {
      await start({ radius, state: { directory } });
      setUp(slow.userName);
      const { challenge } = await open();
      const { pathname } = new URL(challenge.url);
      expect((await respond(challenge.url, slow.password)).body['status']).toBe('processing');
      client.close();
      await ca.stop();
      const { keys, kid } = client;
      ca = await startTestCa({ radius, state: { directory } });
      client = await AcmeClient.connect(ca);
      client.keys = keys;
      client.kid = ca.origin + new URL(kid ?? '').pathname;
      const url = ca.origin + pathname;
      expect((await look(url)).status).toBe('pending');
      expect((await respond(url, slow.password)).body['status']).toBe('processing');
      expect((await settled(url)).status).toBe('valid');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
