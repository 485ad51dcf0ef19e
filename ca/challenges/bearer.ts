import { serviceOf } from '../account-subject.ts';
import type { Person } from '../people-types.ts';
import type { Identifier } from '../problems.ts';
import { profileNamed } from '../profiles.ts';
import type { CertificateHolder, Profile } from '../profiles.ts';
import type { State } from '../state.ts';
import type { Account } from '../state/accounts.ts';
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
};

/** Nobody's will do where the profile speaks of no certificates. */
export function bearerOf({ account, person, identifier, profile }: Applying, state: State): Bearer {
  const found = profileNamed(profile);
  const { certificatesOf = [], onToken = false } = found ?? {};
  const service = serviceOf(account, state);
  return { person, service, identifier, holders: certificatesOf, profile: found, onToken };
}

/** Whom failures are counted for; undefined when the account is bound to nobody. */
export function subjectOf({ person, service }: Bearer): SubjectName | undefined {
  if (person !== undefined) return `person:${person.id}`;
  return service === undefined ? undefined : `service:${service}`;
}
