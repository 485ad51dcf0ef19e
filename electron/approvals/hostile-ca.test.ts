import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApprovalRequest } from '../../shared/models/approval.ts';
import { ApprovalWorld, organizationId, type Colleague } from '../testing/approval-world.ts';
import { SessionBus } from '../testing/session-bus.ts';
import type { Json, Passing, Trick } from '../testing/wire-tapper.ts';

// Whoever speaks for the CA may say what they like. None of it makes an approver sign what was not shown.

let bus: SessionBus;
let world: ApprovalWorld;
let kim: Colleague;
/** Of Kim's account. */
let kimsKey: JWK;
/** One that nobody has decided. */
let approvalId: string;

beforeAll(async () => {
  bus = await SessionBus.start({ secretService: 'unlocked', ofThisProcess: true });
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.env['DBUS_SESSION_BUS_ADDRESS']);
  world = await ApprovalWorld.start();
  kim = await world.hire('Kim');
  await kim.house.approvals.refresh();
  const made = world.tapper.passed.findLast(({ path }) => path.endsWith('/new-account'));
  kimsKey = objectIn(made?.protected?.['jwk']);
  approvalId = await world.request();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await bus.stop();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  world.tapper.trick = () => undefined;
  world.tapper.passed.length = 0;
  kim.ceremonies.asked.length = 0;
});

const open = (url = approvalId): Promise<ApprovalRequest> =>
  kim.house.approvals.open({ organizationId, approvalId: url });

function approve({ challenges, digest, ...shown }: ApprovalRequest, url = shown.approvalId) {
  const challenge = challenges.find(({ kind }) => kind === 'passkey');
  if (challenge === undefined) throw new Error('no passkey is asked for');
  return kim.house.approvals.approve({
    ...{ organizationId, approvalId: url, digest, challengeId: challenge.challengeId },
    answer: { by: 'passkey', way: 'window' },
  });
}

/** What the person is told, once it is known that they were asked for nothing, and that nothing was sent. */
async function refusalOf(attempt: Promise<unknown>): Promise<unknown> {
  const error = await attempt.then(
    () => new Error('it was done'),
    (thrown: unknown) => thrown,
  );
  expect(kim.ceremonies.asked).toEqual([]);
  const answered = world.tapper.passed.filter(
    ({ path, payload }) => path.includes('/challenge/') && payload !== undefined,
  );
  expect(answered).toEqual([]);
  return (error as { readonly failure?: unknown }).failure;
}

/** The document, wherever it comes: in the request, and in challenges. */
function inDocuments(change: (document: Json, place: 'request' | 'challenge') => unknown): Trick {
  const inTheseChallenges = inChallenges((challenge) => {
    const { approval } = challenge;
    if (!isObject(approval)) return challenge;
    return { ...challenge, approval: change(approval, 'challenge') };
  });
  return (passing) => {
    const { body } = passing;
    const approval = body?.['approval'];
    return isObject(approval) && !isChallenge(body ?? {})
      ? { ...body, approval: change(approval, 'request') }
      : inTheseChallenges(passing);
  };
}

const inChallenges =
  (change: (challenge: Json) => Json): Trick =>
  ({ body = {} }) => {
    if (isChallenge(body)) return change(body);
    if (!Array.isArray(body['challenges'])) return undefined;
    return { ...body, challenges: body['challenges'].map((each: Json) => change(each)) };
  };

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const isChallenge = ({ token }: Json): boolean => typeof token === 'string';
const objectIn = (value: unknown): Json => value as Json;

describe('the wallet of an approver, at a CA that tells the truth', () => {
  it('signs what was read, and keeps a receipt that holds', async () => {
    const decided = await world.request();
    const shown = await open(decided);
    const receipt = await approve(shown);
    expect(kim.ceremonies.asked).toHaveLength(1);
    expect(receipt).toMatchObject({
      ...{ approvalId: decided, digest: shown.digest, decision: 'approve' },
    });
    expect(receipt.checks.map(({ passed }) => passed)).toEqual(Array(5).fill(true));
    expect(world.troubles).toEqual([]);
  });
});

describe('the wallet of an approver shows no document', () => {
  const within = (member: string, more: Json) => (document: Json) => ({
    ...document,
    [member]: { ...objectIn(document[member]), ...more },
  });
  const changes: Readonly<Record<string, (document: Json) => unknown>> = {
    'with a member that it does not know': (document) => ({ ...document, discount: 'none' }),
    'whose key has one': within('key', { exportable: true }),
    'whose rule has one': within('rule', { unless: 'Friday' }),
    'whose requester has one': within('requestedBy', { title: 'CEO' }),
    'that lacks one': (document) => ({ ...document, lifetime: undefined }),
    'of another version': (document) => ({ ...document, version: 2 }),
    'of another kind': (document) => ({ ...document, kind: 'bulk' }),
    'of a kind whose members it has not': (document) => ({ ...document, kind: 'standing' }),
    'whose text is turned round': (document) => ({ ...document, reason: 'Installer \u202e4.2' }),
    'whose text has a control character': (document) => ({ ...document, reason: 'Release\u00074' }),
    'whose text has half a character': (document) => ({ ...document, reason: 'Release \ud83d' }),
    'with a number for a text': (document) => ({ ...document, reason: 4.2 }),
    'of another request': (document) => ({ ...document, url: `${String(document['url'])}x` }),
    'whose order lies elsewhere': (document) => ({
      ...document,
      order: 'https://elsewhere.example/order/1',
    }),
    'that is none': () => [],
  };

  // approval-document.test.ts tries all of them, and more, without a CA.
  const first = ['with a member that it does not know', 'whose text is turned round'];

  for (const [title, change] of Object.entries(changes)) {
    it(title, { tags: first.includes(title) ? [] : ['deep'] }, async () => {
      world.tapper.trick = inDocuments(change);
      const attempt = open().then((shown) => approve(shown));
      expect(await refusalOf(attempt)).toMatchObject({ code: 'approval', reason: 'unreadable' });
    });
  }
});

describe('the wallet of an approver signs nothing', () => {
  const changes: Readonly<Record<string, (document: Json) => Json>> = {
    reason: () => ({ reason: 'Contracts of next winter' }),
    'key’s digest': ({ key }) => ({ key: { ...objectIn(key), spkiSha256: 'A'.repeat(43) } }),
    order: ({ order }) => ({ order: `${String(order)}x` }),
    'requester’s account': () => ({ requester: 'A'.repeat(43) }),
    identifiers: () => ({ identifiers: [{ type: 'dns', value: 'corp.examp1e' }] }),
    lifetime: () => ({ lifetime: 315_360_000 }),
    organisation: () => ({ organization: 'Other Corp' }),
    'time that is left': () => ({ expires: '2031-01-01T00:00:00Z' }),
  };

  const first = ['reason', 'key’s digest', 'order'];
  const tagsOf = (title: string) => (first.includes(title) ? [] : ['deep']);

  for (const [title, change] of Object.entries(changes)) {
    const tags = tagsOf(title);
    it(`when the document changes after it was read: its ${title}`, { tags }, async () => {
      const shown = await open();
      world.tapper.trick = inDocuments((document) => ({ ...document, ...change(document) }));
      expect(await refusalOf(approve(shown))).toMatchObject({
        ...{ code: 'approval', reason: 'changed' },
      });
    });

    it(
      `when the challenge is about something else than the request: its ${title}`,
      { tags },
      async () => {
        world.tapper.trick = inDocuments((document, place) =>
          place === 'challenge' ? { ...document, ...change(document) } : document,
        );
        const attempt = open().then((shown) => approve(shown));
        expect(await refusalOf(attempt)).toMatchObject({ code: 'approval', reason: 'changed' });
      },
    );
  }

  it.each([
    ['another request’s challenge is put under it', 'challenge'],
    ['another request is put under its address', undefined],
  ] as const)('when %s', async (_title, only) => {
    const other = await documentOf(await world.request('Something else'));
    const shown = await open();
    world.tapper.trick = inDocuments((document, place) => {
      if (only === 'challenge') return place === only ? other : document;
      return { ...other, url: approvalId };
    });
    expect(await refusalOf(approve(shown))).toMatchObject({ code: 'approval', reason: 'changed' });
  });

  it('when the page says another digest than that of what it was shown', async () => {
    const shown = await open();
    const attempt = approve({ ...shown, digest: 'A'.repeat(43) });
    expect(await refusalOf(attempt)).toMatchObject({ code: 'approval', reason: 'changed' });
  });

  it('when the challenge of one request is answered for another', async () => {
    const one = await open();
    const other = await world.request('Something else');
    const { digest } = await open(other);
    expect(await refusalOf(approve({ ...one, digest }, other))).toMatchObject({
      code: 'approval',
    });
  });

  it('that would prove an ordinary order: KA in place of KA′', async () => {
    world.tapper.trick = inChallenges((challenge) => ({
      ...challenge,
      ...{ approval: undefined, publicKey: undefined },
    }));
    const attempt = open().then((shown) => approve(shown));
    expect(await refusalOf(attempt)).toMatchObject({ code: 'approval', reason: 'changed' });
  });

  it('over a WebAuthn challenge that is made of KA', async () => {
    const account = await calculateJwkThumbprint(kimsKey);
    world.tapper.trick = inChallenges((challenge) => {
      const ordinary = sha256(`${String(challenge['token'])}.${account}`);
      const publicKey = { ...objectIn(challenge['publicKey']), challenge: ordinary };
      return { ...challenge, publicKey };
    });
    const { digest, challenges } = await open();
    const { challengeId = '', kind } = challenges.find(({ type }) => type === 'ppkp-01') ?? {};
    expect(kind).toBe('unsupported');
    const attempt = kim.house.approvals.approve({
      ...{ organizationId, approvalId, digest, challengeId },
      answer: { by: 'passkey', way: 'window' },
    });
    expect(await refusalOf(attempt)).toEqual({ code: 'invalid-request' });
  });

  it('to decline what it was not shown', async () => {
    const { digest } = await open();
    world.tapper.trick = inDocuments((document) => ({ ...document, reason: 'Something good' }));
    const attempt = kim.house.approvals.decline({
      ...{ organizationId, approvalId, digest, reason: 'Not this winter' },
    });
    expect(await refusalOf(attempt)).toMatchObject({ code: 'approval', reason: 'changed' });
    const told = world.tapper.passed.filter(({ payload }) => payload?.['decline'] !== undefined);
    expect(told).toEqual([]);
  });
});

describe('the wallet of an approver believes no receipt', () => {
  const isReceipt = ({ path }: Passing): boolean => path.includes('/receipt/');

  it.each([
    ['with another octet', (octets: Buffer) => withOtherOctet(octets)],
    ['that is cut', (octets: Buffer) => octets.subarray(0, octets.length - 40)],
    ['that is none', () => Buffer.from('received with thanks')],
  ])('%s', async (_title, forge) => {
    const shown = await open(await world.request());
    world.tapper.trick = (passing) => (isReceipt(passing) ? forge(passing.octets) : undefined);
    await expect(approve(shown)).rejects.toMatchObject({
      failure: { code: 'approval', reason: 'receipt' },
    });
    expect(world.tapper.passed.some(isReceipt)).toBe(true);
  });

  it('of another request', async () => {
    await approve(await open(await world.request()));
    const earlier = world.tapper.passed.find(isReceipt)?.octets;
    const shown = await open(await world.request('Something else'));
    world.tapper.trick = (passing) => (isReceipt(passing) ? earlier : undefined);
    await expect(approve(shown)).rejects.toMatchObject({
      failure: { code: 'approval', reason: 'receipt' },
    });
  });
});

describe('an enrolment', () => {
  it('answers no challenge that would approve a request', async () => {
    const document = await documentOf(approvalId);
    world.tapper.trick = inChallenges((challenge) => ({ ...challenge, approval: document }));
    const { enrollments } = kim.house;
    const { enrollmentId } = await enrollments.start({ organizationId, offerId: 'wifi' });
    const state = () => enrollments.states().find((each) => each.enrollmentId === enrollmentId);
    await expect.poll(() => state()?.step).toBe('failed');
    expect(JSON.stringify(state())).toContain('"unsafe-challenge"');
    expect(kim.ceremonies.asked).toEqual([]);
  });
});

/** As the CA tells it. */
async function documentOf(url: string): Promise<Json> {
  await open(url);
  const { pathname } = new URL(url);
  const told = world.tapper.passed.findLast(({ path }) => path === pathname);
  return objectIn(told?.body?.['approval']);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** In the middle of the content, where no length is. */
function withOtherOctet(octets: Buffer): Buffer {
  const changed = Buffer.from(octets);
  const at = changed.indexOf('"decision"') + 3;
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}
