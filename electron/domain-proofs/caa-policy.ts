import { readIssueValue, type IssueParameter } from './caa-issue-value.ts';
import type { CaaProperty } from './caa-property.ts';

/** What somebody wants to have issued, as far as CAA can have a say in it. */
export interface IssuanceWish {
  /** What the CA calls itself in CAA records, in lower case. */
  readonly identities: readonly string[];
  /** Undefined: there is no account yet. */
  readonly accountUrl: string | undefined;
  /** ACME challenge types by which the domain could be proven. */
  readonly methods: readonly string[];
}

/** Why CAA records do not let the CA issue. */
export type CaaFault =
  /** They name others, or nobody. */
  | 'issuer'
  /** They name the CA for other accounts only. */
  | 'account'
  /** They name the CA for other ways of proving only. */
  | 'method'
  /** One that nobody may overlook is not known here. */
  | 'critical'
  /** One is no CAA record by its form. */
  | 'unreadable';

export interface CaaRefusal {
  readonly fault: CaaFault;
  /** The property that would have to permit it. */
  readonly tag: IssueTag;
}

export type IssueTag = 'issue' | 'issuewild';

/** RFC 8659 §4, and RFC 9495 for `issuemail`, which is about other certificates than these. */
const known: readonly string[] = ['issue', 'issuewild', 'iodef', 'issuemail'];

/** Undefined: the set of a domain's records does not forbid it. A record that cannot be read is an undefined property. */
export function caaRefusalOf(
  properties: readonly (CaaProperty | undefined)[],
  { wildcard, ...wish }: IssuanceWish & { readonly wildcard: boolean },
): CaaRefusal | undefined {
  const readable = properties.filter((property) => property !== undefined);
  const tag = tagFor(readable, wildcard);
  if (readable.length < properties.length) return { fault: 'unreadable', tag };
  // RFC 8659 §4.1: no certificate where a critical property has an unknown tag.
  if (readable.some((each) => each.critical && !known.includes(each.tag)))
    return { fault: 'critical', tag };
  const deciding = readable.filter((property) => property.tag === tag);
  // RFC 8659 §4.2: records without such a property restrict nobody.
  if (deciding.length === 0) return undefined;
  const faults = deciding.map(({ value }) => faultOf(value, wish));
  if (faults.includes(undefined)) return undefined;
  // What comes closest to a yes says best what is missing.
  const closest = (['method', 'account'] as const).find((fault) => faults.includes(fault));
  return { fault: closest ?? 'issuer', tag };
}

/** RFC 8659 §4.3: `issuewild` is for wildcards only, and takes the place of `issue` there. */
function tagFor(properties: readonly CaaProperty[], wildcard: boolean): IssueTag {
  return wildcard && properties.some(({ tag }) => tag === 'issuewild') ? 'issuewild' : 'issue';
}

function faultOf(value: string, wish: IssuanceWish): 'issuer' | 'account' | 'method' | undefined {
  const { issuer, parameters } = readIssueValue(value);
  if (!wish.identities.includes(issuer)) return 'issuer';
  if (!suits(parameters, 'accounturi', (uri) => uri === wish.accountUrl)) return 'account';
  const canProve = (list: string): boolean =>
    isMethodList(list) && list.split(',').some((method) => wish.methods.includes(method));
  return suits(parameters, 'validationmethods', canProve) ? undefined : 'method';
}

/** RFC 8657 §3, §4: nothing satisfies a property in which the parameter stands twice. */
function suits(
  parameters: readonly IssueParameter[],
  tag: string,
  accept: (value: string) => boolean,
): boolean {
  const [first, ...others] = parameters.filter((each) => each.tag === tag);
  return first === undefined || (others.length === 0 && accept(first.value));
}

/** RFC 8657 §4 `value`. */
const isMethodList = (text: string): boolean => /^[A-Za-z0-9-]+(?:,[A-Za-z0-9-]+)*$/.test(text);
