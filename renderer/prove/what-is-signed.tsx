import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

interface WhatIsSignedProps {
  readonly host: string;
  readonly candidate: CertificateCandidate;
}

/** Said before every signature: what it is over, and that the key can be talked into nothing else here. */
export function WhatIsSigned({ host, candidate: { place } }: WhatIsSignedProps) {
  const { say } = useWords();
  const asksForPin = place === 'token' || place === 'tpm';
  return (
    <div className="what-is-signed">
      <Icon name="shield" />
      <div>
        <h3>{say('prove.certificate.signed')}</h3>
        <p className="quiet small breakable">{say('prove.certificate.signed.text', { host })}</p>
        {asksForPin && <p className="quiet small">{say('prove.certificate.pin')}</p>}
      </div>
    </div>
  );
}
