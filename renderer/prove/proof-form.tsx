import type { ReactNode } from 'react';
import type { Answered } from '../failure/failure-words.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { ProofContext } from './proof-context.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { TryAgainLater } from './try-again-later.tsx';
import type { Answering } from './use-answering.ts';

interface ProofFormProps {
  readonly subject: ProofSubject;
  readonly answering: Answering;
  /** Id for the field to refer to what stands beside it. */
  readonly contextId?: string;
  readonly answered?: Answered;
  /** What is chosen from needs the whole width: who asks stands above it, and so does what went wrong. */
  readonly wide?: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  /** What else there is to know, over the whole width. */
  readonly below?: ReactNode;
}

/** How a challenge is met, with everything beside it that tells who asks and what for. */
export function ProofForm(props: ProofFormProps) {
  const { subject, answering, contextId, answered, wide = false, onSubmit } = props;
  const { enrollment, identifier, helpdesk } = subject;
  const { failure, retryAt } = answering;
  const context = <ProofContext id={contextId} enrollment={enrollment} identifier={identifier} />;
  const trouble = failure !== null && (
    <div className="proof-trouble">
      <FailureMessage
        failure={failure}
        helpdesk={helpdesk}
        organizationId={enrollment.organizationId}
        tone="warning"
        answered={answered}
      />
    </div>
  );
  return (
    <form
      className={wide ? 'proof-form proof-form-wide' : 'proof-form'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {wide && context}
      {wide && trouble}
      <div className="proof-entry">
        {props.children}
        {retryAt !== undefined && <TryAgainLater retryAt={retryAt} />}
      </div>
      {!wide && context}
      {!wide && trouble}
      {props.below !== undefined && <div className="proof-trouble">{props.below}</div>}
    </form>
  );
}
