import type { Ref } from 'react';
import type { ChallengeView } from '../../shared/enrollment-state.ts';
import { Field } from '../ui/field.tsx';
import { useWords } from '../words.ts';
import { challengeName } from './challenge-name.ts';
import { isNumeric } from './one-time-code.ts';

interface CodeFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  readonly challenge: ChallengeView;
  readonly fault: 'empty' | 'not-digits' | 'length' | undefined;
  readonly sending: boolean;
  readonly describedBy: string;
}

export function CodeField({ ref, challenge, fault, sending, describedBy }: CodeFieldProps) {
  const words = useWords();
  const { say } = words;
  const numeric = isNumeric(challenge);
  return (
    <Field
      ref={ref}
      look="code-input"
      type="text"
      label={challengeName(challenge, words)}
      hint={
        numeric
          ? say(`prove.hint.${challenge.type === 'totp-01' ? 'totp' : 'hotp'}`, {
              digits: challenge.digits,
            })
          : say('prove.hint.otp')
      }
      autoComplete="one-time-code"
      inputMode={numeric ? 'numeric' : 'text'}
      spellCheck={false}
      autoFocus
      readOnly={sending}
      maxLength={128}
      describedBy={describedBy}
      error={
        fault === undefined ? undefined : say(`prove.fault.${fault}`, { digits: challenge.digits })
      }
    />
  );
}
