import type { CredentialSummary } from '../../shared/models/credential.ts';
import { useNow } from '../clock.ts';
import { LifetimePlot } from '../lifetime/lifetime-plot.tsx';
import { phaseOf } from '../lifetime/lifetime.ts';
import { PhaseBadge } from '../lifetime/phase-badge.tsx';
import type { Place } from '../navigation.ts';
import { useOrganization } from '../organization/use-organization.ts';
import { purposeIcons } from '../purpose.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

interface CredentialCardProps {
  readonly credential: CredentialSummary;
  readonly go: (place: Place) => void;
}

export function CredentialCard({ credential, go }: CredentialCardProps) {
  const { text } = useWords();
  return (
    <div className="credential-card">
      <div className="credential-card-name">
        <Icon name={purposeIcons[credential.purpose]} size={24} />
        <h3 className="breakable">
          <button
            type="button"
            className="credential-card-open"
            onClick={() => go({ at: 'credential', credentialId: credential.id })}
          >
            {text(credential.name)}
          </button>
        </h3>
        <PhaseBadge credential={credential} />
        <p className="quiet breakable">
          {credential.subject} · {text(credential.organizationName)}
        </p>
      </div>
      <LifetimePlot credential={credential} />
      <NewOne credential={credential} go={go} />
    </div>
  );
}

/** Where a new one is due, the way to it is right here. */
function NewOne({ credential, go }: CredentialCardProps) {
  const { say, text } = useWords();
  const { organizationId, offerId } = credential;
  const joined = useOrganization(organizationId) !== undefined;
  const phase = phaseOf(credential, useNow(60_000));
  if (!joined || (phase !== 'renew' && phase !== 'expired')) return null;
  return (
    <div className="credential-card-again">
      <Button
        name={say('actions.again.of', { name: text(credential.name) })}
        onPress={() =>
          go({ at: 'choose', organizationId, invitation: { offerId, bindsAccount: false } })
        }
      >
        {say('actions.again')}
      </Button>
    </div>
  );
}
