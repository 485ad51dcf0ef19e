import { useId, useRef, useState } from 'react';
import type { CodeChallengeView } from '../../shared/enrollment-state.ts';
import type { Identifier } from '../../shared/failure.ts';
import type { Helpdesk } from '../../shared/models/enrollment-profile.ts';
import { useNow } from '../clock.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Proving } from '../navigation.ts';
import { Banner } from '../ui/banner.tsx';
import { useRequest, type Request } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { CodeClock } from './code-clock.tsx';
import { CodeField } from './code-field.tsx';
import { readCode } from './one-time-code.ts';
import { ProofContext } from './proof-context.tsx';
import { secondsUntil } from './time-left.ts';
import { TryAgainLater } from './try-again-later.tsx';

interface CodeFormProps {
  readonly enrollment: Proving;
  readonly identifier: Identifier;
  readonly challenge: CodeChallengeView;
  readonly helpdesk: Helpdesk | undefined;
}

type Fault = Extract<ReturnType<typeof readCode>, { fault: string }>['fault'];

/** Takes a one-time code, with everything beside it that tells who asks for it and what for. */
export function CodeForm({ enrollment, identifier, challenge, helpdesk }: CodeFormProps) {
  const { say } = useWords();
  const context = useId();
  const request = useRequest();
  const { input, fault, submit } = useCodeEntry(enrollment, challenge, request);
  const failure = request.failure ?? challenge.lastFailure ?? null;
  const retryAt = failure?.code === 'acme-problem' ? failure.problem.retryAt : undefined;
  const throttled = secondsUntil(retryAt, useNow(1000)) > 0;
  const sending = request.busy || enrollment.sending;
  return (
    <form
      className="proof-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending && !throttled) void submit();
      }}
    >
      <div className="proof-entry">
        <CodeField
          ref={input}
          challenge={challenge}
          fault={fault}
          sending={sending}
          throttled={throttled}
          describedBy={context}
        />
        {retryAt !== undefined && <TryAgainLater retryAt={retryAt} />}
        {challenge.type === 'totp-01' && !throttled && <CodeClock period={challenge.period} />}
      </div>
      <ProofContext id={context} enrollment={enrollment} identifier={identifier} />
      {failure !== null && !sending && (
        <div className="proof-trouble">
          <FailureMessage
            failure={failure}
            helpdesk={helpdesk}
            organizationId={enrollment.organizationId}
            tone="warning"
          />
        </div>
      )}
      {challenge.warning !== undefined && (
        <div className="proof-trouble">
          <Banner tone="warning" title={say('prove.warning.title')}>
            <p>{say('prove.warning.text')}</p>
          </Banner>
        </div>
      )}
    </form>
  );
}

/** The code lives in the input alone, and only until main has it. */
function useCodeEntry(enrollment: Proving, challenge: CodeChallengeView, request: Request) {
  const { api } = useWallet();
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<Fault | undefined>();
  const submit = async (): Promise<void> => {
    const read = readCode(input.current?.value ?? '', challenge);
    if ('fault' in read) {
      setFault(read.fault);
      input.current?.focus();
      return;
    }
    setFault(undefined);
    await request.send(() =>
      api.enrollment.answer({
        enrollmentId: enrollment.enrollmentId,
        challengeId: challenge.challengeId,
        answer: { by: 'code', otp: read.code },
      }),
    );
    if (input.current === null) return;
    input.current.value = '';
    input.current.focus();
  };
  return { input, fault, submit };
}
