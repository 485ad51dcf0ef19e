import type { CodeChallengeView } from '../../../shared/enrollment-state.ts';
import { displayText } from '../../../shared/models/text.ts';
import type { Challenge } from '../../acme/challenge.ts';
import { problemType } from '../../acme/problem-type.ts';
import { notAnAnswer, type ChallengeType } from './challenge-type.ts';
import { isShort, promptOf, unreadableCode, warningOf } from './typed-code.ts';

/** What some device makes of what the CA displays, or of nothing (docs/wire-profile.md). */
export const otp01: ChallengeType = {
  kind: 'code',
  type: 'otp-01',

  show: ({ challenge }) => ({
    kind: 'code',
    ...promptOf(challenge),
    ...displayOf(challenge),
    ...(asksForAnother(challenge) && { another: true }),
    ...warningOf(challenge),
  }),

  respond: ({ challenge }, answer) =>
    new Promise((resolve) => {
      if (answer.by !== 'code') throw notAnAnswer();
      const otp = answer.otp.trim();
      const { token, display } = challenge;
      // What goes into the device is public; what comes out of it is the answer.
      if (!printable.test(otp) || otp === token || otp === display) throw unreadableCode();
      resolve({ otp });
    }),
};

/** docs/wire-profile.md §1: the last answer was good, and whoever judges it wants one more. */
export function asksForAnother({ type, error }: Challenge): boolean {
  const isOneOfSeveral = type === 'otp-01' && error !== undefined;
  return isOneOfSeveral && problemType(error.type) === 'userActionRequired';
}

const printable = /^[\x20-\x7e]{1,64}$/;

/** To be keyed into a device: where the CA has no member for it, draft-ietf-acme-client-14 means the token. */
function displayOf(challenge: Challenge): Pick<CodeChallengeView, 'display'> {
  const { display, token } = challenge;
  const meant = display ?? (isShort(challenge) ? token : undefined);
  const shown = displayText(200).safeParse(meant).data;
  return shown === undefined ? {} : { display: shown };
}
