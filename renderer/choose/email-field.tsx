import type { Ref } from 'react';
import { Field } from '../ui/field.tsx';
import { useWords } from '../words.ts';

interface EmailFieldProps {
  readonly ref: Ref<HTMLInputElement>;
  /** What was typed is no address. */
  readonly refused: boolean;
  readonly organization: string;
}

export function EmailField({ ref, refused, organization }: EmailFieldProps) {
  const { say } = useWords();
  return (
    <Field
      ref={ref}
      type="email"
      label={say('choose.email.label')}
      hint={say('choose.email.hint', { organization })}
      autoComplete="email"
      spellCheck={false}
      maxLength={254}
      error={refused ? say('choose.email.wrong') : undefined}
    />
  );
}
