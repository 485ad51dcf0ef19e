import { useState } from 'react';
import type { TokensView } from '../../shared/models/token.ts';
import { useWords, type Words } from '../words.ts';
import { movement, pluggedIn, tokenName, type PluggedIn } from './plugged-in.ts';

/** Says, for those who do not see it, what was plugged in and what was taken out while the screen is shown. */
export function MovementStatus({ tokens }: { readonly tokens: TokensView }) {
  const words = useWords();
  const [seen, see] = useState({ tokens, text: '' });
  if (seen.tokens !== tokens) {
    const text = movementText(pluggedIn(seen.tokens), pluggedIn(tokens), words);
    see({ tokens, text: text === '' ? seen.text : text });
  }
  return (
    <p className="visually-hidden" role="status">
      {seen.text}
    </p>
  );
}

function movementText(
  before: readonly PluggedIn[],
  now: readonly PluggedIn[],
  words: Words,
): string {
  const { arrived, left } = movement(before, now);
  return [
    ...left.map((token) => words.say('tokens.left', { token: tokenName(token, words) })),
    ...arrived.map((token) => words.say('tokens.arrived', { token: tokenName(token, words) })),
  ].join(' ');
}
