import type { ChallengeFault } from '../../../shared/failure.ts';
import type { Asked, ChallengeType, ProofRooms } from './challenge-type.ts';

/** RFC 8555 §8 and its siblings: they show control over a domain, which nothing that a person has can stand in for. */
const domainProofs: readonly string[] = [
  'dns-01',
  'http-01',
  'tls-alpn-01',
  'dns-account-01',
  'dns-persist-01',
];

/**
 * docs/approvals.md §4: whoever orders approves nothing on the way, whatever type of challenge would have it signed, and
 * whoever approves signs nothing else.
 */
export const isElsewhere = (
  { challenge }: Pick<Asked, 'challenge'>,
  { approvalDigest }: Pick<ProofRooms, 'approvalDigest'>,
): boolean => (challenge.approval !== undefined) !== (approvalDigest !== undefined);

/**
 * Why a challenge by code, certificate or passkey is refused where it was asked. One of several challenges is enough
 * (RFC 8555 §7.1.4): beside a domain proof, a code of six digits would be enough for a domain.
 */
export function faultOf(
  { authorization }: Asked,
  { kind }: Pick<ChallengeType, 'kind'>,
): ChallengeFault | undefined {
  if (kind === 'record') return undefined;
  const { identifier, wildcard, challenges } = authorization;
  if (challenges.some(({ type }) => domainProofs.includes(type))) return 'beside-domain-proof';
  const isName = wildcard || identifier.type === 'ip' || identifier.value.startsWith('*.');
  return isName ? 'identifier' : undefined;
}
