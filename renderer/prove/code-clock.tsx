import { useNow } from '../clock.ts';
import { Ring } from '../ui/ring.tsx';
import { useWords } from '../words.ts';
import { stepLeft } from './time-left.ts';

/** How long the present code lasts. Readable when one goes there, and silent otherwise. */
export function CodeClock({ period }: { readonly period: number }) {
  const { say } = useWords();
  const { seconds, fraction } = stepLeft(useNow(1000), period);
  return (
    <p className="code-clock quiet">
      <Ring fraction={fraction} />
      {say('prove.timeLeft', { seconds })}
    </p>
  );
}
