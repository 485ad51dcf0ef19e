import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { useWords } from '../words.ts';

interface WhatIsSignedProps {
  readonly host: string;
  readonly candidate: CertificateCandidate | undefined;
  /** The request of somebody else, in place of one of the person’s own. */
  readonly approving: boolean;
}

/** Said before every signature: what it is over; one press away, why the key can be talked into nothing else here. */
export function WhatIsSigned({ host, candidate, approving }: WhatIsSignedProps) {
  const { say } = useWords();
  const asksForPin = candidate?.place === 'token' || candidate?.place === 'tpm';
  const act = approving ? 'approve' : 'prove';
  return (
    <div className="breakable">
      <Disclosure label={say(`${act}.certificate.signed`, { host })}>
        <p>{say(`${act}.certificate.signed.text`, { host })}</p>
        {asksForPin && <p>{say('prove.certificate.pin')}</p>}
      </Disclosure>
    </div>
  );
}
