import { personOf, serviceOf, subjectOf } from '../account-subject.ts';
import type { Authority } from '../authority.ts';
import { refusalOf } from '../policy.ts';
import type { Claim } from '../policy.ts';
import { identifierProblems } from '../problems.ts';
import type { Identifier, Problem } from '../problems.ts';
import type { Profile } from '../profiles.ts';
import type { AccountRequest } from '../requests.ts';
import type { Account } from '../state/accounts.ts';
import type { State } from '../state.ts';
import type { OrderedIdentifier } from '../state/orders.ts';
import type { SubjectName } from '../state/subject-certificates.ts';

/** With what an account comes when it asks for something to be certified. */
export function claimOf(
  account: Account,
  { type, value }: Identifier,
  { state }: Pick<Authority, 'state'>,
): Claim {
  const isDevice = type === 'permanent-identifier';
  const service = serviceOf(account, state);
  return {
    person: personOf(account, state),
    keeperId: isDevice ? state.devices.keeperOf(value) : undefined,
    service,
    domains: {
      service: service === undefined ? [] : state.registeredDomains.of(`service:${service}`),
      organization: state.registeredDomains.of('organization'),
      requester: requestable(subjectOf(account, state), state),
    },
  };
}

/** The domains of all organisations in which somebody is a requester. */
function requestable(subject: SubjectName | undefined, state: State): readonly string[] {
  if (subject === undefined) return [];
  return state.members
    .ofSubject(subject)
    .filter(({ role }) => role === 'requester')
    .flatMap(({ organizationId }) => state.registeredDomains.of(`organization:${organizationId}`));
}

/** One problem for all identifiers that the account may not have certified, as things are now. */
export function refusalOfClaims(
  profile: Profile,
  identifiers: readonly OrderedIdentifier[],
  {
    request,
    authority,
  }: {
    readonly request: Pick<AccountRequest, 'account'>;
    readonly authority: Pick<Authority, 'state'>;
  },
): Problem | undefined {
  const refusals = identifiers.flatMap(({ type, value }) => {
    const identifier = { type, value };
    return refusalOf(profile, identifier, claimOf(request.account, identifier, authority)) ?? [];
  });
  return refusals.length > 0 ? identifierProblems(refusals) : undefined;
}
