import { useId, type ReactNode } from 'react';
import type { Answered } from '../failure/failure-words.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Button } from '../ui/button.tsx';
import { PrimaryAction } from './primary-action.tsx';
import { ProofContext } from './proof-context.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { TryAgainLater } from './try-again-later.tsx';
import type { Answering } from './use-answering.ts';

interface Primary {
  readonly text: string;
  readonly busy?: boolean;
  readonly off?: boolean;
  readonly beside?: ReactNode;
}

interface ProofFormProps {
  readonly subject: ProofSubject;
  readonly answering: Answering;
  /** Id for the field to refer to what stands beside it. */
  readonly contextId?: string;
  readonly answered?: Answered;
  /** What is chosen from needs the whole width and names who asks; what went wrong stands above it. */
  readonly wide?: boolean;
  /** Its button in the action bar; absent where it has one of its own, or none. */
  readonly primary?: Primary | undefined;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  /** What else there is to know, over the whole width. */
  readonly below?: ReactNode;
}

/** How a challenge is met, with everything beside it that tells who asks and what for. */
export function ProofForm(props: ProofFormProps) {
  const { subject, answering, contextId, answered, wide = false, primary, onSubmit } = props;
  const id = useId();
  const { organizationId, helpdesk, approving } = subject;
  const unread = approving?.unread;
  const { failure, retryAt } = answering;
  const trouble = failure !== null && (
    <div className="proof-trouble">
      <FailureMessage
        failure={failure}
        helpdesk={helpdesk}
        organizationId={organizationId}
        tone="warning"
        answered={answered}
      />
    </div>
  );
  return (
    <form
      id={id}
      className={wide ? 'proof-form proof-form-wide' : 'proof-form'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (unread === undefined) onSubmit();
        else unread.show();
      }}
    >
      {wide && trouble}
      <div className="proof-entry">
        {props.children}
        {retryAt !== undefined && <TryAgainLater retryAt={retryAt} />}
      </div>
      {!wide && <ProofContext id={contextId} subject={subject} />}
      {!wide && trouble}
      {props.below !== undefined && <div className="proof-trouble">{props.below}</div>}
      {primary !== undefined && (
        <PrimaryAction>
          <Button
            type="submit"
            form={id}
            tone="primary"
            busy={primary.busy === true}
            off={primary.off === true || unread !== undefined}
            describedBy={unread?.describedBy}
            onOff={unread?.show}
          >
            {primary.text}
          </Button>
          {primary.beside}
        </PrimaryAction>
      )}
    </form>
  );
}
