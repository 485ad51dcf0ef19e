import type { PasskeyChallengeView, RegisteredKeyView } from '../../shared/enrollment-state.ts';
import type { ChallengeAnswer } from '../../shared/ipc-requests.ts';
import { shortPlace } from '../key-place-words.ts';
import type { Option } from '../ui/choice.tsx';
import type { Words } from '../words.ts';

/** One way to meet a ppkp-01 challenge. */
export type PasskeyChoice = { readonly id: string; readonly answer: ChallengeAnswer } & (
  { readonly by: 'window' | 'browser' } | { readonly by: 'key'; readonly key: RegisteredKeyView }
);

/** Passkeys where they can be used, then registered key pairs. */
export function passkeyWaysOf({
  ways,
  keys,
}: Pick<PasskeyChallengeView, 'ways' | 'keys'>): readonly PasskeyChoice[] {
  return [
    ...ways.map((way): PasskeyChoice => ({ id: way, by: way, answer: { by: 'passkey', way } })),
    ...keys.map((key): PasskeyChoice => ({
      id: `key ${key.thumbprint}`,
      by: 'key',
      key,
      answer: { by: 'key', thumbprint: key.thumbprint },
    })),
  ];
}

export function passkeyOption(way: PasskeyChoice, host: string, words: Words): Option<string> {
  const { say, shortDate } = words;
  if (way.by !== 'key') {
    return {
      value: way.id,
      name: say(`prove.passkey.${way.by}`),
      rest: say(`prove.passkey.${way.by}.rest`, { host }),
      icon: way.by === 'window' ? 'passkey' : 'external',
    };
  }
  const { place, token = '', registeredAt } = way.key;
  return {
    value: way.id,
    name: say('prove.passkey.key'),
    rest: say('prove.passkey.key.rest', {
      place: shortPlace(place, token, words),
      date: shortDate(registeredAt),
    }),
    icon: 'key',
  };
}
