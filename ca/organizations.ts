import { approvalMethods, ruleFor } from './approval-rule.ts';
import type { ApprovalRule } from './approval-rule.ts';
import { usableDomain } from './registry.ts';
import type { State } from './state.ts';
import type { LogEntry, LogEvent } from './state/approval-log.ts';
import type { Organization } from './state/organizations.ts';
import { memberRoles } from './state/members.ts';
import type { MemberRole } from './state/members.ts';
import type { OrganizationOwner } from './state/registered-domains.ts';
import { newId } from './state/rows.ts';
import type { SubjectName } from './state/subject-certificates.ts';

export type { Organization } from './state/organizations.ts';
export type { MemberRole } from './state/members.ts';

/** What cannot be done about an organisation. */
export class OrganizationError extends Error {
  readonly code:
    'badName' | 'nameTaken' | 'domainTaken' | 'unknown' | 'unknownMember' | 'badRole' | 'badRule';

  constructor(code: OrganizationError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Somebody in an organisation, with what they may do there. */
export type Member = {
  readonly subject: SubjectName;
  /** As others know them: the log and approvals name people and services so. */
  readonly named: { readonly name: string; readonly email: string } | { readonly service: string };
  readonly roles: readonly MemberRole[];
};

/** Organisations in whose name programs and documents are signed; each change is an entry of the log. */
export type Organizations = {
  /** Throws OrganizationError, and RegistryError for what is no DNS name. */
  create(details: { readonly name: string; readonly domains?: readonly string[] }): Organization;
  list(): readonly Organization[];
  find(id: string): Organization | undefined;
  findByName(name: string): Organization | undefined;
  domains(id: string): readonly string[];
  addDomain(id: string, name: string): void;
  removeDomain(id: string, name: string): void;
  /** In the order in which they came. */
  members(id: string): readonly Member[];
  /** `person:<id>` or `service:<name>`. Adding twice is adding once. */
  addMember(id: string, subject: SubjectName, role: MemberRole): void;
  removeMember(id: string, subject: SubjectName, role: MemberRole): void;
  /** The organisation's own rule; undefined where that of the profile holds. */
  rule(id: string, profile: string): ApprovalRule | undefined;
  /** What holds for a profile; undefined where nobody has to approve. */
  ruleFor(
    id: string,
    profile: { readonly name: string; readonly approval?: ApprovalRule },
  ): ApprovalRule | undefined;
  /** Undefined: the profile's own rule. */
  setRule(id: string, profile: string, rule: ApprovalRule | undefined): void;
  /** Several changes as one: all of them are kept, or none. */
  together<T>(changes: () => T): T;
  readonly log: Pick<State['approvalLog'], 'newest' | 'entries' | 'verify' | 'condition'>;
};

export type OrganizationsOptions = { readonly state: State; readonly clock: () => Date };

export function createOrganizations(options: OrganizationsOptions): Organizations {
  const { state, clock } = options;
  const { organizations, members, registeredDomains, approvalRules } = state;
  const { change, enter } = createChanges(options);
  const addDomain = (organization: Organization, name: string): void => {
    const domain = usableDomain(name);
    const taken = organizations.ofDomain(domain);
    if (taken?.id === organization.id) return;
    if (taken !== undefined) {
      throw new OrganizationError('domainTaken', 'another organisation has this domain');
    }
    registeredDomains.add(ownerOf(organization), domain);
    enter(organization, 'domain-added', { domain });
  };
  return {
    create: ({ name, domains = [] }) =>
      state.transaction(() => {
        const organization = { id: newId(), name: usableName(name, state), createdAt: clock() };
        organizations.add(organization);
        enter(organization, 'organization-added', {});
        domains.forEach((domain) => addDomain(organization, domain));
        return organization;
      }),
    ...createLookUps(state),
    addDomain: (id, name) => change(id, (organization) => addDomain(organization, name)),
    removeDomain: (id, domain) =>
      change(id, (organization) => {
        const owner = ownerOf(organization);
        if (!registeredDomains.of(owner).includes(domain)) return;
        registeredDomains.remove(owner, domain);
        enter(organization, 'domain-removed', { domain });
      }),
    addMember: (organizationId, subject, role) =>
      change(organizationId, (organization) => {
        const member = checkMember(subject, role, state);
        if (!members.add({ organizationId, subject, role }, clock())) return;
        enter(organization, 'member-added', { member, role });
      }),
    removeMember: (organizationId, subject, role) =>
      change(organizationId, (organization) => {
        if (!members.remove({ organizationId, subject, role })) return;
        enter(organization, 'member-removed', { member: namedAs(subject, state), role });
      }),
    setRule: (id, profile, rule) =>
      change(id, (organization) => {
        const before = approvalRules.find(id, profile);
        const wanted = rule && checkRule(rule);
        if (JSON.stringify(before) === JSON.stringify(wanted)) return;
        if (wanted === undefined) approvalRules.remove(id, profile);
        else approvalRules.set(id, profile, wanted);
        enter(organization, 'rule-changed', { profile, rule: wanted ? inLog(wanted) : null });
      }),
    together: (changes) => state.transaction(changes),
    log: state.approvalLog,
  };
}

type LookUps = Pick<
  Organizations,
  'list' | 'find' | 'findByName' | 'domains' | 'members' | 'rule' | 'ruleFor'
>;

function createLookUps(state: State): LookUps {
  const { organizations, registeredDomains, approvalRules } = state;
  return {
    list: () => organizations.list(),
    find: (id) => organizations.find(id),
    findByName: (name) => organizations.findByName(name),
    domains: (id) => registeredDomains.of(`organization:${id}`),
    members: (id) => membersOf(id, state),
    rule: (id, profile) => approvalRules.find(id, profile),
    ruleFor: (id, profile) => ruleFor(state, id, profile),
  };
}

/** Changes and their entries in the log are one: whatever fails, neither stays without the other. */
function createChanges({ state, clock }: OrganizationsOptions) {
  const find = (id: string): Organization => {
    const organization = state.organizations.find(id);
    if (organization === undefined) {
      throw new OrganizationError('unknown', 'no organisation has this id');
    }
    return organization;
  };
  return {
    change: (id: string, steps: (organization: Organization) => void): void =>
      state.transaction(() => steps(find(id))),
    enter: ({ name }: Organization, event: LogEvent, data: LogEntry['data']): void =>
      void state.approvalLog.append({ at: clock(), event, organization: name, data }),
  };
}

function ownerOf({ id }: Organization): OrganizationOwner {
  return `organization:${id}`;
}

/** What can be shown to whoever approves: one line, without what steers how it is read. */
function usableName(name: string, { organizations }: State): string {
  const plain = name.normalize('NFC').trim();
  if (!printable(80).test(plain) || plain.length > 80) {
    throw new OrganizationError('badName', 'a name has 1 to 80 printable characters');
  }
  if (organizations.findByName(plain) !== undefined) {
    throw new OrganizationError('nameTaken', 'another organisation has this name');
  }
  return plain;
}

function printable(longest: number): RegExp {
  return new RegExp(String.raw`^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,${longest}}$`, 'u');
}

function checkMember(subject: SubjectName, role: MemberRole, state: State): Member['named'] {
  const isService = subject.startsWith('service:');
  if (!memberRoles.includes(role) || (isService && role !== 'requester')) {
    throw new OrganizationError('badRole', 'a service can be a requester and nothing else');
  }
  const named = namedAs(subject, state);
  // A service may be a member before it has a key.
  const isUsable = 'service' in named ? printable(64).test(named.service) : named.email !== '';
  if (!isUsable) throw new OrganizationError('unknownMember', 'nobody is registered as that');
  return named;
}

function namedAs(subject: SubjectName, { persons }: State): Member['named'] {
  const name = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('service:')) return { service: name };
  const person = persons.find(name);
  return { name: person?.name ?? '', email: person?.email ?? '' };
}

function membersOf(id: string, state: State): readonly Member[] {
  const memberships = state.members.of(id);
  const subjects = [...new Set(memberships.map(({ subject }) => subject))];
  return subjects.map((subject) => ({
    subject,
    named: namedAs(subject, state),
    roles: memberRoles.filter((role) =>
      memberships.some((m) => m.subject === subject && m.role === role),
    ),
  }));
}

function checkRule({ required, by, hardware, hours }: ApprovalRule): ApprovalRule {
  const named = approvalMethods.filter((method) => by.includes(method));
  const fits = Number.isInteger(required) && required >= 1 && required <= 8;
  const lasts = Number.isInteger(hours) && hours >= 1 && hours <= 720;
  if (!fits || !lasts || named.length === 0 || named.length !== by.length) {
    throw new OrganizationError(
      'badRule',
      'a rule asks for 1 to 8 approvers within 1 to 720 hours',
    );
  }
  return { required, by: named, hardware, hours };
}

function inLog({ required, by, hardware, hours }: ApprovalRule) {
  return { approvals: required, by, hardware, hours };
}
