import { useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useWords } from '../words.ts';

interface LinkFormProps {
  /** What kind of link is asked for. */
  readonly about: 'welcome.link' | 'approvals.link';
  readonly placeholder: string;
  readonly busy: boolean;
  readonly onLink: (link: string) => void;
}

/** Takes a link; the form is the place where the Enter key works. */
export function LinkForm({ about, placeholder, busy, onLink }: LinkFormProps) {
  const { say } = useWords();
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const submit = (): void => {
    const link = input.current?.value.trim() ?? '';
    setMissing(link === '');
    if (link === '') input.current?.focus();
    else if (!busy) onLink(link);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        ref={input}
        type="url"
        label={say(`${about}.label`)}
        hint={say(`${about}.hint`)}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={8192}
        error={missing ? say(`${about}.missing`) : undefined}
        onText={() => setMissing(false)}
        beside={
          <Button type="submit" tone="primary" size="large" busy={busy}>
            {say(busy ? 'welcome.link.opening' : 'action.continue')}
          </Button>
        }
      />
    </form>
  );
}
