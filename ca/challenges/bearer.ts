import { serviceOf } from '../account-subject.ts';
import type { Person } from '../people-types.ts';
import type { Identifier } from '../problems.ts';
import { profileNamed } from '../profiles.ts';
import type { CertificateHolder, Profile } from '../profiles.ts';
import type { State } from '../state.ts';
import type { Account } from '../state/accounts.ts';
import type { ApprovalRequest } from '../state/approvals.ts';
import type { SubjectName } from '../state/subject-certificates.ts';

/** Whose certificates may prove an authorization. */
export type Bearer = {
  readonly person: Person | undefined;
  /** What the service of the account is called. */
  readonly service: string | undefined;
  /** What is to be proven. */
  readonly identifier: Identifier;
  readonly holders: readonly CertificateHolder[];
  /** For what; undefined for one that there no longer is. */
  readonly profile: Profile | undefined;
  /** Only keys that are known to be on a token will do. */
  readonly onToken: boolean;
};

export type Applying = {
  readonly account: Account;
  readonly person: Person | undefined;
  readonly identifier: Identifier;
  /** Name of the profile. */
  readonly profile: string;
  /** What is approved; undefined for what is proven for oneself. */
  readonly approving?: ApprovalRequest | undefined;
};

/** Nobody's will do where the profile speaks of no certificates. */
export function bearerOf(
  { account, person, identifier, profile, approving }: Applying,
  state: State,
): Bearer {
  const found = profileNamed(profile);
  if (approving !== undefined) {
    // docs/approvals.md §1: people approve, and how is what the rule says.
    const { hardware } = approving.document.rule;
    const approver = { holders: ['person'], profile: found, onToken: hardware } as const;
    return { person, service: undefined, identifier, ...approver };
  }
  const { certificatesOf = [], onToken = false } = found ?? {};
  const service = serviceOf(account, state);
  return { person, service, identifier, holders: certificatesOf, profile: found, onToken };
}

/** Whom failures are counted for; undefined when the account is bound to nobody. */
export function subjectOf({ person, service }: Bearer): SubjectName | undefined {
  if (person !== undefined) return `person:${person.id}`;
  return service === undefined ? undefined : `service:${service}`;
}
