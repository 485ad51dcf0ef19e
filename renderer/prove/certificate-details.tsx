import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import { groupedHex } from '../organization/fingerprint.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { useWords } from '../words.ts';

interface CertificateDetailsProps {
  readonly chosen: CertificateCandidate | undefined;
  readonly issuers: readonly string[];
  readonly host: string;
}

/** What most people never need to see: the names as certificates have them. */
export function CertificateDetails({ chosen, issuers, host }: CertificateDetailsProps) {
  const { say } = useWords();
  const facts: Fact[] =
    chosen === undefined
      ? []
      : [
          [say('certificate.subject'), chosen.subject],
          [say('certificate.issuer'), chosen.issuer],
          [say('certificate.sha256'), groupedHex(chosen.candidateId)],
        ];
  return (
    <>
      {issuers.length > 0 && (
        <Disclosure label={say('prove.certificate.wanted', { host })}>
          <ul className="names">
            {issuers.map((issuer) => (
              <li className="breakable" key={issuer}>
                <bdi>{issuer}</bdi>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      {facts.length > 0 && (
        <Disclosure label={say('prove.certificate.details')}>
          <Facts facts={facts} />
        </Disclosure>
      )}
    </>
  );
}
