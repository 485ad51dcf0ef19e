import type { TokensView } from '../../shared/models/token.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';

interface NoCertificateProps {
  readonly host: string;
  readonly tokens: TokensView;
  readonly go: (place: Place) => void;
}

/** Nothing to choose from yet: how there comes to be something. */
export function NoCertificate({ host, tokens, go }: NoCertificateProps) {
  const { say } = useWords();
  const looking = tokens.status === 'looking';
  return (
    <div className="proof-empty">
      <Icon name="card" size={28} />
      <h3>
        <span role="status">
          {looking
            ? say('prove.certificate.none.looking')
            : say('prove.certificate.none', { host })}
        </span>
      </h3>
      <p>{say('prove.certificate.none.insert')}</p>
      <p className="quiet">{say('prove.certificate.none.computer')}</p>
      <p className="quiet">
        {say('prove.certificate.none.there')}{' '}
        <Button tone="link" onPress={() => go({ at: 'tokens' })}>
          {say('pin.openTokens')}
        </Button>
      </p>
    </div>
  );
}
