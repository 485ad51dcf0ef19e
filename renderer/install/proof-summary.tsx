import type { Installation } from '../../shared/models/credential.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { lastTried, verdictOf } from './outcome.ts';
import { ProofSteps, type Help } from './proof-steps.tsx';
import './proof-steps.css';

const signs = { works: 'check', fails: 'cross', untried: 'info' } as const;
const verdictWords = {
  works: 'proof.works',
  fails: 'proof.fails',
  untried: 'proof.not-tried',
} as const;

interface ProofSummaryProps {
  readonly installation: Installation;
  readonly help: Help;
}

/** Whether a credential works from where it is, and when that was seen; each step behind it, and in sight where one failed. */
export function ProofSummary({ installation, help }: ProofSummaryProps) {
  const { say, dateTime } = useWords();
  const { proofs } = installation;
  const verdict = verdictOf(proofs);
  const at = lastTried(proofs);
  const steps = <ProofSteps proofs={proofs} help={help} />;
  return (
    <>
      <p className={`proof-summary proof-summary-${verdict}`}>
        <Icon name={signs[verdict]} size={18} />
        <span>{say(verdictWords[verdict])}</span>
        {at !== undefined && (
          <span className="quiet small">{say('proof.time', { time: dateTime(at) })}</span>
        )}
      </p>
      {verdict === 'fails' && steps}
      {verdict === 'works' && <Disclosure label={say('proof.how')}>{steps}</Disclosure>}
    </>
  );
}
