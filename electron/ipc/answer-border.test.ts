import { describe, expect, it } from 'vitest';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import { border, hostile, octets, refused } from '../testing/border-samples.ts';

const sha256 = 'ab'.repeat(32);
const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

describe('an answer to a challenge', () => {
  const entry = 'wallet:enrollment/answer';
  const good = { enrollmentId: 'a', challengeId: 'https://ca.example/acme/challenge/1' };
  const answers: readonly ChallengeAnswer[] = [
    { by: 'code', otp: '123456' },
    { by: 'own-code' },
    { by: 'record', unseen: true },
    { by: 'certificate', candidateId: sha256 },
    { by: 'passkey', way: 'browser' },
    { by: 'key', thumbprint },
  ];

  it.each(answers)('may be %j', async (answer) => {
    const { ask, reached } = border();
    expect(await ask(entry, { ...good, answer })).toMatchObject({ ok: true });
    expect(reached).toEqual([{ channel: entry, request: { ...good, answer } }]);
  });

  it.each(answers)('may not be anything like %j', async (answer) => {
    const { ask, reached } = border();
    for (const hostileAnswer of hostile(answer)) {
      const request = { ...good, answer: hostileAnswer };
      expect([hostileAnswer, await ask(entry, request)]).toEqual([hostileAnswer, refused]);
    }
    expect(reached).toEqual([]);
  });

  it.each(answers)('by %j has no member of another kind of answer', async (answer) => {
    const { ask, reached } = border();
    for (const other of answers.filter(({ by }) => by !== answer.by)) {
      const hasMore = Object.keys(other).length > 1;
      const mixed = [{ ...answer, by: other.by }, ...(hasMore ? [{ ...other, ...answer }] : [])];
      for (const each of mixed) {
        // Of one with nothing but its kind, another kind is all there is to it.
        if (Object.keys(each).length === 1) continue;
        expect([each, await ask(entry, { ...good, answer: each })]).toEqual([each, refused]);
      }
    }
    expect(reached).toEqual([]);
  });

  it.each<object>([
    { by: 'code', otp: 'x'.repeat(65) },
    { by: 'code', otp: 123456 },
    { by: 'code', otp: octets(6) },
    { by: 'own-code', otp: '123456' },
    { by: 'record', unseen: 'true' },
    { by: 'record' },
    { by: 'certificate', candidateId: sha256.toUpperCase() },
    { by: 'certificate', candidateId: `${sha256}00` },
    { by: 'certificate', candidateId: `${sha256}\n` },
    { by: 'certificate', candidateId: sha256, x5c: ['MII='] },
    { by: 'passkey', way: 'frame' },
    { by: 'passkey', way: 'window', origin: 'https://evil.example' },
    { by: 'passkey', way: 'window', page: 'https://evil.example' },
    { by: 'passkey', credential: {} },
    { by: 'key', thumbprint: thumbprint.slice(1) },
    { by: 'key', thumbprint: `${thumbprint}A` },
    { by: 'key', thumbprint: thumbprint.replace('_', '/') },
    { by: 'key', thumbprint, payload: 'anything' },
    { by: 'password', password: 'hunter2' },
    { by: ['code'], otp: '123456' },
    { by: '__proto__' },
  ])('may not be %j', async (answer) => {
    const { ask, reached } = border();
    expect(await ask(entry, { ...good, answer })).toEqual(refused);
    expect(reached).toEqual([]);
  });
});

describe('a registration', () => {
  const organizationId = 'a';

  it.each<[string, object]>([
    ['registerPasskey', { organizationId, way: 'window' }],
    ['registerPasskey', { organizationId, way: 'browser', name: 'Laptop' }],
    ['registerKey', { organizationId, keyPlace: { in: 'token', tokenId: 'b' } }],
    ['forgetCredential', { organizationId, kind: 'passkey', id: thumbprint }],
  ])('%s may be asked for with %j', async (name, request) => {
    const { ask } = border();
    expect(await ask(`wallet:organization/${name}`, request)).toMatchObject({ ok: true });
  });

  it.each<[string, object]>([
    ['credentials', { organizationId: '' }],
    ['credentials', { organizationId: 'x'.repeat(300_000) }],
    ['registerPasskey', { organizationId }],
    ['registerPasskey', { organizationId, way: 'system' }],
    ['registerPasskey', { organizationId, way: ['window'] }],
    ['registerPasskey', { organizationId, way: 'window', name: '' }],
    ['registerPasskey', { organizationId, way: 'window', name: '   ' }],
    ['registerPasskey', { organizationId, way: 'window', name: 'x'.repeat(65) }],
    ['registerPasskey', { organizationId, way: 'window', origin: 'https://evil.example' }],
    ['registerPasskey', { organizationId, way: 'window', publicKey: { rp: { id: 'evil' } } }],
    ['registerKey', { organizationId }],
    ['registerKey', { organizationId, keyPlace: 'software' }],
    ['registerKey', { organizationId, keyPlace: { in: 'tpm' } }],
    ['registerKey', { organizationId, keyPlace: { in: 'software', jwk: {} } }],
    ['registerKey', { organizationId, keyPlace: { in: 'software' }, keyId: 'mine' }],
    ['forgetCredential', { organizationId, kind: 'account', id: 'b' }],
    ['forgetCredential', { organizationId, kind: 'key', id: '' }],
    ['forgetCredential', { organizationId, kind: 'key', id: 'x'.repeat(2_049) }],
    ['forgetCredential', { organizationId, kind: 'key', id: ['b'] }],
    ['forgetCredential', { organizationId, kind: 'key' }],
    ['stopRegistering', {}],
    ['stopRegistering', { organizationId, way: 'window' }],
    ['keepAuthenticator', { organizationId, uri: 'otpauth://totp/x?secret=AAAA' }],
    ['keepAuthenticator', { organizationId, uri: octets(0) }],
    ['keepAuthenticator', { organizationId, uri: octets(2_049) }],
    ['keepAuthenticator', { organizationId, uri: octets(64), allowed: true }],
    ['forgetAuthenticator', { organizationId: null }],
  ])('%s may not be asked for with %j', async (name, request) => {
    const { ask, reached } = border();
    expect(await ask(`wallet:organization/${name}`, request)).toEqual(refused);
    expect(reached).toEqual([]);
  });
});
