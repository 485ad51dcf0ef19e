import type { CodeChallengeView } from '../../shared/enrollment-state.ts';

/** What was typed or pasted, without the spaces and hyphens that people and programs group by. */
export function withoutGrouping(typed: string): string {
  return typed.replace(/[\s\u00ad\u2010-\u2015-]/g, '');
}

/** How long an answer of any text may be (docs/wire-profile.md, otp-01). */
export const longestText = 64;

export type CodeFault = 'empty' | 'not-digits' | 'length' | 'too-long' | 'not-plain';

/** The code as the CA expects it, or what is wrong with it. One POST is one attempt, so slips are caught here. */
export function readCode(
  typed: string,
  { digits }: Pick<CodeChallengeView, 'digits'>,
): { readonly code: string } | { readonly fault: CodeFault } {
  if (digits === undefined) return readText(typed.trim());
  const code = withoutGrouping(typed);
  if (code === '') return { fault: 'empty' };
  if (!/^[0-9]+$/.test(code)) return { fault: 'not-digits' };
  return code.length === digits ? { code } : { fault: 'length' };
}

/** An answer of any text may have spaces and hyphens of its own. */
function readText(code: string): ReturnType<typeof readCode> {
  if (code === '') return { fault: 'empty' };
  if (!/^[\x20-\x7e]+$/.test(code)) return { fault: 'not-plain' };
  return code.length > longestText ? { fault: 'too-long' } : { code };
}
