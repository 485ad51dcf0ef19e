import { useState } from 'react';
import type { TokenView } from '../../shared/models/token.ts';
import type { Place } from '../navigation.ts';
import { Button } from '../ui/button.tsx';
import { useWords } from '../words.ts';
import { contentsOf } from './contents.ts';
import { TokenItemLine } from './token-item.tsx';

interface TokenContentsProps {
  readonly token: TokenView;
  readonly name: string;
  readonly go: (place: Place) => void;
}

/** A card in use has a handful of keys; what goes beyond that is one press away. */
const shownAtFirst = 4;

export function TokenContents({ token, name, go }: TokenContentsProps) {
  const { say } = useWords();
  const [all, showAll] = useState(false);
  const items = contentsOf(token);
  const shown = all ? items : items.slice(0, shownAtFirst);
  return (
    <section className="token-contents">
      <h3>{say('tokens.contents')}</h3>
      {items.length === 0 && <p className="quiet">{say('tokens.contents.none')}</p>}
      {items.length > 0 && (
        <ul className="token-items">
          {shown.map((item, index) => (
            <TokenItemLine
              key={`${item.keyId} ${index}`}
              item={item}
              tokenId={token.tokenId}
              tokenName={name}
              go={go}
            />
          ))}
        </ul>
      )}
      {items.length > shownAtFirst && (
        <div>
          <Button tone="link" onPress={() => showAll(!all)}>
            {all
              ? say('tokens.contents.fewer')
              : say('tokens.contents.all', { count: items.length })}
          </Button>
        </div>
      )}
      {token.unread > 0 && (
        <p className="quiet small">{say('tokens.unread', { count: token.unread })}</p>
      )}
    </section>
  );
}
