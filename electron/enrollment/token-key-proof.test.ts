import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PasskeyChallengeView } from '../../shared/enrollment-state.ts';
import { organizationId, reached, request, type Process } from '../testing/enrollment-world.ts';
import { TokenEnrollments } from '../testing/tokens/token-enrollments.ts';

// Processes, keys and a CA on a machine that does other things too.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let stand: TokenEnrollments;
let process: Process;

/** A wallet that has proven by code a moment ago who its person is. */
beforeEach(async () => {
  stand = await TokenEnrollments.start();
  process = await stand.world.joined();
  await stand.finish(process, await stand.start(process));
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await stand.stop();
});

const answers = (): number =>
  stand.world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

function shown(enrollmentId: string): PasskeyChallengeView {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  const challenge = state.authorizations
    .flatMap(({ challenges }) => challenges)
    .find((each): each is PasskeyChallengeView => each.kind === 'passkey');
  if (challenge === undefined) throw new Error('no key is asked for');
  return challenge;
}

it('a key pair on a token is registered there, answers with the PIN, and goes when it is forgotten', async () => {
  const keyPlace = await stand.place();
  await process.registrations.registerKey({ organizationId, keyPlace });
  expect(await stand.keys(process)).toHaveLength(1);

  const { enrollmentId } = await process.enrollments.start(request);
  await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  const { challengeId, keys } = shown(enrollmentId);
  expect(keys).toMatchObject([{ place: 'token', token: 'work' }]);
  const thumbprint = keys[0]?.thumbprint ?? '';
  const sign = (): Promise<void> =>
    process.enrollments.answer({ enrollmentId, challengeId, answer: { by: 'key', thumbprint } });
  const before = stand.asked.length;
  stand.pins = [...stand.asked.map(() => null), '999999', null, '123456'];
  await sign();
  expect(shown(enrollmentId).lastFailure).toMatchObject({ code: 'token', reason: 'pin-cancelled' });
  expect(answers()).toBe(1);
  await sign();
  await reached(process, enrollmentId, 'done');
  expect(stand.asked.slice(before)).toMatchObject([
    {},
    { failure: { reason: 'pin-incorrect' } },
    {},
  ]);
  expect(answers()).toBe(2);

  await process.registrations.forget({ organizationId, kind: 'key', id: thumbprint });
  expect(stand.asked.at(-1)).toMatchObject({ reason: 'remove-key', token: { label: 'work' } });
  expect(await stand.keys(process)).toEqual([]);
  const token = await stand.token.reference('work');
  expect((await stand.token.tokens.lockOf(token)).isLoggedIn).toBe(false);
});

it('a key pair whose token is not unlocked when it is forgotten is left behind, and listed', async () => {
  await process.registrations.registerKey({ organizationId, keyPlace: await stand.place() });
  const { keys } = await process.registrations.credentials(organizationId);
  stand.pins = [null];
  const id = keys[0]?.thumbprint ?? '';
  await process.registrations.forget({ organizationId, kind: 'key', id });
  expect((await process.registrations.credentials(organizationId)).keys).toEqual([]);
  expect(await stand.keys(process)).toMatchObject([{ owner: 'left-behind' }]);
});
