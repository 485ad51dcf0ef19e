import { timingSafeEqual } from 'node:crypto';
import type { JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';

/** The `otp` of a response to hotp-01 or totp-01. */
export function readDigits(payload: JwsHeader): string {
  const otp = payload['otp'];
  if (typeof otp === 'string' && /^[0-9]{6,8}$/.test(otp)) return otp;
  throw new Problem('malformed', 'The response must have an "otp": a text of 6 to 8 digits.');
}

/** The `otp` of a response to otp-01. */
export function readText(payload: JwsHeader): string {
  const otp = payload['otp'];
  if (typeof otp === 'string' && /^[\x20-\x7e]{1,64}$/.test(otp)) return otp;
  const detail = 'The response must have an "otp": a text of 1 to 64 printable ASCII characters.';
  throw new Problem('malformed', detail);
}

/** Compares without telling by its time how much was right; lengths are no secret. */
export function isSameCode(expected: string, given: string): boolean {
  const padded = Buffer.from(given.padEnd(expected.length).slice(0, expected.length));
  return timingSafeEqual(Buffer.from(expected), padded) && expected.length === given.length;
}
