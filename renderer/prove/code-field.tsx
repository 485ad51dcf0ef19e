import type { Ref } from 'react';
import type { CodeChallengeView } from '../../shared/enrollment-state.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useWords, type Words } from '../words.ts';
import { challengeName } from './challenge-name.ts';
import { isNumeric } from './one-time-code.ts';

interface CodeFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly challenge: CodeChallengeView;
  readonly fault: 'empty' | 'not-digits' | 'length' | undefined;
  readonly sending: boolean;
  readonly throttled: boolean;
  readonly describedBy: string;
}

export function CodeField(props: CodeFieldProps) {
  const { ref, challenge, fault, sending, throttled, describedBy } = props;
  const words = useWords();
  const { say } = words;
  return (
    <Field
      ref={ref}
      look="code-input"
      type="text"
      label={challengeName(challenge, words)}
      hint={hintFor(challenge, words)}
      autoComplete="one-time-code"
      inputMode={isNumeric(challenge) ? 'numeric' : 'text'}
      spellCheck={false}
      autoFocus
      readOnly={sending}
      maxLength={128}
      describedBy={describedBy}
      error={
        fault === undefined ? undefined : say(`prove.fault.${fault}`, { digits: challenge.digits })
      }
      beside={
        <Button type="submit" tone="primary" size="large" busy={sending} off={throttled}>
          {say(sending ? 'prove.checking' : 'prove.submit')}
        </Button>
      }
    />
  );
}

function hintFor(challenge: CodeChallengeView, { say }: Words): string {
  const { prompt, digits } = challenge;
  const form = isNumeric(challenge)
    ? say(`prove.hint.${challenge.type === 'totp-01' ? 'totp' : 'hotp'}`, { digits })
    : say('prove.hint.otp');
  return prompt === undefined ? form : `${say('prove.hint.prompt', { prompt })} ${form}`;
}
