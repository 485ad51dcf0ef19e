import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EnrollmentState } from '../../shared/enrollment-state.ts';
import {
  codeFaults,
  type CodeFaultRow,
  type Standing,
} from '../testing/fault-suite/code-faults.ts';
import { difference } from '../testing/fault-suite/fault-stand.ts';
import { everyNth } from '../testing/made-up.ts';
import { reached, startProving, World, type Process } from '../testing/enrollment-world.ts';

let world: World;
let wallet: Process;

beforeAll(async () => {
  world = await World.start();
  // Long for a CA on this computer, short for those who wait.
  world.patience = 2_000;
  wallet = await world.joined();
});
afterEach(() => world.ca.faults.clear());
afterAll(() => world.stop());

function stateOf(enrollmentId: string): EnrollmentState {
  const state = wallet.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state === undefined) throw new Error('the enrolment is gone');
  return state;
}

/** Where the enrolment comes to rest. */
async function standingOf(enrollmentId: string): Promise<Standing> {
  await expect
    .poll(() => {
      const state = stateOf(enrollmentId);
      if (state.step !== 'proving') return ['done', 'interrupted', 'failed'].includes(state.step);
      return !state.sending && failureIn(state) !== undefined;
    })
    .toBe(true);
  const state = stateOf(enrollmentId);
  switch (state.step) {
    case 'done':
      return 'done';
    case 'proving':
      return `asks again: ${failureIn(state) ?? ''}`;
    case 'failed':
      return `failed: ${state.failure.code}`;
    default:
      return `interrupted: ${'failure' in state ? state.failure.code : ''}`;
  }
}

const failureIn = (state: EnrollmentState): string | undefined =>
  state.step === 'proving'
    ? state.authorizations
        .flatMap(({ challenges }) => challenges)
        .map(({ lastFailure }) => lastFailure?.code)
        .find((code) => code !== undefined)
    : undefined;

/** A code that nobody has used. */
function freshCode(): string {
  world.advance(60);
  return world.code();
}

/** Whatever is still to be done, with at most one more code. */
async function finish(enrollmentId: string, standing: Standing): Promise<number> {
  if (standing === 'done') return 0;
  const isOver = standing.startsWith('failed');
  if (standing.startsWith('interrupted')) await wallet.enrollments.resume(enrollmentId);
  const proving = await startProving(wallet, isOver ? undefined : enrollmentId);
  await proving.answer(freshCode());
  await reached(wallet, proving.enrollmentId, 'done');
  return 1;
}

describe('the request with the one-time code', () => {
  it.each(everyNth(3, codeFaults).map((row) => [row.name, row] as const))(
    'meets with: %s',
    async (_name, row: CodeFaultRow) => {
      const before = world.ca.ledger();
      const credentials = wallet.wallet.credentials.list().length;
      const { enrollmentId, answer } = await startProving(wallet);
      const { fault, times = 1, standing, judged } = row;
      const armed = world.ca.faults.arm({ ...fault, times, resource: 'challenge' });
      await answer(freshCode());
      const found = await standingOf(enrollmentId);
      expect(armed.remaining()).toBe(0);
      expect(found).toBe(standing);
      expect(difference(before, world.ca.ledger()).codes).toBe(judged);
      world.ca.faults.clear();

      const typed = await finish(enrollmentId, found);
      const done = difference(before, world.ca.ledger());
      expect(done).toMatchObject({ codes: judged + typed, finalized: 1 });
      const [leaf, ...others] = done.certificates;
      expect(others).toEqual([]);
      // The key that was certified is the wallet's.
      const issued = wallet.wallet.credentials.list();
      expect(issued).toHaveLength(credentials + 1);
      const fingerprints = issued.map(({ chain }) => new X509Certificate(chain).fingerprint256);
      expect(fingerprints).toContain(new X509Certificate(leaf ?? '').fingerprint256);
      for (const { key } of issued) await wallet.keys.signer(key.id);
      expect(wallet.unforeseen).toEqual([]);
    },
  );
});
