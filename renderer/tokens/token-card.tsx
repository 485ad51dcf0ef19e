import { useState } from 'react';
import type { Place } from '../navigation.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Card } from '../ui/page.tsx';
import { useWords } from '../words.ts';
import { ChangePinDialog } from './change-pin-dialog.tsx';
import { pinWays, stateOf, type PinWay } from './findings.ts';
import { tokenName, type PluggedIn } from './plugged-in.ts';
import { TokenContents } from './token-contents.tsx';
import { TokenDetails, TokenFacts } from './token-facts.tsx';
import { WhyNot } from './why-not.tsx';

interface TokenCardProps extends PluggedIn {
  readonly go: (place: Place) => void;
}

const tones = { good: 'good', note: 'warning', fail: 'danger' } as const;

export function TokenCard({ token, reader, driver, go }: TokenCardProps) {
  const words = useWords();
  const { say } = words;
  const state = stateOf(token);
  const name = tokenName(token, words);
  return (
    <Card>
      <div className="token-head">
        <Icon name={token.kind === 'tpm' ? 'chip' : 'card'} size={28} />
        <h2 className="breakable">{name}</h2>
        <Badge tone={tones[state]}>{say(`tokens.state.${state}`)}</Badge>
        <p className="quiet breakable">
          <bdi>{reader}</bdi>
        </p>
      </div>
      {token.failure !== undefined && <FailureMessage failure={token.failure} announced={false} />}
      <WhyNot token={token} />
      <TokenFacts token={token} />
      <PinActions token={token} name={name} />
      <TokenContents token={token} name={name} go={go} />
      <TokenDetails token={token} driver={driver} />
    </Card>
  );
}

function PinActions({ token, name }: Pick<PluggedIn, 'token'> & { readonly name: string }) {
  const { say } = useWords();
  const [way, choose] = useState<PinWay | null>(null);
  const [changed, setChanged] = useState(false);
  const ways = pinWays(token);
  return (
    <div className="token-pin-actions">
      {ways.map((each) => (
        <Button
          key={each}
          size="small"
          name={say(`tokens.${each}.of`, { token: name })}
          onPress={() => {
            setChanged(false);
            choose(each);
          }}
        >
          {say(`tokens.${each}`)}
        </Button>
      ))}
      <p className="small quiet" role="status">
        {changed && say('tokens.changed')}
      </p>
      {way !== null && (
        <ChangePinDialog
          token={token}
          name={name}
          way={way}
          onClose={(done) => {
            choose(null);
            setChanged(done);
          }}
        />
      )}
    </div>
  );
}
