import { displayText } from '../../../shared/models/text.ts';
import type { CodeChallengeView } from '../../../shared/enrollment-state.ts';
import { tokenKind, type Challenge } from '../../acme/challenge.ts';
import { EnrollmentError } from '../enrollment-error.ts';

/** What a CA calls the thing that makes the codes, where it can be shown. */
export function promptOf({ prompt }: Challenge): Pick<CodeChallengeView, 'prompt'> {
  const shown = displayText(200).safeParse(prompt).data;
  return shown === undefined ? {} : { prompt: shown };
}

/** A CA that reads draft-ietf-acme-client-14 to the letter prints a code as its token, or something short, or nothing. */
export function warningOf(challenge: Challenge): Pick<CodeChallengeView, 'warning'> {
  const kind = tokenKind(challenge);
  const isRandom = kind !== 'absent' && kind !== 'code' && !isShort(challenge);
  return isRandom ? {} : { warning: 'token-is-not-random' };
}

/** Longer than anybody keys in. */
const longestKeyedIn = 16;

export const isShort = ({ token }: Challenge): boolean =>
  token !== undefined && token.length <= longestKeyedIn;

export const unreadableCode = (): EnrollmentError =>
  new EnrollmentError({ code: 'invalid-request' }, 'reading the code');
