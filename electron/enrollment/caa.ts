import type { CaaView } from '../../shared/enrollment-state.ts';
import type { Failure } from '../../shared/failure.ts';
import type { Purpose } from '../../shared/models/enrollment-profile.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { CaaVerdict } from '../domain-proofs/caa-check.ts';
import { isIssuerName } from '../domain-proofs/caa-issue-value.ts';
import type { IssuanceWish } from '../domain-proofs/caa-policy.ts';
import { cureFor, type Applicant, type Refused } from './caa-cure.ts';
import { domainChallengeTypes } from './challenges/challenge-types.ts';
import { EnrollmentError } from './enrollment-error.ts';
import type { Rooms } from './rooms.ts';
import type { Run } from './run.ts';

/** Asks whether the CAA records of a domain, which may be a wildcard, let a CA issue. */
export type LookAtCaa = (
  domain: string,
  wish: IssuanceWish,
  signal: AbortSignal,
) => Promise<CaaVerdict>;

/** Others trust a signature for the domain's sake, without ever meeting the domain itself. */
const signing: readonly Purpose[] = ['codeSigning', 'documentSigning'];
const mostShown = 8;

/**
 * Looks at the CAA records of the domains to sign for, before the CA has to refuse (RFC 8659 §3). Undefined: this
 * enrolment has none. Throws `EnrollmentError` `caa` when they do not let the CA issue.
 */
export async function checkCaa(
  { record: { plan, orderUrl }, signal }: Run,
  { lookAtCaa }: Pick<Rooms, 'lookAtCaa'>,
  { directory, accountUrl }: Pick<AcmeClient, 'directory' | 'accountUrl'>,
): Promise<CaaView | undefined> {
  const domains = plan.identifiers.filter(({ type }) => type === 'dns').map(({ value }) => value);
  if (domains.length === 0 || !signing.includes(plan.purpose)) return undefined;
  const identities = issuerNames(directory.meta.caaIdentities);
  const shown = identities.slice(0, mostShown);
  const [issuer] = identities;
  // What was ordered before is fetched: by now it is the CA's to say.
  if (issuer === undefined || orderUrl !== undefined) return { identities: shown, unasked: [] };
  const wish = {
    identities: identities.map((name) => name.toLowerCase()),
    ...{ accountUrl, methods: domainChallengeTypes },
  };
  const unasked: string[] = [];
  const asked = domains.map(async (domain) => ({
    domain,
    verdict: await lookAtCaa(domain, wish, signal),
  }));
  for (const { domain, verdict } of await Promise.all(asked)) {
    if (verdict.verdict === 'unknown') unasked.push(domain);
    if (verdict.verdict === 'refused') throw refusal(domain, verdict, { issuer, accountUrl });
  }
  return { identities: shown, unasked };
}

/** RFC 8555 §7.1.1 `caaIdentities`, as the CA writes them, without what no CAA record can name. */
function issuerNames(identities: readonly string[] = []): readonly string[] {
  const named = new Map<string, string>();
  for (const name of identities.filter(isIssuerName)) {
    // RFC 4343 §3: case does not tell domain names apart.
    const key = name.toLowerCase();
    if (!named.has(key)) named.set(key, name);
  }
  return [...named.values()];
}

function refusal(domain: string, refused: Refused, applicant: Applicant): EnrollmentError {
  const { fault, at } = refused;
  const { issuer } = applicant;
  const record = cureFor(refused, applicant);
  const failure: Failure = { code: 'caa', reason: fault, domain, at, issuer };
  return new EnrollmentError(
    record === undefined ? failure : { ...failure, record },
    'looking at the CAA records of a domain',
  );
}
