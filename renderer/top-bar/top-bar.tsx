import { Button } from '../ui/button.tsx';
import { Icon, Mark } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import './top-bar.css';

interface TopBarProps {
  /** Home is what is shown, so that nothing leads there. */
  readonly home: boolean;
  /** The tokens are shown. */
  readonly tokens: boolean;
  readonly onHome: () => void;
  readonly onTokens: () => void;
  readonly onSettings: () => void;
}

export function TopBar({ home, tokens, onHome, onTokens, onSettings }: TopBarProps) {
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
      <div className="top-bar-end">
        <Button tone="quiet" current={tokens} onPress={onTokens}>
          <Icon name="card" />
          {say('tokens.name')}
        </Button>
        <Button tone="quiet" onPress={onSettings}>
          <Icon name="settings" />
          {say('settings.title')}
        </Button>
      </div>
    </header>
  );
}
