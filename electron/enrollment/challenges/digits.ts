import type { Challenge } from '../../acme/challenge.ts';
import { notAnAnswer, type ChallengeType, type ProofRooms } from './challenge-type.ts';
import { promptOf, unreadableCode, warningOf } from './typed-code.ts';

const defaultDigits = 6;
/** RFC 6238 §4.1, seconds. */
const defaultPeriod = 30;

/** A code of an authenticator app (docs/wire-profile.md). */
export const totp01: ChallengeType = byDigits('totp-01', ({ period }) => ({
  period: period ?? defaultPeriod,
}));

/** A code of a token that counts (RFC 4226). */
export const hotp01: ChallengeType = byDigits('hotp-01', () => ({}));

function byDigits(
  type: string,
  more: (challenge: Challenge) => { readonly period?: number },
): ChallengeType {
  return {
    kind: 'code',
    type,

    show: ({ challenge }, { ownCodes }) => ({
      kind: 'code',
      ...(ownCodes?.offers(type) === true && { ownAuthenticator: true }),
      digits: challenge.digits ?? defaultDigits,
      ...more(challenge),
      ...promptOf(challenge),
      ...warningOf(challenge),
    }),

    async respond({ challenge }, answer, { rooms, signal }) {
      if (answer.by === 'own-code') return { otp: await ownCode(type, rooms, signal) };
      if (answer.by !== 'code') throw notAnAnswer();
      const otp = strip(answer.otp);
      // What the CA prints is not what the person's authenticator shows, and whoever can read the challenge knows it.
      if (!fits(otp, challenge) || otp === challenge.token) throw unreadableCode();
      return { otp };
    },
  };
}

function ownCode(type: string, { ownCodes }: ProofRooms, signal: AbortSignal): Promise<string> {
  if (ownCodes?.offers(type) !== true) throw notAnAnswer();
  return ownCodes.code(type, signal);
}

/** Authenticators group the digits; people copy what they see. */
const strip = (typed: string): string =>
  typed.normalize('NFKC').replaceAll(/[\s\-\u2010-\u2015\u2212]/g, '');

function fits(otp: string, { digits }: Challenge): boolean {
  return /^[0-9]{6,8}$/.test(otp) && (digits === undefined || otp.length === digits);
}
