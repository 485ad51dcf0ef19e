import type { CredentialSummary } from '../../shared/models/credential.ts';
import { Facts, type Fact } from '../ui/facts.tsx';
import { Card } from '../ui/page.tsx';
import { commonName } from '../distinguished-name.ts';
import { keyPlaceWords } from '../key-place-words.ts';
import { useWords } from '../words.ts';

interface CredentialFactsProps {
  readonly credential: CredentialSummary;
  /** Distinguished name; undefined until the certificate has been read. */
  readonly issuer: string | undefined;
}

export function CredentialFacts({ credential, issuer }: CredentialFactsProps) {
  const words = useWords();
  const { say, text, date } = words;
  const { purpose, subject, organizationName, notAfter, key } = credential;
  const facts: readonly Fact[] = [
    [say('credential.purpose'), say(`purpose.${purpose}.name`)],
    [say('credential.subject'), subject],
    [say('credential.organization'), text(organizationName)],
    ...(issuer === undefined ? [] : [[say('credential.issuer'), commonName(issuer)] as const]),
    [say('credential.until'), date(notAfter)],
    [say('credential.key'), keyPlaceWords(key, words)],
    [
      say('credential.copy'),
      say(key.exportable ? 'credential.copy.possible' : 'credential.copy.impossible'),
    ],
  ];
  return (
    <Card>
      <h2>{say('credential.facts')}</h2>
      <Facts facts={facts} />
    </Card>
  );
}
