import type { CredentialSummary } from '../../shared/models/credential.ts';
import { LifetimePlot } from '../lifetime/lifetime-plot.tsx';
import { PhaseBadge } from '../lifetime/phase-badge.tsx';
import { purposeIcons } from '../purpose.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

interface CredentialCardProps {
  readonly credential: CredentialSummary;
  readonly onOpen: () => void;
}

export function CredentialCard({ credential, onOpen }: CredentialCardProps) {
  const { text } = useWords();
  return (
    <div className="credential-card">
      <div className="credential-card-name">
        <Icon name={purposeIcons[credential.purpose]} size={24} />
        <h3 className="breakable">
          <button type="button" className="credential-card-open" onClick={onOpen}>
            {text(credential.name)}
          </button>
        </h3>
        <PhaseBadge credential={credential} />
        <p className="quiet breakable">
          {credential.subject} · {text(credential.organizationName)}
        </p>
      </div>
      <LifetimePlot credential={credential} />
    </div>
  );
}
