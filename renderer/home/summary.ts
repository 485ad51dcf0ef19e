import type { CredentialSummary } from '../../shared/models/credential.ts';
import type { InitialState } from '../../shared/models/wallet.ts';
import { waitsForOthers } from '../prove/waits-for-others.ts';
import { phaseOf } from '../lifetime/lifetime.ts';

/** The one sentence that says whether all is well. */
export type Summary =
  | { readonly kind: 'empty' }
  /** The secret store cannot be used, and so none of the keys. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'expired'; readonly count: number }
  | { readonly kind: 'renew'; readonly count: number; readonly before: string }
  | { readonly kind: 'waiting'; readonly count: number }
  | { readonly kind: 'fine'; readonly renewal: string }
  /** Nothing that is in force, and nothing that needs anybody. */
  | { readonly kind: 'past' };

export function summaryOf({ wallet, enrollments }: InitialState, now: number): Summary {
  const { credentials, secretStore } = wallet;
  if (secretStore.status !== 'ready') return { kind: 'locked' };
  const current = withoutReplaced(credentials);
  const expired = current.filter((credential) => phaseOf(credential, now) === 'expired');
  if (expired.length > 0) return { kind: 'expired', count: expired.length };
  const due = current.filter((credential) => phaseOf(credential, now) === 'renew');
  const before = earliest(due.map(({ notAfter }) => notAfter));
  if (before !== undefined) return { kind: 'renew', count: due.length, before };
  const waiting = enrollments.filter(
    (enrollment) =>
      enrollment.step === 'interrupted' ||
      (enrollment.step === 'proving' && !waitsForOthers(enrollment)),
  );
  if (waiting.length > 0) return { kind: 'waiting', count: waiting.length };
  const inForce = current.filter(({ status }) => status === 'active');
  const renewal = earliest(inForce.map((credential) => credential.renewal.start));
  if (renewal !== undefined) return { kind: 'fine', renewal };
  return { kind: credentials.length === 0 ? 'empty' : 'past' };
}

/** The credentials that count: one with a newer of the same kind beside it needs nobody's care. */
export function withoutReplaced(
  credentials: readonly CredentialSummary[],
): readonly CredentialSummary[] {
  const newest = new Map<string, CredentialSummary>();
  for (const credential of credentials) {
    if (credential.status === 'revoked') continue;
    const known = newest.get(kindOf(credential));
    if (known === undefined || Date.parse(known.notAfter) < Date.parse(credential.notAfter))
      newest.set(kindOf(credential), credential);
  }
  return [...newest.values()];
}

/** What needs somebody first, then what ends soonest; what is over comes last. */
export function inOrderOfCare(
  credentials: readonly CredentialSummary[],
  now: number,
): readonly CredentialSummary[] {
  const counting = new Set(withoutReplaced(credentials));
  const rank = (credential: CredentialSummary): number => {
    const phase = phaseOf(credential, now);
    if (phase === 'revoked' || !counting.has(credential)) return 3;
    return phase === 'expired' ? 0 : phase === 'renew' ? 1 : 2;
  };
  return credentials
    .map((credential) => ({
      credential,
      rank: rank(credential),
      end: Date.parse(credential.notAfter),
    }))
    .toSorted((one, other) => one.rank - other.rank || one.end - other.end)
    .map(({ credential }) => credential);
}

function kindOf({ organizationId, offerId, subject }: CredentialSummary): string {
  return JSON.stringify([organizationId, offerId, subject]);
}

function earliest(times: readonly string[]): string | undefined {
  return times.toSorted((one, other) => Date.parse(one) - Date.parse(other))[0];
}
