import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { applyOrganization, readOrganization } from './organization-file.ts';
import { createOrganizations } from './organizations.ts';
import type { Organizations } from './organizations.ts';
import { createPeople } from './people.ts';
import type { People } from './people-types.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';

let state: State;
let ca: { organizations: Organizations; people: People };

beforeEach(() => {
  const clock = (): Date => new Date('2026-12-01T00:00:00Z');
  state = openState(undefined);
  ca = {
    organizations: createOrganizations({ state, clock }),
    people: createPeople({ state, clock, issuerName: 'CA' }),
  };
});

afterEach(() => state.close());

const corp = () => ({
  name: 'Example Corp',
  domains: ['corp.example'],
  members: [
    { email: 'Kim@corp.example', name: 'Kim', roles: ['approver', 'auditor'] },
    { service: 'build', roles: ['requester'] },
  ],
  rules: [{ profile: 'ev-code-signing', required: 1 }],
});

const apply = (description: object) =>
  applyOrganization(ca, readOrganization(JSON.stringify(description)));

test('a file sets an organisation up, once however often it is read', () => {
  const { id } = apply(corp());
  const entries = state.approvalLog.entries(0, 99);
  expect(entries.map(({ event }) => event)).toEqual([
    ...['organization-added', 'domain-added', 'member-added', 'member-added', 'member-added'],
    'rule-changed',
  ]);
  expect(ca.organizations.members(id)).toMatchObject([
    { named: { name: 'Kim', email: 'kim@corp.example' }, roles: ['approver', 'auditor'] },
    { named: { service: 'build' }, roles: ['requester'] },
  ]);
  expect(ca.organizations.rule(id, 'ev-code-signing')).toEqual({
    ...{ required: 1, by: ['ppkp-01', 'cert-01'], hardware: true, hours: 24 },
  });
  expect(apply(corp()).id).toBe(id);
  expect(state.approvalLog.entries(0, 99)).toEqual(entries);
  // What came by the portal stays, and what is new in the file comes.
  ca.organizations.addDomain(id, 'portal.example');
  apply({ ...corp(), domains: ['other.example'] });
  expect(ca.organizations.domains(id)).toEqual([
    ...['corp.example', 'other.example', 'portal.example'],
  ]);
});

describe('a file that is refused', () => {
  const [kim] = corp().members;
  it.each([
    ['a name that cannot be shown', { ...corp(), name: 'Corp\u202e' }],
    ['no name', { ...corp(), name: undefined }],
    ['a name that is too long', { ...corp(), name: 'x'.repeat(81) }],
    ['a domain that is none', { ...corp(), domains: ['a b'] }],
    ['a wildcard', { ...corp(), domains: ['*.corp.example'] }],
    ['domains that are no list', { ...corp(), domains: 'corp.example' }],
    ['too many domains', { ...corp(), domains: Array(101).fill('corp.example') }],
    ['a misspelt member', { ...corp(), member: [] }],
    ['a misspelt member of a member', { ...corp(), members: [{ ...kim, role: 'approver' }] }],
    ['an unknown role', { ...corp(), members: [{ ...kim, roles: ['owner'] }] }],
    ['a member without roles', { ...corp(), members: [{ ...kim, roles: [] }] }],
    ['nobody', { ...corp(), members: [{ roles: ['approver'] }] }],
    ['two in one', { ...corp(), members: [{ ...kim, service: 'build' }] }],
    ['a stranger', { ...corp(), members: [{ email: 'x@corp.example', roles: ['approver'] }] }],
    ['no address', { ...corp(), members: [{ ...kim, email: 'a@b\r\nc' }] }],
    ['a name of two lines', { ...corp(), members: [{ ...kim, name: 'a\nb' }] }],
    ['a service that approves', { ...corp(), members: [{ service: 'x', roles: ['approver'] }] }],
    ['a service of two lines', { ...corp(), members: [{ service: 'a\nb', roles: ['requester'] }] }],
    ['a rule about nothing', { ...corp(), rules: [{ profile: 'employee' }] }],
    ['a rule without a profile', { ...corp(), rules: [{ required: 1 }] }],
    ['nobody to approve', { ...corp(), rules: [{ profile: 'ev-code-signing', required: 0 }] }],
    ['a ninth', { ...corp(), rules: [{ profile: 'ev-code-signing', required: 9 }] }],
    ['a text for a number', { ...corp(), rules: [{ profile: 'ev-code-signing', required: '1' }] }],
    ['a weak proof', { ...corp(), rules: [{ profile: 'ev-code-signing', by: ['totp-01'] }] }],
    ['no proof', { ...corp(), rules: [{ profile: 'ev-code-signing', by: [] }] }],
    ['a wrong flag', { ...corp(), rules: [{ profile: 'ev-code-signing', hardware: 'no' }] }],
    ['a list', []],
    ['nothing', null],
  ])('has %s, and nothing of it stays', (_what, description) => {
    const refused: unknown = expect.objectContaining({ code: 'badOrganization' });
    expect(() => apply(description as object)).toThrow(refused);
    expect(ca.organizations.list()).toEqual([]);
    expect(ca.people.list()).toEqual([]);
    expect(state.approvalLog.entries(0, 9)).toEqual([]);
  });

  it('is no JSON', () => {
    expect(() => readOrganization('{')).toThrow(
      expect.objectContaining({ code: 'badOrganization' }),
    );
  });

  it('has a domain of somebody else', () => {
    apply(corp());
    expect(() => apply({ ...corp(), name: 'Other Corp' })).toThrow(/another organisation/);
    expect(ca.organizations.list()).toHaveLength(1);
  });
});
