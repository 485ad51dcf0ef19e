import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PasskeyChallengeView } from '../../shared/enrollment-state.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import {
  organizationId,
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { SoftwareAuthenticator } from '../testing/passkeys/software-authenticator.ts';
import { SoftwareCeremonies } from '../testing/passkeys/software-ceremonies.ts';

const deep = { tags: ['deep'] };

// A CA, and two enrolments in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let process: Process;
let authenticator: SoftwareAuthenticator;
let ceremonies: SoftwareCeremonies;

beforeEach(async () => {
  world = await World.start();
  authenticator = new SoftwareAuthenticator();
  ceremonies = new SoftwareCeremonies(authenticator);
  world.passkeys = { ceremonies, ways: ['window', 'browser'] };
  process = await world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

/** One by a code, after which both can be registered; it is answer number one. */
async function registered(): Promise<void> {
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  await reached(process, enrollmentId, 'done');
  await process.registrations.registerPasskey({ organizationId, way: 'window', name: 'Laptop' });
  await process.registrations.registerKey({ organizationId, keyPlace: { in: 'software' } });
}

async function asked() {
  const { enrollmentId } = await process.enrollments.start(request);
  await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  return { enrollmentId, challengeId: shown(enrollmentId).challenge.challengeId };
}

function shown(enrollmentId: string) {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  const [authorization] = state.authorizations;
  const challenge = authorization?.challenges.find(
    (each): each is PasskeyChallengeView => each.kind === 'passkey',
  );
  if (challenge === undefined) throw new Error('neither passkey nor key is asked for');
  return { challenge, proposed: authorization?.proposed };
}

type Asked = Awaited<ReturnType<typeof asked>>;
type Means = 'passkey' | 'key';

/** By what the wallet would answer with now. */
function meansOf(means: Means, { enrollmentId }: Asked): ChallengeAnswer {
  if (means === 'passkey') return { by: 'passkey', way: 'window' };
  const [key] = shown(enrollmentId).challenge.keys;
  return { by: 'key', thumbprint: key?.thumbprint ?? 'none' };
}

const prove = (means: Means, found: Asked): Promise<void> =>
  process.enrollments.answer({ ...found, answer: meansOf(means, found) });

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });
const events = (): readonly string[] => process.wallet.activity.entries().map(({ event }) => event);

/** Taken away at the CA by somebody else. */
function takeAway(means: Means): void {
  const { credentials } = world.ca.people;
  const [passkey] = credentials.passkeysOf(world.personId);
  const [key] = credentials.keysOf(world.personId);
  const id = (means === 'passkey' ? passkey?.id : key?.thumbprint) ?? '';
  expect(credentials.remove(world.personId, means, id)).toBe(true);
}

describe('a passkey or a registered key', () => {
  it('is proposed before a code, and shown with the code that both sides show', async () => {
    await registered();
    const { enrollmentId, challengeId } = await asked();
    const { challenge, proposed } = shown(enrollmentId);
    expect(proposed).toBe(challengeId);
    expect(challenge).toMatchObject({
      ...{ rpId: 'localhost', ways: ['window', 'browser'] },
      keys: [{ place: 'software', thumbprint: expect.any(String) as string }],
    });
    const { matchingCode } = await process.registrations.credentials(organizationId);
    expect(challenge.matchingCode).toBe(matchingCode);
  });
});

describe.each<Means>(['passkey', 'key'])('a %s', (means) => {
  const tags = means === 'passkey' ? [] : ['deep'];

  it('proves who somebody is', async () => {
    await registered();
    const found = await asked();
    await prove(means, found);
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(2);
    expect(events().filter((event) => event === `${means}-used`)).toHaveLength(1);
    expect(process.wallet.credentials.list()).toHaveLength(2);
  });

  it('that the CA knows no more ends the order, and that is told', deep, async () => {
    await registered();
    const found = await asked();
    takeAway(means);
    await prove(means, found);
    const failed = await reached(process, found.enrollmentId, 'failed');
    expect(failed).toMatchObject({
      failure: { code: 'authorization-failed', problem: { status: 403 } },
    });
    expect(events()).toContain('proof-refused');
    expect(answers()).toBe(2);
  });

  it('that is refused may be tried again', deep, async () => {
    await registered();
    const found = await asked();
    world.ca.faults.arm({ kind: 'retryableRefusal', style: 'forbidden' });
    await prove(means, found);
    expect(shown(found.enrollmentId).challenge).toMatchObject({
      ...{ status: 'pending', lastFailure: { code: 'acme-problem' } },
    });
    await prove(means, found);
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(3);
  });

  it(
    'is sent once, although the wallet was killed before the answer was there',
    { tags },
    async () => {
      await registered();
      const found = await asked();
      const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
      const proving = prove(means, found);
      await held.reached;
      await world.kill(process);
      await proving.catch(() => undefined);
      const before = ceremonies.asked.length;
      process = world.open();
      expect(process.wallet.enrollments.find(found.enrollmentId)).toMatchObject({
        ...{ state: 'needs-proof', answerSent: { challengeUrl: found.challengeId } },
      });
      process.enrollments.resumeAll();
      await reached(process, found.enrollmentId, 'done');
      expect(answers()).toBe(2);
      expect(ceremonies.asked).toHaveLength(before);
    },
  );

  it(
    'can be used by the next run when the wallet was killed while it was asked for',
    deep,
    async () => {
      await registered();
      const found = await asked();
      await world.kill(process);
      process = world.open();
      await process.enrollments.resume(found.enrollmentId);
      await reached(process, found.enrollmentId, 'proving', ({ sending }) => !sending);
      await prove(means, found);
      await reached(process, found.enrollmentId, 'done');
      expect(answers()).toBe(2);
    },
  );

  it('is not sent again when its answer is lost and the CA had it', deep, async () => {
    await registered();
    const found = await asked();
    world.ca.faults.arm({ kind: 'dropAfterActing', resource: 'challenge' });
    await prove(means, found);
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(2);
  });
});

describe('a passkey', () => {
  it('whose person was not verified costs no try, and is never sent', async () => {
    await registered();
    const found = await asked();
    const passkeysOf = authenticator;
    ceremonies.turnTo(new SoftwareAuthenticator({ verifiesPerson: false, passkeysOf }));
    await prove('passkey', found);
    expect(shown(found.enrollmentId).challenge).toMatchObject({
      lastFailure: { code: 'passkey', reason: 'not-verified' },
    });
    expect(answers()).toBe(1);
  });

  it('that is asked for until the person gives up costs no try', deep, async () => {
    await registered();
    const found = await asked();
    const waiting = ceremonies.dawdle();
    const proving = prove('passkey', found);
    await waiting;
    expect(shown(found.enrollmentId).challenge).toMatchObject({ underWay: 'window' });
    await process.enrollments.stopAnswering(found);
    await proving;
    expect(shown(found.enrollmentId).challenge).not.toHaveProperty('lastFailure');
    expect(answers()).toBe(1);
  });

  it('that another key signed for is refused by the CA, the right one is taken, and the third try is the last', async () => {
    await registered();
    const imposter = new SoftwareAuthenticator({ isImposter: true, passkeysOf: authenticator });
    const found = await asked();
    ceremonies.turnTo(imposter);
    await prove('passkey', found);
    expect(shown(found.enrollmentId).challenge).toMatchObject({
      lastFailure: { code: 'acme-problem', problem: { attemptsRemaining: 2 } },
    });
    ceremonies.turnTo(authenticator);
    await prove('passkey', found);
    await reached(process, found.enrollmentId, 'done');

    const lost = await asked();
    ceremonies.turnTo(imposter);
    for (let tries = 0; tries < 3; tries += 1) await prove('passkey', lost);
    expect(await reached(process, lost.enrollmentId, 'failed')).toMatchObject({
      failure: { code: 'authorization-failed', problem: { attemptsRemaining: 0 } },
    });
    expect(answers()).toBe(6);
  });

  it('of another authenticator is none, which costs no try', deep, async () => {
    await registered();
    const found = await asked();
    ceremonies.turnTo(new SoftwareAuthenticator());
    await prove('passkey', found);
    expect(shown(found.enrollmentId).challenge).toMatchObject({
      lastFailure: { code: 'passkey', reason: 'refused' },
    });
    expect(answers()).toBe(1);
  });
});

describe('a registered key', () => {
  it('that this wallet does not have answers nothing', deep, async () => {
    await registered();
    const found = await asked();
    const answer = { by: 'key', thumbprint: 'x'.repeat(43) } as const;
    await expect(process.enrollments.answer({ ...found, answer })).rejects.toMatchObject({
      failure: { code: 'invalid-request' },
    });
    expect(answers()).toBe(1);
  });
});
