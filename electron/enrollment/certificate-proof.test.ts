import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CertificateChallengeView } from '../../shared/enrollment-state.ts';
import {
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';

// A CA, and two enrolments in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  process = await world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

/** A first credential, which the CA then takes for a proof; and another enrolment that can be proven by it. */
async function asked() {
  const first = await startProving(process);
  await first.answer(world.code());
  const { credentialId } = await reached(process, first.enrollmentId, 'done');
  world.ca.registry.acceptIssued(world.personId, true);
  const { enrollmentId } = await process.enrollments.start(request);
  await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  return { credentialId, enrollmentId, ...shown(enrollmentId) };
}

function shown(enrollmentId: string) {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  const [authorization] = state.authorizations;
  const challenge = authorization?.challenges.find(
    (each): each is CertificateChallengeView => each.kind === 'certificate',
  );
  if (challenge === undefined) throw new Error('no certificate is asked for');
  const [candidate] = challenge.candidates;
  const { challengeId } = challenge;
  const { proposed } = authorization ?? {};
  return { challenge, challengeId, candidate, candidateId: candidate?.candidateId ?? '', proposed };
}

type Shown = Awaited<ReturnType<typeof asked>>;

const sign = ({ enrollmentId, challengeId, candidateId }: Shown): Promise<void> =>
  process.enrollments.answer({
    ...{ enrollmentId, challengeId },
    answer: { by: 'certificate', candidateId },
  });

const events = (): readonly string[] => process.wallet.activity.entries().map(({ event }) => event);

describe('a credential of the wallet', () => {
  it('is offered, proposed before a code, and proves who somebody is', async () => {
    const found = await asked();
    const { credentialId, challenge, candidate, proposed, challengeId } = found;
    expect(challenge.candidates).toHaveLength(1);
    expect(candidate).toMatchObject({ credentialId, place: 'software', purposes: ['clientAuth'] });
    expect(challenge.issuers.length).toBeGreaterThan(0);
    expect(proposed).toBe(challengeId);
    await sign(found);
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(2);
    expect(events().filter((event) => event === 'certificate-used')).toHaveLength(1);
    expect(process.wallet.credentials.list()).toHaveLength(2);
  });

  it('is sent once, although the wallet was killed before the answer was there', async () => {
    const found = await asked();
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
    const signing = sign(found);
    await held.reached;
    await world.kill(process);
    await signing.catch(() => undefined);
    process = world.open();
    expect(process.wallet.enrollments.find(found.enrollmentId)).toMatchObject({
      ...{ state: 'needs-proof', answerSent: { challengeUrl: found.challengeId } },
    });
    process.enrollments.resumeAll();
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(2);
  });

  it('is not sent again when its answer is lost and the CA had it', async () => {
    const found = await asked();
    world.ca.faults.arm({ kind: 'dropAfterActing', resource: 'challenge' });
    await sign(found);
    await reached(process, found.enrollmentId, 'done');
    expect(answers()).toBe(2);
  });

  it('that the CA does not take ends the order, and that is told', async () => {
    const found = await asked();
    world.ca.registry.acceptIssued(world.personId, false);
    await sign(found);
    const failed = await reached(process, found.enrollmentId, 'failed');
    expect(failed).toMatchObject({
      failure: { code: 'authorization-failed', problem: { status: 403 } },
    });
    expect(events()).toContain('proof-refused');
  });

  it('that is gone meanwhile costs no try', async () => {
    const found = await asked();
    await process.credentials.remove(found.credentialId);
    await sign(found);
    expect(shown(found.enrollmentId).challenge).toMatchObject({
      ...{ candidates: [], lastFailure: { code: 'candidate', reason: 'gone' } },
    });
    expect(answers()).toBe(1);
  });

  it('answers no other challenge, and no other way answers that', async () => {
    const found = await asked();
    const wrong = { failure: { code: 'invalid-request' } };
    const { enrollmentId, challengeId } = found;
    for (const answer of [
      { by: 'code', otp: '123456' },
      { by: 'record', unseen: true },
      { by: 'key', thumbprint: 'x'.repeat(43) },
      { by: 'passkey', way: 'window' },
      { by: 'own-code' },
    ] as const) {
      await expect(
        process.enrollments.answer({ enrollmentId, challengeId, answer }),
      ).rejects.toMatchObject(wrong);
    }
    expect(answers()).toBe(1);
  });
});
