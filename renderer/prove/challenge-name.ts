import type { ChallengeView } from '../../shared/enrollment-state.ts';
import type { Words } from '../words.ts';

/** How a challenge is met, in words. */
export function challengeName({ type }: ChallengeView, { say }: Words): string {
  switch (type) {
    case 'totp-01':
      return say('challenge.totp');
    case 'hotp-01':
      return say('challenge.hotp');
    case 'dns-01':
      return say('challenge.dns');
    case 'dns-account-01':
      return say('challenge.dnsAccount');
    case 'dns-persist-01':
      return say('challenge.dnsPersist');
    default:
      return say('challenge.otp');
  }
}
