import type { CredentialSummary } from '../../shared/models/credential.ts';
import { useNow } from '../clock.ts';
import { Badge, type BadgeTone } from '../ui/badge.tsx';
import { useWords } from '../words.ts';
import { phaseOf, type Phase } from './lifetime.ts';

const tones: Readonly<Record<Phase, BadgeTone>> = {
  early: 'warning',
  good: 'good',
  renew: 'warning',
  expired: 'danger',
  revoked: 'danger',
};

export function PhaseBadge({ credential }: { readonly credential: CredentialSummary }) {
  const { say } = useWords();
  const phase = phaseOf(credential, useNow(60_000));
  return <Badge tone={tones[phase]}>{say(`phase.${phase}`)}</Badge>;
}
