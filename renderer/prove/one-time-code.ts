import type { CodeChallengeView } from '../../shared/enrollment-state.ts';

/** What was typed or pasted, without the spaces and hyphens that people and programs group by. */
export function withoutGrouping(typed: string): string {
  return typed.replace(/[\s\u00ad\u2010-\u2015-]/g, '');
}

/** A code of an authenticator: digits only. `otp-01` may be any text (wire profile §4.1). */
export function isNumeric(challenge: Pick<CodeChallengeView, 'type'>): boolean {
  return challenge.type === 'totp-01' || challenge.type === 'hotp-01';
}

/** The code as the CA expects it, or what is wrong with it. One POST is one attempt, so slips are caught here. */
export function readCode(
  typed: string,
  challenge: Pick<CodeChallengeView, 'type' | 'digits'>,
): { readonly code: string } | { readonly fault: 'empty' | 'not-digits' | 'length' } {
  const code = withoutGrouping(typed);
  if (code === '') return { fault: 'empty' };
  if (!isNumeric(challenge)) return code.length > 64 ? { fault: 'length' } : { code };
  if (!/^[0-9]+$/.test(code)) return { fault: 'not-digits' };
  return code.length === challenge.digits ? { code } : { fault: 'length' };
}
