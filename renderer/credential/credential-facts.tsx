import type { CredentialSummary } from '../../shared/models/credential.ts';
import { Facts, type Fact } from '../ui/facts.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';

interface CredentialFactsProps {
  readonly credential: CredentialSummary;
  /** Distinguished name; undefined until the certificate has been read. */
  readonly issuer: string | undefined;
}

export function CredentialFacts({ credential, issuer }: CredentialFactsProps) {
  const { say, text, date } = useWords();
  const { purpose, subject, organizationName, notAfter, key } = credential;
  const facts: readonly Fact[] = [
    [say('credential.purpose'), say(`purpose.${purpose}.name`)],
    [say('credential.subject'), subject],
    [say('credential.organization'), text(organizationName)],
    ...(issuer === undefined ? [] : [[say('credential.issuer'), commonName(issuer)] as const]),
    [say('credential.until'), date(notAfter)],
    [say('credential.key'), say(`credential.key.${key.place}`)],
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

/** The common name in a distinguished name as RFC 4514 writes it, or all of it. */
function commonName(distinguishedName: string): string {
  return /(?:^|,\s*)CN=((?:\\.|[^,\\])+)/.exec(distinguishedName)?.[1] ?? distinguishedName;
}
