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

/** Whether a credential works from where it is, and when that was seen. */
export function ProofSummary({ installation }: { readonly installation: Installation }) {
  const { say, dateTime } = useWords();
  const { proofs } = installation;
  const verdict = verdictOf(proofs);
  const at = lastTried(proofs);
  return (
    <p className={`proof-summary proof-summary-${verdict}`}>
      <Icon name={signs[verdict]} size={18} />
      <span className="proof-summary-word">{say(verdictWords[verdict])}</span>
      {at !== undefined && (
        <span className="quiet small">{say('proof.time', { time: dateTime(at) })}</span>
      )}
    </p>
  );
}

interface ProofDetailsProps {
  readonly installation: Installation;
  readonly help: Help;
}

/** Each step by which it was tried out: one press away, and in sight where one of them failed. */
export function ProofDetails({ installation, help }: ProofDetailsProps) {
  const { say } = useWords();
  const { proofs, target } = installation;
  const steps = <ProofSteps proofs={proofs} help={help} />;
  const verdict = verdictOf(proofs);
  if (verdict === 'fails') return steps;
  if (verdict === 'untried' && proofs.every(({ method }) => method === undefined)) return null;
  return (
    <Disclosure
      label={say('proof.how')}
      name={say('proof.how.in', { place: say(`target.${target}.name`) })}
    >
      {steps}
    </Disclosure>
  );
}
