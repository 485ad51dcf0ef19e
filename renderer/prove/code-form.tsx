import { useId, useRef, useState } from 'react';
import type { CodeChallengeView } from '../../shared/enrollment-state.ts';
import { Banner } from '../ui/banner.tsx';
import { useWords } from '../words.ts';
import { CodeClock } from './code-clock.tsx';
import { CodeField } from './code-field.tsx';
import { DisplayedText } from './displayed-text.tsx';
import { readCode, type CodeFault } from './one-time-code.ts';
import { OwnCode } from './own-code.tsx';
import { ProofForm } from './proof-form.tsx';
import type { ProofSubject } from './proof-subject.ts';
import { useAnswering, type Answering } from './use-answering.ts';

interface CodeFormProps {
  readonly subject: ProofSubject;
  readonly challenge: CodeChallengeView;
  /** Under a heading with its name. */
  readonly headed: boolean;
}

/** Takes a one-time code: typed digits or text, or one that the wallet makes itself. */
export function CodeForm({ subject, challenge, headed }: CodeFormProps) {
  const { say } = useWords();
  const context = useId();
  const answering = useAnswering(subject, challenge);
  const { input, fault, submit } = useCodeEntry(challenge, answering);
  const { sending, throttled, answer } = answering;
  return (
    <ProofForm
      subject={subject}
      answering={answering}
      contextId={context}
      onSubmit={() => void submit()}
      below={
        challenge.warning === undefined ? undefined : (
          <Banner tone="warning" title={say('prove.warning.title')}>
            <p>{say('prove.warning.text')}</p>
          </Banner>
        )
      }
    >
      {challenge.another === true && !sending && (
        <Banner tone="note" title={say('prove.more')} announced>
          <p>{say('prove.more.text')}</p>
        </Banner>
      )}
      {challenge.display !== undefined && <DisplayedText text={challenge.display} />}
      <CodeField
        ref={input}
        challenge={challenge}
        fault={fault}
        sending={sending}
        throttled={throttled}
        describedBy={context}
        headed={headed}
      />
      {challenge.period !== undefined && !throttled && <CodeClock period={challenge.period} />}
      {challenge.ownAuthenticator === true && (
        <OwnCode busy={sending} off={throttled} onUse={() => void answer({ by: 'own-code' })} />
      )}
    </ProofForm>
  );
}

/** The code lives in the input alone, and only until main has it. */
function useCodeEntry(challenge: CodeChallengeView, { sending, throttled, answer }: Answering) {
  const input = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<CodeFault | undefined>();
  const submit = async (): Promise<void> => {
    if (sending || throttled) return;
    const read = readCode(input.current?.value ?? '', challenge);
    if ('fault' in read) {
      setFault(read.fault);
      input.current?.focus();
      return;
    }
    setFault(undefined);
    await answer({ by: 'code', otp: read.code });
    if (input.current === null) return;
    input.current.value = '';
    input.current.focus();
  };
  return { input, fault, submit };
}
