/** How much of the present TOTP step is left (RFC 6238 §4.2, T0 = 0). */
export function stepLeft(
  now: number,
  period: number,
): { readonly seconds: number; readonly fraction: number } {
  const gone = (now / 1000) % period;
  const seconds = Math.ceil(period - gone);
  return { seconds, fraction: (period - gone) / period };
}

/** Whole seconds until an ISO 8601 time; 0 when it has passed or is not said. */
export function secondsUntil(iso: string | undefined, now: number): number {
  if (iso === undefined) return 0;
  const milliseconds = Date.parse(iso) - now;
  return Number.isFinite(milliseconds) ? Math.max(0, Math.ceil(milliseconds / 1000)) : 0;
}
