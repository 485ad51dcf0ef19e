import { readIssueValue } from './issue-value.ts';
import type { Parameter } from './issue-value.ts';

/** RFC 8659 §4.1. */
export type CaaRecord = {
  readonly critical: boolean;
  /** Lower case. */
  readonly tag: string;
  readonly value: string;
};

/** Who wants to issue, for whom, and on what proof. */
export type Issuing = {
  /** The names by which this CA is called in CAA records. */
  readonly identities: readonly string[];
  readonly wildcard: boolean;
  /** RFC 8657 §3. */
  readonly accountUrl: string;
  /** The challenge type that proved the name (RFC 8657 §4); undefined when none did. */
  readonly method: string | undefined;
};

/** `issuemail` (RFC 9495) is about S/MIME, of which this CA issues nothing: known, and no obstacle. */
const knownTags = ['issue', 'issuewild', 'issuemail', 'iodef'];

/** Why the records that apply to a name forbid the issuance; undefined when they do not. */
export function caaRefusal(records: readonly CaaRecord[], issuing: Issuing): string | undefined {
  const foreign = records.find(({ critical, tag }) => critical && !knownTags.includes(tag));
  if (foreign !== undefined) return 'A critical property is not known to this CA.';
  const properties = relevantProperties(records, issuing.wildcard);
  if (properties.length === 0) return undefined;
  if (properties.some(({ value }) => permits(value, issuing))) return undefined;
  return 'No property permits this CA, with this account and this method of validation, to issue.';
}

/** RFC 8659 §4.3: for a wildcard, `issuewild` where there is one. */
function relevantProperties(
  records: readonly CaaRecord[],
  wildcard: boolean,
): readonly CaaRecord[] {
  const tagged = (name: string) => records.filter(({ tag }) => tag === name);
  const wild = wildcard ? tagged('issuewild') : [];
  return wild.length > 0 ? wild : tagged('issue');
}

/** RFC 8659 §4.2: a malformed value names nobody. */
function permits(text: string, issuing: Issuing): boolean {
  const value = readIssueValue(text);
  if (value === undefined || !issuing.identities.includes(value.issuer)) return false;
  return (
    accountFits(valuesOf(value.parameters, 'accounturi'), issuing) &&
    methodFits(valuesOf(value.parameters, 'validationmethods'), issuing)
  );
}

function valuesOf(parameters: readonly Parameter[], tag: string): readonly string[] {
  return parameters.filter((parameter) => parameter.tag === tag).map(({ value }) => value);
}

/** RFC 8657 §3: more than one account cannot be satisfied. */
function accountFits(accounts: readonly string[], { accountUrl }: Issuing): boolean {
  return accounts.length === 0 || (accounts.length === 1 && accounts[0] === accountUrl);
}

/** RFC 8657 §4: a list of methods, parted by commas. */
function methodFits(lists: readonly string[], { method }: Issuing): boolean {
  if (lists.length === 0) return true;
  const [list = ''] = lists;
  return lists.length === 1 && method !== undefined && list.split(',').includes(method);
}
