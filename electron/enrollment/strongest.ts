import type { ChallengeView } from '../../shared/enrollment-state.ts';

/** The URL of the challenge that proves most of those that can be met now; undefined when none can. */
export function strongest(challenges: readonly ChallengeView[]): string | undefined {
  const ranked = challenges
    .map((challenge) => ({ url: challenge.challengeId, strength: strengthOf(challenge) }))
    .filter(({ strength }) => strength > 0);
  // Of equals the first: the CA's order is its preference.
  ranked.sort((one, other) => other.strength - one.strength);
  return ranked[0]?.url;
}

/**
 * Zero: it cannot be met now. Phishing is the measure: what signs for one CA alone, in hardware, in software; what a
 * person can be talked into typing elsewhere; and proofs that are no person's.
 */
function strengthOf(challenge: ChallengeView): number {
  if (challenge.status !== 'pending') return 0;
  switch (challenge.kind) {
    case 'passkey':
      return challenge.ways.length > 0 || challenge.keys.length > 0 ? 7 : 0;
    case 'certificate': {
      const usable = challenge.candidates.filter(({ hindrance }) => hindrance === undefined);
      if (usable.length === 0) return 0;
      return usable.some(({ place }) => place === 'token' || place === 'tpm') ? 6 : 5;
    }
    case 'code':
      return codeStrength[challenge.type] ?? 2;
    case 'record':
      return 1;
    case 'unsupported':
      return 0;
  }
}

const codeStrength: Readonly<Record<string, number>> = { 'totp-01': 4, 'hotp-01': 3 };
