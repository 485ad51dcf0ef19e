import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply } from '../testing/acme-client.ts';
import { codeOf, connectBound, placeOrder, startTestCa, wrongCode } from '../testing/enrollment.ts';
import type { PlacedOrder, TestCa } from '../testing/enrollment.ts';
import { brief, connectTwin } from '../testing/replies.ts';

let ca: TestCa;
let client: AcmeClient;
let lines: string[];

beforeEach(async () => {
  lines = [];
  ca = await startTestCa({ log: (line) => void lines.push(line) });
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

type Attempt = { readonly placed: PlacedOrder; readonly url: string; readonly token: string };

async function openChallenge(by: AcmeClient = client): Promise<Attempt> {
  const placed = await placeOrder(by);
  const { url, token } = await by.challenge(placed.order, 'totp-01');
  return { placed, url, token };
}

const respond = (url: string, otp: unknown, by: AcmeClient = client): Promise<AcmeReply> =>
  by.post(url, { otp });

describe('a right code', () => {
  it('makes challenge and authorization valid, and the order ready', async () => {
    const { url, placed } = await openChallenge();
    const reply = await respond(url, codeOf(ca));
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ type: 'totp-01', url, status: 'valid' });
    expect(reply.body['validated']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    const links = [reply.headers['link'] ?? []].flat().join(',');
    expect(links).toContain(`<${placed.order.authorizations[0] ?? ''}>;rel="up"`);
    const [authorization = ''] = placed.order.authorizations;
    expect((await client.authorization(authorization)).status).toBe('valid');
    expect((await client.order(placed.url)).status).toBe('ready');
  });

  it.each([-1, 0, 1])('may be %i time steps away', async (steps) => {
    const { url } = await openChallenge();
    expect((await respond(url, codeOf(ca, ca.alex, steps))).status).toBe(200);
  });

  it.each([-2, 2])('may not be %i time steps away', async (steps) => {
    const { url } = await openChallenge();
    expect(brief(await respond(url, codeOf(ca, ca.alex, steps)))[1]).toBe('incorrectResponse');
  });

  it('may come with fields that mean nothing', async () => {
    const { url } = await openChallenge();
    const reply = await client.post(url, { otp: codeOf(ca), token: '123456', valid: true });
    expect(reply.status).toBe(200);
  });

  it('is taken once, for one challenge of many', async () => {
    const [first, second] = [await openChallenge(), await openChallenge()];
    const code = codeOf(ca);
    expect((await respond(first.url, code)).status).toBe(200);
    expect(brief(await respond(second.url, code))).toEqual([403, 'incorrectResponse', 4]);
    expect((await respond(second.url, codeOf(ca, ca.alex, 1))).status).toBe(200);
  });

  it('is taken once, by one account of many', async () => {
    const other = await connectBound(ca);
    const [mine, theirs] = [await openChallenge(), await openChallenge(other)];
    const code = codeOf(ca);
    expect((await respond(mine.url, code)).status).toBe(200);
    expect(brief(await respond(theirs.url, code, other))).toEqual([403, 'incorrectResponse', 4]);
    other.close();
  });

  it('of an earlier step is not taken after a later one', async () => {
    const [first, second] = [await openChallenge(), await openChallenge()];
    expect((await respond(first.url, codeOf(ca))).status).toBe(200);
    const earlier = await respond(second.url, codeOf(ca, ca.alex, -1));
    expect(earlier.problem).toBe('incorrectResponse');
  });

  it('of another person is wrong', async () => {
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const { url } = await openChallenge();
    expect((await respond(url, codeOf(ca, sam))).problem).toBe('incorrectResponse');
  });

  it('is taken from one of many that send it at the same time', async () => {
    const attempts = [];
    for (let count = 0; count < 6; count += 1) attempts.push(await openChallenge());
    const code = codeOf(ca);
    const racers = await Promise.all(attempts.map(() => connectTwin(ca, client)));
    const replies = await Promise.all(
      attempts.map(({ url }, index) => respond(url, code, racers[index])),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 403, 403, 403, 403, 403]);
  });
});

describe('a wrong code', () => {
  it('leaves the challenge open four times, and ends it the fifth', async () => {
    const { url, placed } = await openChallenge();
    const wrong = wrongCode(ca);
    for (const remaining of [4, 3, 2, 1]) {
      expect(brief(await respond(url, wrong))).toEqual([403, 'incorrectResponse', remaining]);
      expect((await client.get(url)).body).toMatchObject({ status: 'pending' });
    }
    expect(brief(await respond(url, wrong))).toEqual([403, 'incorrectResponse', 0]);
    const { body } = await client.get(url);
    expect(body).toMatchObject({
      status: 'invalid',
      error: { type: 'urn:ietf:params:acme:error:incorrectResponse', attemptsRemaining: 0 },
    });
    const [authorization = ''] = placed.order.authorizations;
    expect((await client.authorization(authorization)).status).toBe('invalid');
    expect((await client.order(placed.url)).status).toBe('invalid');
  });

  it('a sixth time is not looked at, even when it is right', async () => {
    const { url } = await openChallenge();
    const wrong = wrongCode(ca);
    for (let count = 0; count < 5; count += 1) await respond(url, wrong);
    expect(brief(await respond(url, codeOf(ca)))).toEqual([400, 'malformed', undefined]);
    // It was not used up either.
    const next = await openChallenge();
    expect((await respond(next.url, codeOf(ca))).status).toBe(200);
  });

  it('counts for each of many that are sent at the same time', async () => {
    const { url } = await openChallenge();
    const wrong = wrongCode(ca);
    const racers = await Promise.all(Array.from({ length: 8 }, () => connectTwin(ca, client)));
    const replies = await Promise.all(racers.map((racer) => respond(url, wrong, racer)));
    const judged = replies.filter(({ problem }) => problem === 'incorrectResponse');
    const remaining = judged.map(({ body }) => body['attemptsRemaining']).sort();
    expect(remaining).toEqual([0, 1, 2, 3, 4]);
    const turnedAway = replies.filter(({ problem }) => problem === 'malformed');
    expect(turnedAway).toHaveLength(3);
  });

  it('of another length is wrong too', { tags: ['deep'] }, async () => {
    const { url } = await openChallenge();
    expect(brief(await respond(url, `${codeOf(ca)}0`))).toEqual([403, 'incorrectResponse', 4]);
  });

  it('after a right one finds nothing to answer', async () => {
    const { url } = await openChallenge();
    await respond(url, codeOf(ca));
    expect(brief(await respond(url, wrongCode(ca)))).toEqual([400, 'malformed', undefined]);
    expect((await client.get(url)).body['status']).toBe('valid');
  });
});

describe('a response of the wrong shape', () => {
  const shapes: readonly (readonly [string, unknown, tags?: string[]])[] = [
    ['a number', 287082],
    ['letters', 'abcdef', ['deep']],
    ['spaces', '287 082', ['deep']],
    ['too few digits', '12345'],
    ['too many digits', '123456789', ['deep']],
    ['digits of another script', '١٢٣٤٥٦'],
    ['a line break', '123456\n', ['deep']],
    ['a list', ['123456'], ['deep']],
    ['nothing', undefined, ['deep']],
    ['null', null, ['deep']],
  ];
  for (const [name, otp, tags = []] of shapes) {
    it(`(${name}) is malformed and costs no attempt`, { tags }, async () => {
      const { url } = await openChallenge();
      expect(brief(await respond(url, otp))).toEqual([400, 'malformed', undefined]);
      expect(brief(await respond(url, wrongCode(ca)))).toEqual([403, 'incorrectResponse', 4]);
    });
  }
});

describe('the throttle', () => {
  async function fail(times: number, by: AcmeClient = client): Promise<void> {
    for (let failed = 0; failed < times;) {
      const { url } = await openChallenge(by);
      for (let count = 0; count < 5 && failed < times; count += 1, failed += 1) {
        const reply = await respond(url, wrongCode(ca), by);
        expect(reply.problem).toBe('incorrectResponse');
      }
    }
  }

  it('locks the credential after ten failures in an hour, for whatever account or order', async () => {
    await fail(10);
    const other = await connectBound(ca);
    const { url } = await openChallenge(other);
    const reply = await respond(url, codeOf(ca), other);
    expect(brief(reply)).toEqual([429, 'rateLimited', undefined]);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(reply.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await other.get(url)).body['status']).toBe('pending');
    // The code was not evaluated, and so is still good; the attempt was not counted.
    ca.clock.advance(61);
    expect(brief(await respond(url, wrongCode(ca), other))).toEqual([403, 'incorrectResponse', 4]);
    other.close();
  });

  it(
    'doubles with each further failure, and never exceeds an hour',
    { tags: ['deep'] },
    async () => {
      await fail(10);
      const waits: number[] = [];
      for (let count = 0; count < 4; count += 1) {
        const { url } = await openChallenge();
        const wait = Number((await respond(url, wrongCode(ca))).headers['retry-after']);
        waits.push(Math.round(wait / 60));
        ca.clock.advance(wait + 1);
        await respond(url, wrongCode(ca));
      }
      expect(waits).toEqual([1, 2, 4, 8]);
    },
  );

  it('does not let one person lock another', async () => {
    const sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const samsClient = await connectBound(ca, sam);
    await fail(10);
    const placed = await placeOrder(samsClient, {
      identifiers: [{ type: 'email', value: 'sam@example.test' }],
    });
    const { url } = await samsClient.challenge(placed.order, 'totp-01');
    expect((await respond(url, codeOf(ca, sam), samsClient)).status).toBe(200);
    samsClient.close();
  });

  it(
    'ends the credential after a hundred failures in a row, until it is set up anew',
    { tags: ['deep'] },
    async () => {
      for (let failed = 0; failed < 100; failed += 10) {
        await fail(5);
        ca.clock.advance(3700);
        await fail(5);
        ca.clock.advance(3700);
      }
      const { url } = await openChallenge();
      const reply = await respond(url, codeOf(ca));
      expect(brief(reply)).toEqual([403, 'unauthorized', undefined]);
      expect((await client.get(url)).body['status']).toBe('invalid');
      ca.people.resetTotp(ca.alex.id);
      const next = await openChallenge();
      expect((await respond(next.url, codeOf(ca))).status).toBe(200);
    },
  );

  it('forgets the failures in a row after a success', { tags: ['deep'] }, async () => {
    await fail(9);
    const { url } = await openChallenge();
    expect((await respond(url, codeOf(ca))).status).toBe(200);
    ca.clock.advance(3700);
    await fail(9);
    const again = await openChallenge();
    expect((await respond(again.url, codeOf(ca))).status).toBe(200);
  });
});

describe('secrets', () => {
  it('are in no log line and no answer', async () => {
    const { url } = await openChallenge();
    const [wrong, right] = [wrongCode(ca), codeOf(ca)];
    const refused = await respond(url, wrong);
    const accepted = await respond(url, right);
    const { secret } = ca.people.totpSetup(ca.alex.id);
    const said = [refused, accepted, await client.get(url)].map(({ bytes }) => bytes.toString());
    const all = [...lines, ...said].join('\n');
    for (const text of [`"${wrong}"`, `"${right}"`, secret]) expect(all).not.toContain(text);
    expect(lines.join('\n')).not.toMatch(new RegExp(`\\b(${wrong}|${right})\\b`));
  });
});
