import type { InstallResult } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { ProofLine } from './proof-line.tsx';
import './install.css';

/** One place: whether the credential is there, and whether it works from there. */
export function InstallResultLine({ result }: { readonly result: InstallResult }) {
  const { say } = useWords();
  if (result.status === 'failed') {
    return (
      <li className="result-failed">
        <FailureMessage failure={result.failure} tone="warning" />
      </li>
    );
  }
  return (
    <li className={`result result-${result.status}`}>
      <Icon name={result.status === 'working' ? 'clock' : 'check'} size={22} />
      <div className="result-body">
        <h3>{say(`target.${result.target}.name`)}</h3>
        {result.status === 'working' ? (
          <p className="quiet">{say('install.working')}</p>
        ) : (
          <>
            <p className="quiet">{say(`target.${result.target}.text`)}</p>
            <p className="quiet breakable result-location">
              <bdi dir="ltr">{result.installation.location}</bdi>
            </p>
            {result.installation.proofs.map((proof, index) => (
              <ProofLine key={index} proof={proof} />
            ))}
          </>
        )}
      </div>
    </li>
  );
}
