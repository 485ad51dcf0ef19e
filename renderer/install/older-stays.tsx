import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import './install.css';

/** Beside a new credential that does not work: nothing was taken away for it. */
export function OlderStays() {
  const { say } = useWords();
  return (
    <p className="result-older">
      <Icon name="shield" size={18} />
      {say('install.olderStays')}
    </p>
  );
}
