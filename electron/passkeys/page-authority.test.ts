import { expect, it } from 'vitest';
import type { VouchedBy } from '../../shared/models/organization.ts';
import { mayShowPage } from './page-authority.ts';

const roots = ['a root of its own'];
const policy: VouchedBy = { by: 'managed-policy', source: '/etc/countersign/policy.json' };
const comparison: VouchedBy = { by: 'comparison' };
const localCa: VouchedBy = { by: 'local-ca' };
const later = { by: 'rank-of-a-later-version' } as unknown as VouchedBy;
const domain = (name: string): VouchedBy => ({ by: 'domain', domain: name });

it('is for whoever this computer trusts as the host, whoever vouches for the organisation', () => {
  for (const vouchedBy of [policy, domain('other.example'), comparison, localCa, later])
    expect(mayShowPage('https://ca.example:14000', { roots: undefined, vouchedBy })).toBe(true);
});

it.each<[string, VouchedBy, string]>([
  ['a managed policy names', policy, 'https://ca.example'],
  ['has the domain', domain('ca.example'), 'https://ca.example:14000'],
  ['has the domain above', domain('example.test'), 'https://ca.example.test'],
  ['has the domain in another spelling', domain('Müller.Example'), 'https://xn--mller-kva.example'],
  ['is the local CA, here', localCa, 'https://localhost:14000'],
  ['is the local CA, at a name for here', localCa, 'https://ca.localhost'],
  ['is the local CA, at an address for here', localCa, 'https://127.0.0.1:14000'],
  ['is the local CA, at the other address for here', localCa, 'https://[::1]:14000'],
])('is for one with roots of its own that %s', (_which, vouchedBy, origin) => {
  expect(mayShowPage(origin, { roots, vouchedBy })).toBe(true);
});

it.each<[string, VouchedBy, string]>([
  ['whose words a person compared', comparison, 'https://honest.example'],
  ['whose words a person compared, here', comparison, 'https://localhost'],
  ['that a later version knows', later, 'https://honest.example'],
  ['of another domain', domain('evil.example'), 'https://honest.example'],
  ['of a domain that only ends so', domain('nest.example'), 'https://honest.example'],
  ['of a domain below', domain('ca.honest.example'), 'https://honest.example'],
  ['of no domain', domain(''), 'https://honest.example'],
  ['of a dot', domain('.'), 'https://honest.example.'],
  ['of more than a domain', domain('evil.example@honest.example'), 'https://honest.example'],
  ['of a domain with a path', domain('honest.example/path'), 'https://honest.example'],
  ['that is the local CA, elsewhere', localCa, 'https://honest.example'],
  ['that is the local CA, at a like name', localCa, 'https://notlocalhost'],
  ['that is the local CA, below a like name', localCa, 'https://localhost.evil.example'],
  ['that is the local CA, at a like address', localCa, 'https://127.0.0.1.evil.example'],
])('is not for one with roots of its own %s', (_which, vouchedBy, origin) => {
  expect(mayShowPage(origin, { roots, vouchedBy })).toBe(false);
  // Roots that are none vouch for nobody, but are not this computer's.
  expect(mayShowPage(origin, { roots: [], vouchedBy })).toBe(false);
});

it('is not for an organisation that nobody knows, nor at what is no origin', () => {
  expect(mayShowPage('https://ca.example', undefined)).toBe(false);
  expect(mayShowPage('nonsense', { roots, vouchedBy: policy })).toBe(false);
});
