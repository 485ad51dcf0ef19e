import { isDevice } from '../tokens/findings.ts';
import { tokenName } from '../tokens/plugged-in.ts';
import type { Option } from '../ui/choice.tsx';
import type { Words } from '../words.ts';
import type { AccountKeyPlace } from './account-key-places.ts';

/** What the key is for, by the words about it. */
type KeyUse = 'moveAccount' | 'ways.key';

/** A place for a key that an organisation knows, to choose from. */
export function keyPlaceOption(place: AccountKeyPlace, words: Words, use: KeyUse): Option<string> {
  const { say } = words;
  if (place.in !== 'token') {
    return {
      value: place.id,
      name: say(`keyPlace.${place.in}`),
      icon: 'laptop',
      rest: say(`keyPlace.${place.in}.rest`),
    };
  }
  const { token } = place.one;
  return {
    value: place.id,
    name:
      token.kind === 'tpm'
        ? say('keyPlace.tpm')
        : say('keyPlace.token.named', { token: tokenName(token, words) }),
    icon: token.kind === 'tpm' ? 'chip' : 'card',
    off: place.off !== null,
    rest: tokenRest(place, words, use),
  };
}

function tokenRest(
  { one: { token }, off }: Extract<AccountKeyPlace, { in: 'token' }>,
  { say }: Words,
  use: KeyUse,
): string {
  if (off === 'failure') return say('tokens.state.fail');
  if (off === 'makes-nothing') return say('moveAccount.makesNone');
  if (off !== null) return say(`finding.${off}`);
  if (token.kind === 'tpm') return say('moveAccount.tpm.rest');
  return say(isDevice(token) ? `${use}.token.rest` : `${use}.token.file.rest`);
}
