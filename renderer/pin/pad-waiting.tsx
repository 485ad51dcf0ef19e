import { Icon } from '../ui/icon.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useWords } from '../words.ts';

/** The reader waits for what is typed on it. */
export function PadWaiting() {
  const { say } = useWords();
  return (
    <div className="pad-waiting" role="status">
      <Icon name="card" size={28} />
      <p>
        <strong>{say('pin.pad.waiting')}</strong>
      </p>
      <WaitingLine />
    </div>
  );
}
