import type { InstallResult } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { latestProof } from './outcome.ts';
import { ProofLine } from './proof-line.tsx';
import './install.css';

const signs = { working: 'clock', installed: 'check', failed: 'warning' } as const;

/** One place: whether the credential is there, and whether it works from there. */
export function InstallResultLine({ result }: { readonly result: InstallResult }) {
  const { say } = useWords();
  return (
    <li className={`result result-${result.status}`}>
      <Icon name={signs[result.status]} size={22} />
      <div className="result-body">
        <h3>{say(`target.${result.target}.name`)}</h3>
        <Result result={result} />
      </div>
    </li>
  );
}

function Result({ result }: { readonly result: InstallResult }) {
  const { say } = useWords();
  switch (result.status) {
    case 'working':
      return <p className="quiet">{say('install.working')}</p>;
    case 'installed':
      return (
        <>
          <p className="quiet">{say(`target.${result.target}.text`)}</p>
          <p className="quiet breakable result-location">{result.installation.location}</p>
          <ProofLine proof={latestProof(result.installation)} />
        </>
      );
    case 'failed':
      return <FailureMessage failure={result.failure} tone="warning" />;
  }
}
