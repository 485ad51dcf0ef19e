import { useNow } from '../clock.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { secondsUntil } from './time-left.ts';

/** Counts down to the time when trying again makes sense; says it aloud once, when it has come. */
export function TryAgainLater({ retryAt }: { readonly retryAt: string }) {
  const { say, duration } = useWords();
  const seconds = secondsUntil(retryAt, useNow(1000));
  return (
    <div>
      {seconds > 0 && (
        <p className="code-clock">
          <Icon name="clock" />
          {say('prove.retryIn', { duration: duration(seconds) })}
        </p>
      )}
      <p role="status">{seconds > 0 ? '' : say('prove.retryNow')}</p>
    </div>
  );
}
