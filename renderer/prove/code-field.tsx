import type { Ref } from 'react';
import type { CodeChallengeView } from '../../shared/enrollment-state.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useWords, type Words } from '../words.ts';
import { challengeName } from './challenge-name.ts';
import { longestText, type CodeFault } from './one-time-code.ts';

interface CodeFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly challenge: CodeChallengeView;
  readonly fault: CodeFault | undefined;
  readonly sending: boolean;
  readonly throttled: boolean;
  readonly describedBy: string;
  /** A heading says already what is wanted. */
  readonly headed: boolean;
}

export function CodeField(props: CodeFieldProps) {
  const { ref, challenge, fault, sending, throttled, describedBy, headed } = props;
  const words = useWords();
  const { say } = words;
  const { digits } = challenge;
  return (
    <Field
      ref={ref}
      look={digits === undefined ? 'code-input code-input-text' : 'code-input'}
      type="text"
      label={challengeName(challenge, words)}
      labelHidden={headed}
      hint={hintFor(challenge, words)}
      autoComplete="one-time-code"
      inputMode={digits === undefined ? 'text' : 'numeric'}
      spellCheck={false}
      autoFocus
      readOnly={sending}
      maxLength={128}
      describedBy={describedBy}
      error={fault === undefined ? undefined : faultText(fault, challenge, words)}
      beside={
        <Button type="submit" tone="primary" size="large" busy={sending} off={throttled}>
          {say(sending ? 'prove.checking' : 'prove.submit')}
        </Button>
      }
    />
  );
}

function hintFor({ type, prompt, digits }: CodeChallengeView, { say }: Words): string {
  const form =
    digits === undefined
      ? say('prove.hint.otp')
      : say(type === 'hotp-01' ? 'prove.hint.hotp' : 'prove.hint.totp', { digits });
  return prompt === undefined ? form : `${say('prove.hint.prompt', { prompt })} ${form}`;
}

function faultText(fault: CodeFault, { digits }: CodeChallengeView, { say }: Words): string {
  return say(`prove.fault.${fault}`, { digits: digits ?? 0, count: longestText });
}
