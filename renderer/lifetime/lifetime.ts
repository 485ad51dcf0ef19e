import type { CredentialSummary } from '../../shared/models/credential.ts';

type Lifetime = Pick<CredentialSummary, 'status' | 'notBefore' | 'notAfter' | 'renewal'>;

/** What a credential's dates mean at a moment. */
export type Phase = 'early' | 'good' | 'renew' | 'expired' | 'revoked';

export function phaseOf({ status, notBefore, notAfter, renewal }: Lifetime, now: number): Phase {
  if (status === 'revoked') return 'revoked';
  if (status === 'expired' || now >= Date.parse(notAfter)) return 'expired';
  if (now >= Date.parse(renewal.start)) return 'renew';
  // Backdated certificates are usual, clocks a minute apart as well.
  return now + 60_000 < Date.parse(notBefore) ? 'early' : 'good';
}

/** Where things lie between issue and expiry, in per cent of the whole, each within 0 and 100. */
export interface LifetimeGeometry {
  readonly now: number;
  readonly renewalStart: number;
  readonly renewalEnd: number;
}

export function lifetimeGeometry(
  { notBefore, notAfter, renewal }: Lifetime,
  now: number,
): LifetimeGeometry {
  const start = Date.parse(notBefore);
  const whole = Date.parse(notAfter) - start;
  const place = (time: number): number => {
    const percent = whole > 0 ? ((time - start) / whole) * 100 : 100;
    return Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10;
  };
  const renewalStart = place(Date.parse(renewal.start));
  return {
    now: place(now),
    renewalStart,
    renewalEnd: Math.max(renewalStart, place(Date.parse(renewal.end))),
  };
}
