import { displayText } from '../../../shared/models/text.ts';
import { tokenKind, type Challenge } from '../../acme/challenge.ts';
import { EnrollmentError } from '../enrollment-error.ts';
import type { CodeChallengeType } from './challenge-type.ts';

const defaultDigits = 6;
/** RFC 6238 §4.1, seconds. */
const defaultPeriod = 30;

/** A code of an authenticator app (docs/wire-profile.md §2). */
export const totp01: CodeChallengeType = {
  kind: 'code',
  type: 'totp-01',

  describe: (challenge) => {
    const prompt = displayText(200).safeParse(challenge.prompt).data;
    return {
      digits: challenge.digits ?? defaultDigits,
      period: challenge.period ?? defaultPeriod,
      ...(prompt === undefined ? {} : { prompt }),
      ...(isRandom(challenge) ? {} : { warning: 'token-is-not-random' as const }),
    };
  },

  respond: (challenge, typed) => {
    const otp = strip(typed);
    // A CA that reads draft-ietf-acme-client-14 to the letter prints digits as its token. They are not what
    // the person's authenticator shows, and whoever can read the challenge knows them.
    if (!fits(otp, challenge) || otp === challenge.token) {
      throw new EnrollmentError({ code: 'invalid-request' }, 'reading the code');
    }
    return { otp };
  },
};

/** Authenticators group the digits; people copy what they see. */
const strip = (typed: string): string =>
  typed.normalize('NFKC').replaceAll(/[\s\-\u2010-\u2015\u2212]/g, '');

function fits(otp: string, { digits }: Challenge): boolean {
  return /^[0-9]{6,8}$/.test(otp) && (digits === undefined || otp.length === digits);
}

function isRandom(challenge: Challenge): boolean {
  const kind = tokenKind(challenge);
  return kind !== 'absent' && kind !== 'code';
}
