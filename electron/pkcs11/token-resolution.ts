import type { TokenIdentity } from '../../shared/models/token.ts';
import { isBareSerial } from './same-identity.ts';
import type { TokenReference } from './token-access.ts';

/** A token that is plugged in now. */
export interface PresentToken {
  readonly modulePath: string;
  readonly identity: TokenIdentity;
}

/**
 * Which of the tokens that are there is meant: serial numbers decide, label and module only between equals. Two makers
 * may give the same number, so another module is believed only where it names the same maker; and a number that is
 * missing or all zeros, as security chips have, says nothing, so there the label has to be right too. A PIN must not be
 * tried on a stranger's token.
 */
export function resolveToken<Token extends PresentToken>(
  reference: TokenReference,
  present: readonly Token[],
): Token | 'not-present' | 'ambiguous' {
  const isBare = isBareSerial(reference.serial);
  const alike = present.filter(({ identity, modulePath }) => {
    if (identity.serial !== reference.serial) return false;
    const isSameMaker = identity.manufacturer === reference.manufacturer;
    if (isBare) return isSameMaker && identity.label === reference.label;
    // What a module writes there changes with its version.
    return isSameMaker || modulePath === reference.modulePath;
  });
  const questions: readonly ((token: Token) => boolean)[] = [
    ({ identity }) => identity.manufacturer === reference.manufacturer,
    ({ identity }) => identity.label === reference.label,
    ({ modulePath }) => modulePath === reference.modulePath,
  ];
  const narrowed = questions.reduce<readonly Token[]>(narrow, alike);
  const [first, ...others] = narrowed;
  if (first === undefined) return 'not-present';
  return others.length === 0 ? first : 'ambiguous';
}

/** Keeps those that fit, unless none does: then the question does not help. */
function narrow<Token>(
  tokens: readonly Token[],
  fits: (token: Token) => boolean,
): readonly Token[] {
  if (tokens.length < 2) return tokens;
  const fitting = tokens.filter(fits);
  return fitting.length === 0 ? tokens : fitting;
}
