import { approvalMethods } from './approval-rule.ts';
import type { ApprovalRule } from './approval-rule.ts';
import { OrganizationError } from './organizations.ts';
import type { MemberRole, Organization } from './organizations.ts';
import { PeopleError } from './people.ts';
import { profileNamed } from './profiles.ts';
import { RegistryError } from './registry.ts';
import type { RunningCa } from './running-ca.ts';
import { memberRoles } from './state/members.ts';

type MemberDescription = {
  /** Of a person; registered with `name` unless there is one already. */
  readonly email?: string;
  readonly name?: string;
  readonly service?: string;
  readonly roles: readonly MemberRole[];
};

/** An organisation with its members, as whoever runs the CA wrote it into a file (docs/local-ca.md). */
export type OrganizationDescription = {
  readonly name: string;
  readonly domains: readonly string[];
  readonly members: readonly MemberDescription[];
  readonly rules: readonly (ApprovalRule & { readonly profile: string })[];
};

/** What was described is no organisation, or cannot be set up here. */
export class OrganizationDescriptionError extends Error {
  readonly code = 'badOrganization';

  constructor(what: string, options?: ErrorOptions) {
    super(`the description of the organisation: ${what}`, options);
  }
}

const MOST = 100;

/** Throws OrganizationDescriptionError; members that nobody knows are refused, for a misspelt one would be missed. */
export function readOrganization(text: string): OrganizationDescription {
  const value = object(json(text), 'it', ['name', 'domains', 'members', 'rules']);
  const { domains = [], members = [], rules = [] } = value;
  return {
    name: string(value['name'], 'name', 80),
    domains: list(domains, 'domains').map((domain) => string(domain, 'domains', 253)),
    members: list(members, 'members').map(readMember),
    rules: list(rules, 'rules').map(readRule),
  };
}

/** Adds what is missing and sets the rules, all of it or nothing; what there is besides stays. Throws OrganizationDescriptionError. */
export function applyOrganization(
  { organizations, people }: Pick<RunningCa, 'organizations' | 'people'>,
  description: OrganizationDescription,
): Organization {
  try {
    return organizations.together(() => {
      const { name, domains, members, rules } = description;
      const organization = organizations.findByName(name) ?? organizations.create({ name });
      const { id } = organization;
      domains.forEach((domain) => organizations.addDomain(id, domain));
      for (const member of members) {
        const subject = subjectOf(member, people);
        member.roles.forEach((role) => organizations.addMember(id, subject, role));
      }
      rules.forEach(({ profile, ...rule }) => organizations.setRule(id, profile, rule));
      return organization;
    });
  } catch (cause) {
    const isRefused = [OrganizationError, PeopleError, RegistryError].some(
      (kind) => cause instanceof kind,
    );
    if (!isRefused || !(cause instanceof Error)) throw cause;
    throw new OrganizationDescriptionError(cause.message, { cause });
  }
}

function subjectOf({ email = '', name, service }: MemberDescription, people: RunningCa['people']) {
  if (service !== undefined) return `service:${service}` as const;
  const known = people.findByEmail(email);
  if (known !== undefined) return `person:${known.id}` as const;
  mustBe(name !== undefined, `nobody is registered as ${email}, and no name is given`);
  return `person:${people.register({ name, email }).id}` as const;
}

function readMember(value: unknown): MemberDescription {
  const member = object(value, 'a member', ['email', 'name', 'service', 'roles']);
  const { email, name, service } = member;
  mustBe((email === undefined) !== (service === undefined), 'a member has an email or a service');
  mustBe(service === undefined || name === undefined, 'a service has no other name');
  const roles = list(member['roles'], 'roles').map((role) => oneOf(role, 'roles', memberRoles));
  mustBe(roles.length > 0, 'a member has roles');
  return {
    ...(email !== undefined && { email: string(email, 'email', 254) }),
    ...(name !== undefined && { name: string(name, 'name', 64) }),
    ...(service !== undefined && { service: string(service, 'service', 64) }),
    roles,
  };
}

function readRule(value: unknown): ApprovalRule & { readonly profile: string } {
  const rule = object(value, 'a rule', ['profile', 'required', 'by', 'hardware', 'hours']);
  const profile = string(rule['profile'], 'profile', 64);
  const { approval: usual } = profileNamed(profile) ?? {};
  mustBe(usual !== undefined, `nobody has to approve certificates of the profile ${profile}`);
  const { required = usual.required, by = usual.by, hours = usual.hours } = rule;
  const { hardware = usual.hardware } = rule;
  mustBe(typeof hardware === 'boolean', 'hardware is neither true nor false');
  return {
    ...{ profile, required: number(required, 'required'), hours: number(hours, 'hours') },
    by: list(by, 'by').map((method) => oneOf(method, 'by', approvalMethods)),
    hardware,
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new OrganizationDescriptionError('it is no JSON', { cause });
  }
}

function object(
  value: unknown,
  what: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  mustBe(isObject, `${what} is no object`);
  const unknown = Object.keys(value).find((member) => !known.includes(member));
  mustBe(unknown === undefined, `${what} has a member that is unknown: ${unknown}`);
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown, what: string): readonly unknown[] {
  mustBe(Array.isArray(value) && value.length <= MOST, `${what} is no list of at most ${MOST}`);
  return value;
}

/** What may be in it is for the register to say. */
function string(value: unknown, what: string, longest: number): string {
  const isText = typeof value === 'string' && value.trim() !== '' && value.length <= longest;
  mustBe(isText, `${what} is no text of 1 to ${longest} characters`);
  return value;
}

function number(value: unknown, what: string): number {
  mustBe(typeof value === 'number', `${what} is no number`);
  return value;
}

function oneOf<Name extends string>(value: unknown, what: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  mustBe(found !== undefined, `${what} knows ${names.join(', ')} alone`);
  return found;
}

function mustBe(condition: boolean, what: string): asserts condition {
  if (!condition) throw new OrganizationDescriptionError(what);
}
