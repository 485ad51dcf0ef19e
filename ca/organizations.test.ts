import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOrganizations } from './organizations.ts';
import type { Organizations } from './organizations.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';

let state: State;
let organizations: Organizations;
const at = new Date('2026-12-01T00:00:00.500Z');

beforeEach(() => {
  state = openState(undefined);
  organizations = createOrganizations({ state, clock: () => at });
  for (const name of ['kim', 'lee']) {
    const email = `${name}@corp.example`;
    state.persons.add({ id: name, name, email, role: 'employee', registered: at });
  }
});

afterEach(() => state.close());

const logged = () => state.approvalLog.entries(0, 99).map(({ event, data }) => [event, data]);
const code = (code: string): unknown => expect.objectContaining({ code });

test('an organisation has domains, and each change is in the log', () => {
  const { id } = organizations.create({ name: ' Example Corp ', domains: ['Corp.Example'] });
  organizations.addDomain(id, 'corp.example');
  expect(organizations.list()).toMatchObject([{ id, name: 'Example Corp' }]);
  expect(state.organizations.ofDomain('corp.example')?.id).toBe(id);
  expect(state.organizations.ofDomain('app.corp.example')).toBeUndefined();
  organizations.removeDomain(id, 'corp.example');
  organizations.removeDomain(id, 'corp.example');
  expect(state.organizations.ofDomain('corp.example')).toBeUndefined();
  expect(logged()).toEqual([
    ['organization-added', {}],
    ['domain-added', { domain: 'corp.example' }],
    ['domain-removed', { domain: 'corp.example' }],
  ]);
  expect(state.approvalLog.newest(1)).toMatchObject([
    { organization: 'Example Corp', at: '2026-12-01T00:00:00Z' },
  ]);
});

test('a domain and a name belong to one organisation, and nothing is left of what fails', () => {
  organizations.create({ name: 'One', domains: ['corp.example'] });
  const second = { name: 'Two', domains: ['other.example', 'corp.example'] };
  expect(() => organizations.create(second)).toThrow(code('domainTaken'));
  expect(() => organizations.create({ name: 'One' })).toThrow(code('nameTaken'));
  expect(() => organizations.create({ name: 'Two', domains: ['*.corp.example'] })).toThrow(
    code('badDomain'),
  );
  expect(organizations.list()).toHaveLength(1);
  expect(state.organizations.ofDomain('other.example')).toBeUndefined();
  expect(logged()).toHaveLength(2);
});

test.each(['', ' ', 'x'.repeat(81), 'a\nb', 'a\u202eb', 'a\u200bb', 'a\ud800', 'a\u2028b'])(
  'no organisation is called %j',
  (name) => {
    expect(() => organizations.create({ name })).toThrow(code('badName'));
  },
);

test('people have roles, services request and nothing else', () => {
  const { id } = organizations.create({ name: 'Corp' });
  organizations.addMember(id, 'person:kim', 'approver');
  organizations.addMember(id, 'person:kim', 'approver');
  organizations.addMember(id, 'person:kim', 'requester');
  organizations.addMember(id, 'service:build', 'requester');
  expect(organizations.members(id)).toEqual([
    {
      subject: 'person:kim',
      named: { name: 'kim', email: 'kim@corp.example' },
      roles: ['requester', 'approver'],
    },
    { subject: 'service:build', named: { service: 'build' }, roles: ['requester'] },
  ]);
  expect(state.members.withRole(id, 'requester')).toEqual(['person:kim', 'service:build']);
  expect(state.members.ofSubject('person:kim')).toHaveLength(2);
  organizations.removeMember(id, 'person:kim', 'approver');
  organizations.removeMember(id, 'person:kim', 'approver');
  expect(state.members.rolesOf(id, 'person:kim')).toEqual(['requester']);
  const member = { name: 'kim', email: 'kim@corp.example' };
  expect(logged().slice(1)).toEqual([
    ['member-added', { member, role: 'approver' }],
    ['member-added', { member, role: 'requester' }],
    ['member-added', { member: { service: 'build' }, role: 'requester' }],
    ['member-removed', { member, role: 'approver' }],
  ]);
  const add = (subject: string, role: string) => () =>
    organizations.addMember(id, subject as 'person:x', role as 'approver');
  expect(add('service:build', 'approver')).toThrow(code('badRole'));
  expect(add('person:kim', 'owner')).toThrow(code('badRole'));
  expect(add('person:nobody', 'approver')).toThrow(code('unknownMember'));
  expect(add('service:', 'requester')).toThrow(code('unknownMember'));
  expect(add('service:a\u202eb', 'requester')).toThrow(code('unknownMember'));
  expect(() => organizations.addMember('x', 'person:kim', 'approver')).toThrow(code('unknown'));
  const membership = { organizationId: id, subject: 'service:build', role: 'approver' } as const;
  expect(() => state.members.add(membership, at)).toThrow(/CHECK/);
});

test('a rule of an organisation stands in for that of a profile', () => {
  const { id } = organizations.create({ name: 'Corp' });
  const rule = { required: 2, by: ['cert-01'], hardware: true, hours: 4 } as const;
  organizations.setRule(id, 'ev-code-signing', rule);
  organizations.setRule(id, 'ev-code-signing', rule);
  expect(organizations.rule(id, 'ev-code-signing')).toEqual(rule);
  organizations.setRule(id, 'ev-code-signing', undefined);
  expect(organizations.rule(id, 'ev-code-signing')).toBeUndefined();
  const inLog = { approvals: 2, by: ['cert-01'], hardware: true, hours: 4 };
  expect(logged().slice(1)).toEqual([
    ['rule-changed', { profile: 'ev-code-signing', rule: inLog }],
    ['rule-changed', { profile: 'ev-code-signing', rule: null }],
  ]);
  const bad = [
    { required: 0 },
    { required: 9 },
    { required: 1.5 },
    { hours: 0 },
    { hours: 721 },
    { by: [] },
    { by: ['ppkp-01', 'ppkp-01'] as const },
  ];
  for (const change of bad) {
    expect(() => organizations.setRule(id, 'p', { ...rule, ...change })).toThrow(code('badRule'));
  }
});
