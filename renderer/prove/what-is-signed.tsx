import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { useWords } from '../words.ts';

interface WhatIsSignedProps {
  readonly host: string;
  readonly candidate: CertificateCandidate | undefined;
}

/** Said before every signature: what it is over; one press away, why the key can be talked into nothing else here. */
export function WhatIsSigned({ host, candidate }: WhatIsSignedProps) {
  const { say } = useWords();
  const asksForPin = candidate?.place === 'token' || candidate?.place === 'tpm';
  return (
    <div className="breakable">
      <Disclosure label={say('prove.certificate.signed', { host })}>
        <p>{say('prove.certificate.signed.text', { host })}</p>
        {asksForPin && <p>{say('prove.certificate.pin')}</p>}
      </Disclosure>
    </div>
  );
}
