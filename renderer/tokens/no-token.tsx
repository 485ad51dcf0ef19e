import type { TokensView } from '../../shared/models/token.ts';
import { Icon } from '../ui/icon.tsx';
import { useWords } from '../words.ts';
import { emptyReaders } from './plugged-in.ts';

/** What is missing before a token can show up: a driver, a reader or a card. */
export function NoToken({ tokens }: { readonly tokens: TokensView }) {
  const { say, list } = useWords();
  const readers = emptyReaders(tokens);
  const usable = tokens.modules.some(({ status }) => status !== 'failed');
  const missing = !usable ? 'driver' : readers.length === 0 ? 'reader' : 'card';
  return (
    <section className="no-token">
      <Icon name="card" size={40} />
      <h2>{say(`tokens.none.${missing}`)}</h2>
      <p className="breakable">
        {say(`tokens.none.${missing}.text`, { readers: list(readers, 'or') })}
      </p>
    </section>
  );
}
