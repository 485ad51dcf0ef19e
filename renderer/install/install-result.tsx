import type { InstallResult, InstallTargetId } from '../../shared/models/credential.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { OlderStays } from './older-stays.tsx';
import { verdictOf } from './outcome.ts';
import { ProofSteps, type Help } from './proof-steps.tsx';
import './install.css';

interface InstallResultProps {
  readonly result: InstallResult;
  readonly help: Help;
  /** An older credential of the same kind is in use there. */
  readonly hasOlder: boolean;
}

/** One place: whether the credential is there, and each step that shows whether it works from there. */
export function InstallResultLine({ result, help, hasOlder }: InstallResultProps) {
  const { say } = useWords();
  if (result.status === 'failed') {
    return (
      <li className="result-failed">
        <FailureMessage failure={result.failure} tone="warning" {...help} />
        {hasOlder && <OlderStays />}
      </li>
    );
  }
  if (result.status === 'working') {
    return (
      <li className="result result-working">
        <Icon name="clock" size={22} />
        <div className="result-body">
          <PlaceName target={result.target} />
          <p className="quiet">{say('install.working')}</p>
        </div>
      </li>
    );
  }
  const { location, proofs } = result.installation;
  const fails = verdictOf(proofs) === 'fails';
  return (
    <li className={`result result-${fails ? 'fails' : 'installed'}`}>
      <Icon name={fails ? 'warning' : 'check'} size={22} />
      <div className="result-body">
        <PlaceName target={result.target} />
        <p className="quiet breakable result-location">
          <bdi dir="ltr">{location}</bdi>
        </p>
        <ProofSteps proofs={proofs} help={help} />
        {fails && hasOlder && <OlderStays />}
      </div>
    </li>
  );
}

function PlaceName({ target }: { readonly target: InstallTargetId }) {
  const { say } = useWords();
  return (
    <div>
      <h3>{say(`target.${target}.name`)}</h3>
      <p className="quiet">{say(`target.${target}.text`)}</p>
    </div>
  );
}
