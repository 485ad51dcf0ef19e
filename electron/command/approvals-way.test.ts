import { describe, expect, it } from 'vitest';
import type { CertificateCandidate, ChallengeView } from '../../shared/enrollment-state.ts';
import { nothingSigns, wayMeant } from './approvals-way.ts';

const organizationId = 'corp.example';
const owners = new Map([
  ['ours', organizationId],
  ['theirs', 'other.example'],
]);
const ownerOf = (id: string) => owners.get(id);

const candidate = (
  name: string,
  more: Partial<CertificateCandidate> = {},
): CertificateCandidate => ({
  ...{ candidateId: name.padEnd(64, '0'), credentialId: name, subject: `CN=${name}` },
  ...{ issuer: 'CN=CA', purposes: [], notAfter: '2030-01-01T00:00:00Z', place: 'token', ...more },
});
const certificates = (...candidates: readonly CertificateCandidate[]): ChallengeView => ({
  ...{ kind: 'certificate', challengeId: 'c', type: 'cert-01', status: 'pending' },
  ...{ issuers: [], candidates },
});
const keys = (...thumbprints: readonly string[]): ChallengeView => ({
  ...{ kind: 'passkey', challengeId: 'p', type: 'ppkp-01', status: 'pending' },
  ...{ rpId: 'ca.example', ways: [], matchingCode: 'abcdefgh' },
  keys: thumbprints.map((thumbprint) => ({ thumbprint, place: 'software', registeredAt: '' })),
});
const meant = (challenges: readonly ChallengeView[], named = {}) =>
  wayMeant({ organizationId, challenges }, named, ownerOf);

describe('what signs an approval', () => {
  it('is the only thing that can', () => {
    expect(meant([certificates(candidate('ours'))])).toMatchObject({ credentialId: 'ours' });
    expect(meant([keys('k1'), certificates()])).toMatchObject({ by: 'key', thumbprint: 'k1' });
    expect(meant([keys(), certificates()])).toBeUndefined();
    const absent = candidate('ours', { hindrance: 'token-absent' });
    expect(meant([certificates(absent), keys()])).toBeUndefined();
    expect(meant([{ ...keys('k1'), status: 'invalid' }])).toBeUndefined();
  });

  it('is what was named, where there are several', () => {
    const all = [keys('k1', 'k2'), certificates(candidate('ours'), candidate('theirs'))];
    expect(() => meant(all)).toThrow(/--certificate or --key/);
    expect(meant(all, { key: 'k2' })).toMatchObject({ challengeId: 'p', thumbprint: 'k2' });
    expect(meant(all, { certificate: 'theirs' })).toMatchObject({ credentialId: 'theirs' });
    expect(meant(all, { certificate: 'ours'.padEnd(64, '0') })).toMatchObject({ challengeId: 'c' });
    expect(meant(all, { certificate: 'k1' })).toBeUndefined();
  });

  it('is no other organisation’s credential that nobody has named', () => {
    expect(() => meant([certificates(candidate('theirs'))])).toThrow(/CN=theirs/);
  });

  it('is missing with a reason', () => {
    expect(nothingSigns({ challenges: [keys()] }, {}).message).toMatch(/passkeys are for screens/);
    expect(nothingSigns({ challenges: [certificates()] }, {}).message).not.toMatch(/screens/);
    expect(nothingSigns({ challenges: [] }, { key: 'a' }).outcome).toBe('not-found');
  });
});
