import { personOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { checkIdentifier, isWildcard, readIdentifier } from '../identifiers.ts';
import type { JwsHeader } from '../jws.ts';
import type { Person } from '../people-types.ts';
import { Problem } from '../problems.ts';
import type { Identifier } from '../problems.ts';
import type { AccountRequest } from '../requests.ts';
import type { Organization } from '../state/organizations.ts';
import type { SubjectName } from '../state/subject-certificates.ts';
import { authorizationFor } from './approving.ts';
import type { Offered } from './approving.ts';
import { checkOpenRequests } from './limits.ts';
import { needsApproval, openRequest } from './opening.ts';
import type { ApprovedProfile } from './opening.ts';
import { personWords } from './parties.ts';
import { readMembers, readText } from './texts.ts';

type Context = { readonly request: AccountRequest; readonly authority: Authority };

const members = ['requester', 'profile', 'count', 'until', 'reason'] as const;
const LATEST = 90 * 86_400_000;

/** docs/approvals.md §4: a standing pre-authorization, for its proposer to sign first. */
export function propose(payload: JwsHeader, { request, authority }: Context): Offered {
  const identifier = readDomain(payload['identifier']);
  const given = readMembers(payload['standing'], '"standing"', members);
  const { organization, proposer } = proposerOf(identifier, { request, authority });
  const profile = readProfile(given.profile, authority);
  const requester = readRequester(given.requester, organization, authority);
  const count = readCount(given.count);
  const until = readUntil(given.until, authority.clock());
  const reason = readText(given.reason ?? '', 'The "reason"', { minimum: 0, maximum: 400 });
  const asker = `person:${proposer.id}` as const;
  if (requester === asker) {
    throw new Problem('unauthorized', 'Nobody approves certificates of their own.');
  }
  checkOpenRequests(asker, authority);
  return authority.state.transaction(() => {
    const opened = openRequest(
      { organization, requester, asker, profile, identifiers: [identifier], reason },
      { kind: 'standing', proposedBy: personWords(proposer), count, until },
      authority,
    );
    return authorizationFor(opened, { request, authority });
  });
}

function readDomain(given: unknown): Identifier {
  const { identifier } = checkIdentifier(readIdentifier(given));
  if (identifier?.type === 'dns' && !isWildcard(identifier.value)) return identifier;
  throw new Problem('malformed', 'The identifier must be the domain of an organisation.');
}

function proposerOf(
  { value }: Identifier,
  { request, authority: { state } }: Context,
): { readonly organization: Organization; readonly proposer: Person } {
  const organization = state.organizations.ofDomain(value);
  const proposer = personOf(request.account, state);
  const roles =
    organization && proposer ? state.members.rolesOf(organization.id, `person:${proposer.id}`) : [];
  if (organization !== undefined && proposer !== undefined && roles.includes('approver')) {
    return { organization, proposer };
  }
  throw new Problem(
    'unauthorized',
    'Only an approver of the organisation with the domain proposes.',
  );
}

function readProfile(name: unknown, { rules }: Authority): ApprovedProfile {
  const profile = rules.profiles.find((one) => one.name === name);
  if (profile !== undefined && needsApproval(profile) && profile.approval.standing) return profile;
  throw new Problem('invalidProfile', 'The profile is not one for standing pre-authorizations.');
}

function readRequester(given: unknown, { id }: Organization, { state }: Authority): SubjectName {
  const { email, service } = readMembers(given, 'The "requester"', ['email', 'service']);
  const person =
    typeof email === 'string' ? state.persons.findByEmail(email.toLowerCase()) : undefined;
  const named: SubjectName | undefined =
    person !== undefined && service === undefined
      ? `person:${person.id}`
      : typeof service === 'string' && email === undefined
        ? `service:${service}`
        : undefined;
  if (named !== undefined && state.members.rolesOf(id, named).includes('requester')) return named;
  throw new Problem('malformed', 'The "requester" must be a requester of the organisation.');
}

function readCount(given: unknown): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= 1000) {
    return given;
  }
  throw new Problem('malformed', 'The "count" must be a whole number from 1 to 1000.');
}

/** RFC 3339, in UTC with seconds, and as text the one form that the time has. */
function readUntil(given: unknown, now: Date): string {
  const isForm = typeof given === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(given);
  const time = isForm ? new Date(given) : new Date(Number.NaN);
  const isTime =
    isForm && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(given.slice(0, -1));
  if (!isTime || time <= now || time.getTime() > now.getTime() + LATEST) {
    throw new Problem(
      'malformed',
      'The "until" must be a time within 90 days, in UTC with seconds.',
    );
  }
  return given;
}
