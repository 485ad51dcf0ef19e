import type { ChallengeView } from '../../shared/enrollment-state.ts';
import type { Words } from '../words.ts';

/** How a challenge is met, with the organisation's own name for it where it gives one. */
export function challengeName(challenge: ChallengeView, { say }: Words): string {
  const kind = challengeKind(challenge.type);
  return challenge.prompt === undefined
    ? say(`challenge.${kind}`)
    : say(`challenge.${kind}.prompted`, { prompt: challenge.prompt });
}

function challengeKind(type: string): 'totp' | 'hotp' | 'otp' {
  switch (type) {
    case 'totp-01':
      return 'totp';
    case 'hotp-01':
      return 'hotp';
    default:
      return 'otp';
  }
}
