import { useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useWords } from '../words.ts';

interface LinkFormProps {
  readonly busy: boolean;
  readonly onLink: (link: string) => void;
}

/** Takes an invitation link; the form is the place where the Enter key works. */
export function LinkForm({ busy, onLink }: LinkFormProps) {
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
        label={say('welcome.link.label')}
        hint={say('welcome.link.hint')}
        placeholder="countersign://join?from=…"
        autoComplete="off"
        spellCheck={false}
        maxLength={8192}
        error={missing ? say('welcome.link.missing') : undefined}
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
