import type { ApprovalsView } from '../../shared/models/approval.ts';
import { countToDecide } from '../approvals/groups.ts';
import { useNow } from '../clock.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon, Mark } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import './top-bar.css';

/** What is shown, where the bar leads there. */
export type Current = 'home' | 'tokens' | 'approvals';

interface TopBarProps {
  readonly current: Current | undefined;
  /** Null where nobody here has to do with approvals. */
  readonly approvals: ApprovalsView | null;
  readonly go: (place: Place) => void;
  readonly onSettings: () => void;
}

export function TopBar({ current, approvals, go, onSettings }: TopBarProps) {
  const { say } = useWords();
  return (
    <header className="top-bar">
      {current === 'home' ? (
        <span className="top-bar-name">
          <Mark />
          {say('app.name')}
        </span>
      ) : (
        <button
          type="button"
          className="top-bar-name"
          aria-label={say('app.home')}
          onClick={() => go({ at: 'home' })}
        >
          <Mark />
          {say('app.name')}
        </button>
      )}
      <div className="top-bar-end">
        {approvals !== null && (
          <ApprovalsButton approvals={approvals} current={current === 'approvals'} go={go} />
        )}
        <Button tone="quiet" current={current === 'tokens'} onPress={() => go({ at: 'tokens' })}>
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

interface ApprovalsButtonProps {
  readonly approvals: ApprovalsView;
  readonly current: boolean;
  readonly go: (place: Place) => void;
}

function ApprovalsButton({ approvals, current, go }: ApprovalsButtonProps) {
  const { say, number } = useWords();
  const count = countToDecide(approvals, useNow(60_000));
  return (
    <Button tone="quiet" current={current} onPress={() => go({ at: 'approvals' })}>
      <Icon name="stamp" />
      {say('approvals.name')}
      {count > 0 && (
        <>
          <span className="top-bar-count" aria-hidden="true">
            {number(count)}
          </span>
          <span className="visually-hidden">{say('approvals.count', { count })}</span>
        </>
      )}
    </Button>
  );
}
