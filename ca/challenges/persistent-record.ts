import { issuerOf, readIssueValue } from '../issue-value.ts';
import type { Parameter } from '../issue-value.ts';

/** Whom a `_validation-persist` record has to be for (draft-ietf-acme-dns-persist §4). */
export type PersistentProof = {
  readonly issuerDomainNames: readonly string[];
  readonly accountUrl: string;
  /** Whether the names below are to be covered as well. */
  readonly below: boolean;
  readonly now: Date;
};

/** Why records do not prove control: `malformed` for bad syntax, `unauthorized` for what good syntax says. */
export type PersistentRefusal = {
  readonly code: 'malformed' | 'unauthorized';
  readonly detail: string;
};

/** Undefined when one of the records proves control of the name. */
export function persistentRefusal(
  texts: readonly string[],
  proof: PersistentProof,
): PersistentRefusal | undefined {
  // §5: records for other issuers do not count, be they right or wrong.
  const ours = texts.filter((text) => proof.issuerDomainNames.includes(issuerOf(text)));
  if (ours.length === 0) return unauthorized('No record names this CA.');
  const refusals = ours.map((text) => refusalOf(text, proof));
  return refusals.includes(undefined) ? undefined : refusals[0];
}

function refusalOf(text: string, proof: PersistentProof): PersistentRefusal | undefined {
  const value = readIssueValue(text);
  if (value === undefined) return malformed('The record does not follow the grammar.');
  const { parameters } = value;
  const tags = parameters.map(({ tag }) => tag);
  if (new Set(tags).size < tags.length) return malformed('The record has a parameter twice.');
  const account = find(parameters, 'accounturi');
  if (account === undefined) return malformed('The record has no "accounturi".');
  const until = find(parameters, 'persistuntil');
  if (until !== undefined && !/^\d{1,15}$/.test(until)) {
    return malformed('The "persistUntil" of the record is no time.');
  }
  if (account !== proof.accountUrl) return unauthorized('The record is for another account.');
  if (until !== undefined && proof.now.getTime() > Number(until) * 1000) {
    return unauthorized('The record has expired.');
  }
  // §6: any other policy is as good as none.
  if (proof.below && find(parameters, 'policy')?.toLowerCase() !== 'wildcard') {
    return unauthorized('The record is for the name itself only.');
  }
  return undefined;
}

function find(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find(({ tag }) => tag === name)?.value;
}

function malformed(detail: string): PersistentRefusal {
  return { code: 'malformed', detail };
}

function unauthorized(detail: string): PersistentRefusal {
  return { code: 'unauthorized', detail };
}
