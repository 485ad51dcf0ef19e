import type { CertificateView } from '../../shared/models/credential.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts, type Fact } from '../ui/facts.tsx';
import { Card } from '../ui/page.tsx';
import { groupedHex } from '../organization/fingerprint.ts';
import { useWords } from '../words.ts';

/** The certificates themselves, leaf first, for those who can read them. */
export function CertificateDetails({ chain }: { readonly chain: readonly CertificateView[] }) {
  const { say } = useWords();
  return (
    <Card>
      <Disclosure label={say('certificate.details', { count: chain.length })}>
        {chain.map((certificate) => (
          <Certificate key={certificate.sha256} certificate={certificate} />
        ))}
      </Disclosure>
    </Card>
  );
}

function Certificate({ certificate }: { readonly certificate: CertificateView }) {
  const { say, dateTime } = useWords();
  const facts: readonly Fact[] = [
    [say('certificate.subject'), certificate.subject],
    [say('certificate.issuer'), certificate.issuer],
    [say('certificate.serial'), certificate.serialNumber],
    [say('certificate.notBefore'), dateTime(certificate.notBefore)],
    [say('certificate.notAfter'), dateTime(certificate.notAfter)],
    [say('certificate.names'), certificate.subjectAltNames.join(', ')],
    [
      say('certificate.usage'),
      [...certificate.keyUsages, ...certificate.extendedKeyUsages].join(', '),
    ],
    [say('certificate.sha256'), <code key="sha256">{groupedHex(certificate.sha256)}</code>],
  ];
  return (
    <div className="certificate">
      <Facts facts={facts.filter(([, value]) => value !== '')} />
      <pre className="certificate-pem" tabIndex={0} aria-label={say('certificate.pem')}>
        {certificate.pem}
      </pre>
    </div>
  );
}
