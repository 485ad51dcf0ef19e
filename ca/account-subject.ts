import type { Person } from './people-types.ts';
import type { State } from './state.ts';
import type { Account } from './state/accounts.ts';
import type { SubjectName } from './state/subject-certificates.ts';

/** The person that the account is bound to (RFC 8555 §7.3.4). */
export function personOf({ personId }: Account, { persons }: State): Person | undefined {
  return personId === undefined ? undefined : persons.find(personId);
}

/** What the service is called that the account is bound to. */
export function serviceOf({ kid }: Account, { invitations }: State): string | undefined {
  return kid === undefined ? undefined : invitations.find(kid)?.service;
}

/** Whom the account is bound to, whatever other accounts they have; undefined when to nobody. */
export function subjectOf(account: Account, state: State): SubjectName | undefined {
  if (account.personId !== undefined) return `person:${account.personId}`;
  const service = serviceOf(account, state);
  return service === undefined ? undefined : `service:${service}`;
}
