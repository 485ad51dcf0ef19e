import { Button } from '../ui/button.tsx';
import { Icon, Mark } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import './top-bar.css';

interface TopBarProps {
  /** Home is what is shown, so that nothing leads there. */
  readonly home: boolean;
  readonly onHome: () => void;
  readonly onSettings: () => void;
}

export function TopBar({ home, onHome, onSettings }: TopBarProps) {
  const { say } = useWords();
  return (
    <header className="top-bar">
      {home ? (
        <span className="top-bar-name">
          <Mark />
          {say('app.name')}
        </span>
      ) : (
        <button
          type="button"
          className="top-bar-name"
          aria-label={say('app.home')}
          onClick={onHome}
        >
          <Mark />
          {say('app.name')}
        </button>
      )}
      <Button tone="quiet" onPress={onSettings}>
        <Icon name="settings" />
        {say('settings.title')}
      </Button>
    </header>
  );
}
