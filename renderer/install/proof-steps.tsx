import { useId } from 'react';
import type { Failure } from '../../shared/failure.ts';
import type { Proof } from '../../shared/models/credential.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { failureFacts } from '../failure/failure-facts.ts';
import { failureWords } from '../failure/failure-words.ts';
import { HelpdeskLines } from '../failure/helpdesk-lines.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { Facts } from '../ui/facts.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords, type Words } from '../words.ts';
import './proof-steps.css';

const signs = { proven: 'check', failed: 'cross', 'not-tried': 'info' } as const;

/** Whom to call when a proof failed. */
export interface Help {
  readonly helpdesk: Helpdesk | undefined;
  readonly organizationId: string;
}

interface ProofStepsProps {
  readonly proofs: readonly Proof[];
  readonly help: Help;
}

/** One thing after the other that shows that a credential works from where it is. */
export function ProofSteps({ proofs, help }: ProofStepsProps) {
  return (
    <ol className="proof-steps">
      {proofs.map((proof, index) => (
        <ProofStep key={index} proof={proof} help={help} />
      ))}
    </ol>
  );
}

function ProofStep({ proof, help }: { readonly proof: Proof; readonly help: Help }) {
  const words = useWords();
  const { say } = words;
  const title = stepTitle(proof, words);
  return (
    <li className={`proof-step proof-step-${proof.status}`}>
      <Icon name={signs[proof.status]} size={18} />
      <div className="proof-step-text">
        {title !== undefined && (
          <p className="proof-step-title">
            <span className="visually-hidden">{say(`proof.status.${proof.status}`)} </span>
            {title}
          </p>
        )}
        {proof.status === 'failed' ? (
          <BrokenLink failure={proof.failure} help={help} />
        ) : (
          <p className="quiet breakable">{stepSentence(proof, words)}</p>
        )}
      </div>
    </li>
  );
}

/** What happened, why, what next and whom to call, for the step that did not work. */
function BrokenLink({ failure, help }: { readonly failure: Failure; readonly help: Help }) {
  const words = useWords();
  const { say } = words;
  const { what, why, next, said, callSomebody } = failureWords(failure, words);
  const id = useId();
  return (
    <div className="proof-broken" role="group" aria-labelledby={id}>
      <p className="proof-broken-what breakable" id={id}>
        {what}
      </p>
      {why !== undefined && <p className="breakable">{why}</p>}
      {said?.map((line) => (
        <p className="quiet breakable" key={line}>
          <bdi>{line}</bdi>
        </p>
      ))}
      <p className="breakable">{next}</p>
      {callSomebody && help.helpdesk !== undefined && (
        <div>
          <p className="quiet small">{say('helpdesk.title')}</p>
          <HelpdeskLines helpdesk={help.helpdesk} organizationId={help.organizationId} />
        </div>
      )}
      <Disclosure label={say('details')}>
        <Facts facts={failureFacts(failure)} />
      </Disclosure>
    </div>
  );
}

/** Undefined for a proof that says nothing of what it is one. */
function stepTitle(proof: Proof, { say, dateTime }: Words): string | undefined {
  if (proof.method !== undefined) return say(`proof.${proof.method}.title`);
  return proof.status === 'failed' ? say('proof.failed', { time: dateTime(proof.at) }) : undefined;
}

function stepSentence(proof: Exclude<Proof, { status: 'failed' }>, { say }: Words): string {
  if (proof.status === 'proven') return say(`proof.${proof.method}`, { program: proof.by });
  if (proof.method === undefined) return say('proof.not-tried');
  if (proof.reason === undefined) return say('proof.untried');
  return say(`proof.untried.${proof.reason}`, {
    named: proof.by === undefined ? 'no' : 'yes',
    program: proof.by ?? '',
  });
}
