import type { ChallengeView } from '../../shared/enrollment-state.ts';
import type { Words } from '../words.ts';

/** How a challenge is met, in words. */
export function challengeName({ type }: ChallengeView, { say }: Words): string {
  switch (type) {
    case 'totp-01':
      return say('challenge.totp');
    case 'hotp-01':
      return say('challenge.hotp');
    default:
      return say('challenge.otp');
  }
}
