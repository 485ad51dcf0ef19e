import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words.ts';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, in words: several of these stand close together. */
  readonly name: string;
}

/** Puts a text on the clipboard, and says so. */
export function CopyButton({ text, name }: CopyButtonProps) {
  const { say } = useWords();
  const [outcome, setOutcome] = useState<'copied' | 'failed' | undefined>();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      // The system may refuse for reasons of its own; the text can be selected by hand.
      setOutcome('failed');
    }
  };
  return (
    <>
      <Button size="small" name={name} onPress={() => void copy()}>
        {say(outcome === 'copied' ? 'copy.copied' : 'copy.action')}
      </Button>
      <span className={outcome === 'failed' ? 'quiet small' : 'visually-hidden'} role="status">
        {outcome !== undefined && say(`copy.${outcome}`)}
      </span>
    </>
  );
}
