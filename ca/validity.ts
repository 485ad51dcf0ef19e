import type { JwsHeader } from './jws.ts';
import { Problem } from './problems.ts';

/** The dates that an order asks for (RFC 8555 §7.4). */
export type Validity = {
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
};

export type ValidityLimits = {
  readonly now: Date;
  /** Longest life of a certificate, in seconds. */
  readonly lifetime: number;
  /** When the issuer's own certificate ends. */
  readonly latest: Date;
};

const HOUR = 3_600_000;
const LATEST_START = 30 * 24 * HOUR;

/** Reads `notBefore` and `notAfter`; refuses what could not be issued to the letter. */
export function readValidity(
  payload: JwsHeader,
  { now, lifetime, latest }: ValidityLimits,
): Validity {
  const notBefore = readDate(payload['notBefore'], 'notBefore');
  const notAfter = readDate(payload['notAfter'], 'notAfter');
  const start = (notBefore ?? now).getTime();
  if (start < now.getTime() - HOUR || start > now.getTime() + LATEST_START) {
    throw new Problem('malformed', '"notBefore" must lie within the next 30 days.');
  }
  if (notAfter !== undefined) {
    const life = notAfter.getTime() - start;
    if (life <= 0 || notAfter <= now || notAfter > latest || life > lifetime * 1000) {
      const days = Math.floor(lifetime / 86_400);
      throw new Problem('malformed', `"notAfter" must follow "notBefore" by at most ${days} days.`);
    }
  }
  return { notBefore, notAfter };
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Certificates know whole seconds only (RFC 5280 §4.1.2.5). */
function readDate(value: unknown, name: string): Date | undefined {
  if (value === undefined) return undefined;
  const time = typeof value === 'string' && isDate(value) ? Date.parse(value) : NaN;
  if (Number.isNaN(time)) throw new Problem('malformed', `"${name}" is no RFC 3339 date.`);
  return new Date(Math.floor(time / 1000) * 1000);
}

/** `Date.parse` alone would take the thirtieth of February for the second of March. */
function isDate(text: string): boolean {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (!rfc3339.test(text) || Number.isNaN(midnight)) return false;
  return new Date(midnight).toISOString().startsWith(day);
}
