import type { Verdict } from '../ui/verdict-list.tsx';
import { useWords } from '../words.ts';

/** What the signs of a list of findings say to those who do not see them. */
export function useVerdictWords(): Readonly<Record<Verdict['status'], string>> {
  const { say } = useWords();
  return {
    pass: say('check.status.pass'),
    note: say('check.status.note'),
    fail: say('check.status.fail'),
  };
}
