import { createPublicKey, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CertificateChallengeView } from '../../shared/enrollment-state.ts';
import { derOf } from '../certificates/pem.ts';
import { reached, request, type Process } from '../testing/enrollment-world.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TokenEnrollments } from '../testing/tokens/token-enrollments.ts';
import { pinOf } from '../testing/tokens/token-world.ts';

// Processes, keys and a CA on a machine that does other things too.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let authority: TestAuthority;
let stand: TokenEnrollments;
let process: Process;

/** A card that somebody else set up: key, certificate and issuer are on it, and the wallet made none of them. */
beforeEach(async () => {
  const root = await TestAuthority.root({ name: 'Cards' });
  authority = await root.intermediate({ name: 'Cards of people' });
  const challengeAnchors = [{ pem: root.certificate, maps: 'person-email' }] as const;
  stand = await TokenEnrollments.start('123456', { challengeAnchors });
  await setUp();
  process = await stand.world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await stand.stop();
});

async function setUp(): Promise<void> {
  const { tokens } = stand.token;
  const token = await stand.token.reference('work');
  const hold = { seconds: 60, uses: 9 };
  await tokens.login(token, { pin: pinOf('123456'), acceptFinalTry: false, hold });
  const id = randomBytes(8).toString('hex');
  const { publicSpki } = await tokens.generateKeyPair(token, { type: 'P-256', id, label: 'card' });
  const key = createPublicKey({ key: Buffer.from(publicSpki), format: 'der', type: 'spki' });
  const certificate = derOf(
    await authority.issue({
      spki: key.export({ format: 'der', type: 'spki' }),
      subject: 'CN=Alex Demo',
      names: [{ type: 'email', value: 'alex@example.test' }],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.2'],
    }),
  );
  const chain = [derOf(authority.certificate)];
  await tokens.writeCertificates({ token, id }, { label: 'card', certificate, chain });
  await tokens.logout(token);
  await tokens.refresh();
}

const answers = (): number =>
  stand.world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

function shown(enrollmentId: string): CertificateChallengeView {
  const state = process.enrollments.states().find((each) => each.enrollmentId === enrollmentId);
  if (state?.step !== 'proving') throw new Error(`it is ${state?.step ?? 'gone'}`);
  const challenge = state.authorizations
    .flatMap(({ challenges }) => challenges)
    .find((each): each is CertificateChallengeView => each.kind === 'certificate');
  if (challenge === undefined) throw new Error('no certificate is asked for');
  return challenge;
}

async function asked(): Promise<string> {
  const { enrollmentId } = await process.enrollments.start(request);
  await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  await expect.poll(() => shown(enrollmentId).candidates.length).toBe(1);
  return enrollmentId;
}

function sign(enrollmentId: string): Promise<void> {
  const { challengeId, candidates } = shown(enrollmentId);
  const candidateId = candidates[0]?.candidateId ?? '';
  return process.enrollments.answer({
    ...{ enrollmentId, challengeId },
    answer: { by: 'certificate', candidateId },
  });
}

describe('a certificate on a card that the wallet did not make', () => {
  it('is found without a PIN, and proves who somebody is by the card’s own key', async () => {
    const enrollmentId = await asked();
    expect(shown(enrollmentId).candidates).toMatchObject([
      {
        ...{ subject: 'CN=Alex Demo', issuer: 'CN=Cards of people', place: 'token' },
        ...{ token: 'work', purposes: ['clientAuth'] },
      },
    ]);
    expect(stand.asked).toEqual([]);
    await sign(enrollmentId);
    await reached(process, enrollmentId, 'done');
    expect(stand.asked).toMatchObject([{ reason: 'use-account', token: { label: 'work' } }]);
    expect(answers()).toBe(1);
    const isLoggedIn = async () =>
      (await stand.token.tokens.lockOf(await stand.token.reference('work'))).isLoggedIn;
    expect(await isLoggedIn()).toBe(false);
    expect(process.wallet.tokenKeys.list()).toEqual([]);
  });

  it('costs no try at the CA when the PIN is refused or not given, and is tried again', async () => {
    const enrollmentId = await asked();
    stand.pins = ['999999', null, '123456'];
    await sign(enrollmentId);
    expect(stand.asked).toMatchObject([{}, { failure: { reason: 'pin-incorrect' } }]);
    expect(shown(enrollmentId).lastFailure).toMatchObject({
      ...{ code: 'token', reason: 'pin-cancelled' },
    });
    expect(answers()).toBe(0);
    await sign(enrollmentId);
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
  });

  it('comes and goes with the card, and one that is pulled out while it signs costs nothing', async () => {
    const enrollmentId = await asked();
    stand.shim.when('C_Sign', { moment: 'before', then: 'remove' });
    await sign(enrollmentId);
    expect(shown(enrollmentId).lastFailure).toMatchObject({ code: 'token' });
    expect(answers()).toBe(0);
    await stand.token.tokens.refresh();
    await expect.poll(() => shown(enrollmentId).candidates).toEqual([]);
  });

  it('can be left while the PIN is asked for, and the order goes on', async () => {
    const enrollmentId = await asked();
    const asking = Promise.withResolvers<undefined>();
    const { askPin } = stand.world;
    stand.world.askPin = (_request, signal) =>
      new Promise((_resolve, reject) => {
        asking.resolve(undefined);
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    await stand.world.kill(process);
    process = stand.world.open();
    stand.world.askPin = askPin;
    await process.enrollments.resume(enrollmentId);
    await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
    await expect.poll(() => shown(enrollmentId).candidates.length).toBe(1);
    const signing = sign(enrollmentId);
    await asking.promise;
    const { challengeId } = shown(enrollmentId);
    await process.enrollments.stopAnswering({ enrollmentId, challengeId });
    await signing;
    expect(shown(enrollmentId)).not.toHaveProperty('lastFailure');
    expect(answers()).toBe(0);
    await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
  });
});
