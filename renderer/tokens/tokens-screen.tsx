import type { TokensView } from '../../shared/models/token.ts';
import { FailureMessage } from '../failure/failure-message.tsx';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Page, PageHead } from '../ui/page.tsx';
import { WaitingLine } from '../ui/waiting-line.tsx';
import { useRequest } from '../use-request.ts';
import { useWallet } from '../wallet.ts';
import { useWords } from '../words.ts';
import { Drivers } from './drivers.tsx';
import { MovementStatus } from './movement-status.tsx';
import { NoToken } from './no-token.tsx';
import { emptySlots, pluggedIn } from './plugged-in.ts';
import { TokenCard } from './token-card.tsx';
import { useWatchedTokens } from './use-watched-tokens.ts';
import './tokens.css';

/** What is plugged in, what is on it, and why it cannot be used. */
export function TokensScreen({ go }: { readonly go: (place: Place) => void }) {
  const { say } = useWords();
  const { api } = useWallet();
  const { tokens, failure } = useWatchedTokens();
  const again = useRequest();
  const there = pluggedIn(tokens);
  const looking = tokens.status !== 'ready';
  const busy = looking || again.busy;
  const trouble = again.failure ?? failure;
  return (
    <Page>
      <div className="tokens-head">
        <PageHead title={titleOf(tokens, there.length, say)} lead={say('tokens.lead')} />
        <Button
          busy={busy && failure === undefined}
          onPress={() => void again.send(() => api.token.refresh({}))}
        >
          <Icon name="again" />
          {say(busy && failure === undefined ? 'tokens.again.busy' : 'tokens.again')}
        </Button>
      </div>
      <MovementStatus tokens={tokens} />
      {trouble !== undefined && <FailureMessage failure={trouble} />}
      {looking && there.length === 0 && failure === undefined && <WaitingLine />}
      {there.map((one) => (
        <TokenCard key={one.token.tokenId} {...one} go={go} />
      ))}
      {!looking && there.length === 0 && <NoToken tokens={tokens} />}
      <EmptySlots tokens={tokens} />
      <Drivers tokens={tokens} />
    </Page>
  );
}

/** Of no use until somebody sets a token up there, and nothing to worry about. */
function EmptySlots({ tokens }: { readonly tokens: TokensView }) {
  const { say, list } = useWords();
  const slots = emptySlots(tokens);
  if (slots.length === 0) return null;
  const readers = list(
    slots.map(({ reader }) => reader),
    'and',
  );
  return (
    <p className="quiet small breakable">
      {say('tokens.emptySlots', { count: slots.length, readers })}
    </p>
  );
}

function titleOf(
  { status }: TokensView,
  count: number,
  say: ReturnType<typeof useWords>['say'],
): string {
  if (count > 0) return say('tokens.title.some', { count });
  return say(status === 'ready' ? 'tokens.title.none' : 'tokens.title.looking');
}
