import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

/** What codes are worth that come from where they are asked for; said before a secret is handed over, and after. */
export function NoSecondFactor() {
  const { say } = useWords();
  return (
    <p className="own-codes-note">
      <Icon name="warning" />
      {say('ownCodes.note')}
    </p>
  );
}
