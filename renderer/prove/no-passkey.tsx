import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

interface NoPasskeyProps {
  readonly host: string;
  readonly organizationId: string;
  readonly go: (place: Place) => void;
}

/** Nothing is registered yet: how that is done. */
export function NoPasskey({ host, organizationId, go }: NoPasskeyProps) {
  const { say } = useWords();
  return (
    <div className="proof-empty">
      <Icon name="passkey" size={28} />
      <h3 className="breakable">{say('prove.passkey.none', { host })}</h3>
      <p>{say('prove.passkey.none.link')}</p>
      <p className="quiet">{say('prove.passkey.none.other')}</p>
      <div>
        <Button tone="link" onPress={() => go({ at: 'organization', organizationId })}>
          {say('prove.passkey.none.where')}
        </Button>
      </div>
    </div>
  );
}
