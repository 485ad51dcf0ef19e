import { createPublicKey } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import type { CertificateChallengeView } from '../../shared/enrollment-state.ts';
import { derOf } from '../certificates/pem.ts';
import { reached, request, World } from '../testing/enrollment-world.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';

// A card, pcscd and a CA on a machine that does other things too.
vi.setConfig({ testTimeout: 90_000 });

it('a key that wants its PIN for each signature proves who somebody is', async () => {
  await using reader = await SmartCardReader.start({ keys: { '9c': 'RSA-2048' } });
  const employer = await TestAuthority.root({ name: 'Employer' });
  const spki = createPublicKey(reader.card.privateKey('9c')).export({
    type: 'spki',
    format: 'der',
  });
  const names = [{ type: 'email', value: 'alex@example.test' }] as const;
  const extendedKeyUsages = ['1.3.6.1.5.5.7.3.2'];
  const pem = await employer.issue({ spki, subject: 'CN=Alex Demo', names, extendedKeyUsages });
  reader.card.writeCertificate('9c', derOf(pem));
  await reader.insert();
  await using cards = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  const challengeAnchors = [{ pem: employer.certificate, maps: 'person-email' }] as const;
  const world = await World.start({ challengeAnchors });
  try {
    world.tokens = cards.tokens;
    await cards.reference();
    const pins = ['000000', reader.pin];
    const refusals: unknown[] = [];
    world.askPin = ({ failure }) => {
      refusals.push(failure);
      const pin = pinOf(pins.shift() ?? '');
      return Promise.resolve({ pin, acceptFinalTry: false, tried: () => undefined });
    };
    const process = await world.joined();
    const { enrollmentId } = await process.enrollments.start(request);
    const shown = (): CertificateChallengeView | undefined =>
      process.enrollments
        .states()
        .flatMap((state) => (state.step === 'proving' ? state.authorizations : []))
        .flatMap(({ challenges }) => challenges)
        .find((each): each is CertificateChallengeView => each.kind === 'certificate');
    await expect.poll(() => shown()?.candidates.length, { timeout: 30_000 }).toBe(1);
    const { challengeId = '', candidates = [] } = shown() ?? {};
    await process.enrollments.answer({
      ...{ enrollmentId, challengeId },
      answer: { by: 'certificate', candidateId: candidates[0]?.candidateId ?? '' },
    });
    await reached(process, enrollmentId, 'done');
    expect(refusals).toMatchObject([undefined, { code: 'token', reason: 'pin-incorrect' }]);
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(1);
  } finally {
    await world.stop();
  }
});
