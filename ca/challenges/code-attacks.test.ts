import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../people-types.ts';
import type { AcmeClient, AcmeReply, ChallengeObject } from '../testing/acme-client.ts';
import { hotp, ocra, openChallenge, totp } from '../testing/code-makers.ts';
import type { CodeMaker } from '../testing/code-makers.ts';
import { connectBound, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { radiusUsers, startRadiusServer } from '../testing/radius-server.ts';
import type { RunningRadiusServer } from '../testing/radius-server.ts';
import { brief, connectTwin } from '../testing/replies.ts';

let radius: RunningRadiusServer;

beforeAll(async () => {
  radius = await startRadiusServer();
});
afterAll(() => radius.stop());

const { simple } = radiusUsers;

/** Its server takes the same password again and again; the CA does not. */
const byRadius: CodeMaker = {
  ...{ name: 'a RADIUS server', type: 'otp-01', profile: 'contractor' },
  setUp: (ca, person) => ca.people.codes.setUpRadius(person.id, simple.userName),
  code: () => simple.password,
  goOn: (ca) => ca.clock.advance(601),
};

let ca: TestCa;
let client: AcmeClient;
let sam: Person;
let lines: string[];

beforeEach(async () => {
  lines = [];
  ca = await startTestCa({ radius, log: (line) => void lines.push(line) });
  sam = ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
  client = await connectBound(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
});

const respond = (
  { url }: ChallengeObject,
  otp: unknown,
  by: AcmeClient = client,
): Promise<AcmeReply> => by.post(url, { otp });

/** Another first digit: of the few codes that are good, hardly ever one. */
const wrong = (right: string): string =>
  right.startsWith('9') ? right.replace(/^./, '8') : right.replace(/^./, '9');

const shapeless = [
  ...[287082, 0, true, '', null, ['287082'], { otp: '287082' }, '1'.repeat(65)],
  ...['287082\n', '２８７０８２', '287082\0', '28708\u200b2', 'é'],
];

describe.each([totp, hotp, ocra, byRadius])('a code of $name', (maker) => {
  // One judge looks at all of them: what it says of one kind it says of the others.
  const atFirst = maker === totp ? [] : ['deep'];
  const open = async (by = client, person = ca.alex): Promise<ChallengeObject> =>
    (await openChallenge(by, maker, person)).challenge;
  const right = (challenge: ChallengeObject, person = ca.alex): string =>
    maker.code(ca, person, challenge);

  /** Wrong codes, on as many challenges as it takes. */
  async function fail(count: number): Promise<void> {
    for (let failed = 0; failed < count; failed += 5) {
      const challenge = await open();
      for (let tries = 0; tries < Math.min(5, count - failed); tries += 1) {
        const reply = await respond(challenge, wrong(right(await refetch(challenge))));
        expect(reply.problem).toBe('incorrectResponse');
      }
    }
  }

  const refetch = async ({ url }: ChallengeObject): Promise<ChallengeObject> =>
    (await client.get(url)).body as ChallengeObject;

  beforeEach(() => maker.setUp(ca, ca.alex));

  it('is taken for one challenge, and not for another after it', async () => {
    const [first, second] = [await open(), await open()];
    const code = right(first);
    const accepted = await respond(first, code);
    expect([accepted.status, accepted.body['status']]).toEqual([200, 'valid']);
    expect(brief(await respond(second, code))).toEqual([403, 'incorrectResponse', 4]);
    maker.goOn(ca, ca.alex);
    expect((await respond(second, right(await refetch(second)))).status).toBe(200);
  });

  it('is not taken from another account after it was used', { tags: atFirst }, async () => {
    const other = await connectBound(ca);
    const [mine, theirs] = [await open(), await open(other)];
    const code = right(mine);
    expect((await respond(mine, code)).status).toBe(200);
    expect(brief(await respond(theirs, code, other))).toEqual([403, 'incorrectResponse', 4]);
    other.close();
  });

  it('is not taken for another person', async () => {
    const samsClient = await connectBound(ca, sam);
    maker.setUp(ca, sam);
    if (maker === byRadius) ca.people.codes.setUpRadius(sam.id, 'sam');
    const [mine, sams] = [await open(), await open(samsClient, sam)];
    const reply = await respond(sams, right(mine), samsClient);
    expect(brief(reply)).toEqual([403, 'incorrectResponse', 4]);
    samsClient.close();
  });

  it('is not taken on a challenge of another account', { tags: atFirst }, async () => {
    const other = await connectBound(ca);
    const challenge = await open();
    const reply = await respond(challenge, right(challenge), other);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect((await refetch(challenge)).status).toBe('pending');
    other.close();
  });

  it('is taken from one of many that send it at the same time', async () => {
    const challenges = await Promise.all(Array.from({ length: 6 }, () => connectTwin(ca, client)));
    const racers = [];
    for (const by of challenges) racers.push({ by, challenge: await open(by) });
    const code = right(racers[0]?.challenge ?? (await open()));
    const replies = await Promise.all(
      racers.map(({ by, challenge }) => respond(challenge, code, by)),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 403, 403, 403, 403, 403]);
    challenges.forEach((by) => by.close());
  });

  it(
    'is judged once when one challenge gets it many times at once',
    { tags: atFirst },
    async () => {
      const challenge = await open();
      const code = right(challenge);
      const racers = await Promise.all(Array.from({ length: 5 }, () => connectTwin(ca, client)));
      const replies = await Promise.all(racers.map((by) => respond(challenge, code, by)));
      const refused = replies.filter(({ status }) => status !== 200);
      expect(refused.map(brief)).toEqual(refused.map(() => [400, 'malformed', undefined]));
      expect((await refetch(challenge)).status).toBe('valid');
      const next = await open();
      expect((await respond(next, code)).problem).toBe('incorrectResponse');
      racers.forEach((by) => by.close());
    },
  );

  it('is not looked at a sixth time, and not used up by that', { tags: atFirst }, async () => {
    const challenge = await open();
    for (const remaining of [4, 3, 2, 1, 0]) {
      const reply = await respond(challenge, wrong(right(await refetch(challenge))));
      expect(brief(reply)).toEqual([403, 'incorrectResponse', remaining]);
    }
    const ended = await refetch(challenge);
    expect(ended).toMatchObject({ status: 'invalid', error: { attemptsRemaining: 0 } });
    expect(brief(await respond(challenge, right(ended)))).toEqual([400, 'malformed', undefined]);
    const next = await open();
    expect((await respond(next, right(next))).status).toBe(200);
  });

  it(
    'is not looked at while the credential is locked, on whatever order or account',
    { tags: atFirst },
    async () => {
      await fail(10);
      const other = await connectBound(ca);
      const challenge = await open(other);
      const reply = await respond(challenge, right(challenge), other);
      expect(brief(reply)).toEqual([429, 'rateLimited', undefined]);
      const seconds = Number(reply.headers['retry-after']);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      ca.clock.advance(61);
      expect((await respond(challenge, right(challenge), other)).status).toBe(200);
      other.close();
    },
  );

  it('of another kind is still taken while this one is locked', { tags: atFirst }, async () => {
    await fail(10);
    const others = [totp, hotp, ocra].filter(({ type }) => type !== maker.type);
    for (const another of others) {
      another.setUp(ca, ca.alex);
      const { challenge } = await openChallenge(client, another, ca.alex);
      const code = another.code(ca, ca.alex, challenge);
      expect((await respond(challenge, code)).status).toBe(200);
    }
  });

  it('is refused in the same words whatever was wrong with it', { tags: atFirst }, async () => {
    const used = await open();
    const code = right(used);
    await respond(used, code);
    const [first, second, third] = [await open(), await open(), await open()];
    const replies = [
      await respond(first, code),
      await respond(second, wrong(right(second))),
      await respond(third, `${right(third).slice(0, 6)}00`),
    ];
    const [one, ...rest] = replies.map(({ status, body }) => ({ status, body }));
    expect(one?.status).toBe(403);
    expect(rest).toEqual([one, one]);
  });

  it(
    'that nobody can judge is refused in the same words, whyever',
    { tags: ['deep'] },
    async () => {
      const [dead, missing] = [await open(), await open()];
      for (let failed = 0; failed < 100; failed += 10) {
        await fail(10);
        ca.clock.advance(3700);
      }
      const deadReply = await respond(dead, right(dead));
      ca.people.codes.remove(ca.alex.id, kindOf(maker));
      const missingReply = await respond(missing, '12345678');
      expect(brief(deadReply)).toEqual([403, 'unauthorized', undefined]);
      expect(missingReply.body).toEqual(deadReply.body);
      expect((await refetch(dead)).status).toBe('invalid');
      expect((await refetch(missing)).status).toBe('invalid');
    },
  );

  it('is a text of the right shape, and what is not costs nothing', { tags: atFirst }, async () => {
    const challenge = await open();
    for (const otp of shapeless) {
      const reply = await respond(challenge, otp);
      expect(brief(reply), JSON.stringify(otp)).toEqual([400, 'malformed', undefined]);
    }
    expect(brief(await client.post(challenge.url, {}))).toEqual([400, 'malformed', undefined]);
    expect((await refetch(challenge)).status).toBe('pending');
    expect((await respond(challenge, right(challenge))).status).toBe(200);
  });

  it('is in no answer and no line of the log', { tags: atFirst }, async () => {
    const challenge = await open();
    const bad = wrong(right(challenge));
    const refused = await respond(challenge, bad);
    const shown = await client.get(challenge.url);
    const good = right(shown.body as ChallengeObject);
    const accepted = await respond(challenge, good);
    expect(accepted.status).toBe(200);
    const answers = [refused, shown, accepted, await client.get(challenge.url)];
    const all = [...lines, ...answers.map(({ bytes }) => bytes.toString())].join('\n');
    for (const text of [bad, good]) expect(all).not.toMatch(new RegExp(`\\b${text}\\b`));
  });
});

const kindOf = ({ type }: CodeMaker): 'totp' | 'hotp' | 'otp' =>
  (({ 'totp-01': 'totp', 'hotp-01': 'hotp', 'otp-01': 'otp' }) as const)[type];

describe('one-time codes', () => {
  const codes = ['totp-01', 'hotp-01', 'otp-01'];

  it('are offered to those who have them', async () => {
    const offered = async (profile: string): Promise<readonly string[]> => {
      const identifiers = [{ type: 'email', value: ca.alex.email }];
      const payload = { identifiers, profile };
      const { body } = await client.post(client.directory.newOrder, payload);
      const [url = ''] = body['authorizations'] as readonly string[];
      const { challenges } = await client.authorization(url);
      return challenges.map(({ type }) => type).filter((type) => codes.includes(type));
    };
    expect(await offered('employee')).toEqual(['totp-01']);
    hotp.setUp(ca, ca.alex);
    expect(await offered('employee')).toEqual(['totp-01', 'hotp-01']);
    expect(await offered('wifi')).toEqual(['totp-01', 'hotp-01']);
    ca.people.codes.remove(ca.alex.id, 'totp');
    expect(await offered('employee')).toEqual(['hotp-01']);
    // Where nothing suits, the refusal comes with the response.
    expect(await offered('contractor')).toEqual(['otp-01']);
  });
});
