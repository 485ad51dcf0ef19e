const second = 1_000;
const longest = 300 * second;

const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The moment that a `Retry-After` names, as seconds or as a date (RFC 9110 §10.2.3); undefined when it is neither. */
export function parseRetryAfter(header: string | null, now: Date): Date | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,10}$/.test(value)) return new Date(now.getTime() + Number(value) * second);
  if (!httpDate.test(value)) return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Milliseconds to wait for that moment when polling: no busy loop, and no server can stop the wallet for hours. */
export function pollPause(retryAfter: Date, now: Date): number {
  return Math.min(longest, Math.max(second, retryAfter.getTime() - now.getTime()));
}
