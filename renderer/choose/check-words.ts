import type { CompatibilityCheck } from '../../shared/models/token.ts';
import { failureWords } from '../failure/failure-words.ts';
import type { Verdict } from '../ui/verdict-list.tsx';
import type { MessageId, Words } from '../words.ts';

/** A check of the compatibility report as the person reads it; a check that passed needs no cure. */
export function checkVerdict(check: CompatibilityCheck, words: Words): Verdict {
  const { status } = check;
  const { text, cure } = checkWords(check, words);
  return { id: check.check, status, text, cure: status === 'pass' ? undefined : cure };
}

interface CheckWords {
  readonly text: string;
  readonly cure?: string;
}

function checkWords(check: CompatibilityCheck, words: Words): CheckWords {
  const { say } = words;
  switch (check.check) {
    case 'algorithm':
      return algorithmWords(check, words);
    case 'room':
      return { text: say(`check.room.${check.found}`), ...cured(check, ['full'], words) };
    case 'writable':
      return { text: say(`check.writable.${check.found}`), ...cured(check, ['read-only'], words) };
    case 'login':
      return { text: say(`check.login.${check.found}`) };
    case 'pin':
      return {
        text: say(`check.pin.${check.found}`),
        ...cured(check, ['not-set', 'to-be-changed', 'count-low', 'final-try', 'locked'], words),
      };
    case 'hardware':
      return { text: say(`check.hardware.${check.found}`) };
    case 'setup':
      return { text: say('finding.not-initialized'), cure: say('finding.not-initialized.cure') };
    case 'reading': {
      const { what, next } = failureWords(check.found, words);
      return { text: what, cure: next };
    }
    case 'policy':
      return {
        text: say(`check.policy.${check.found}`),
        ...cured(check, ['place-not-allowed'], words),
      };
  }
}

function algorithmWords(
  check: Extract<CompatibilityCheck, { check: 'algorithm' }>,
  words: Words,
): CheckWords {
  const { say, list } = words;
  if (check.found === 'makes-key')
    return { text: say('check.algorithm.makes-key', { types: list(check.types, 'and') }) };
  const { wanted, offered } = check;
  return {
    text: say(`check.algorithm.${check.found}`, {
      wanted: list(wanted, 'or'),
      offered: list(offered, 'and'),
      some: offered.length === 0 ? 'no' : 'yes',
    }),
    ...cured(check, ['no-common-type'], words),
  };
}

type CuredId = MessageId extends infer Id
  ? Id extends `check.${infer Check}.cure`
    ? Check
    : never
  : never;

/** The cure for what was found, where the catalogues have one. */
function cured<Check extends string, Found extends string>(
  { check, found }: { readonly check: Check; readonly found: string },
  curable: readonly (`${Check}.${Found}` extends CuredId ? Found : never)[],
  { say }: Words,
): { readonly cure?: string } {
  const known = curable.find((each) => each === found);
  return known === undefined ? {} : { cure: say(`check.${check}.${known}.cure` as MessageId) };
}
