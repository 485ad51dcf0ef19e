import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { TokenView } from '../../shared/models/token.ts';
import { tokensIn } from '../credentials/token-care.ts';
import type { House } from '../house.ts';
import { compatibilityOf, type WantedKey } from '../keys/compatibility.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import { CommandError } from './command-error.ts';
import type { EnrollWish } from './command-line.ts';
import type { PinOwner } from './given-pin.ts';

export interface ChosenPlace {
  readonly keyPlace: KeyPlaceChoice;
  /** The only token that gets the PIN. */
  readonly token?: PinOwner;
}

/** Where the key is to be; `undefined`: the offer's first place that is there. */
export async function chosenPlace(
  { token: wanted, keyId, replaces }: EnrollWish,
  { tokens }: House,
): Promise<ChosenPlace | undefined> {
  if (wanted === undefined) return undefined;
  if (wanted === 'software' || wanted === 'os') return { keyPlace: { in: wanted } };
  await tokens.watch();
  const token = chosen(wanted, tokensIn(tokens.modules));
  const { tokenId } = token;
  const module = tokens.modules.find(({ readers }) =>
    readers.some((reader) => reader.token?.tokenId === tokenId),
  );
  return {
    keyPlace: {
      ...{ in: 'token', tokenId },
      ...(keyId !== undefined && { keyId }),
      ...(replaces !== undefined && { replaces }),
    },
    token: { ...token, moduleName: module?.name },
  };
}

/** Where several tokens would do and nobody has said which, what they are called; any other error as it is. */
export function namingTokens(error: unknown, key: WantedKey, { tokenCare }: House): unknown {
  if (!(error instanceof TokenError && error.reason === 'ambiguous')) return error;
  const names = tokensIn(tokenCare.modules)
    .filter((token) => compatibilityOf(token, key).verdict === 'fits')
    .map(({ label, serial }) => `“${label}” (${serial})`);
  const what = `several tokens would do: ${names.join(', ')}. Say which by --token`;
  return new CommandError('not-found', what, { cause: error, failure: error.toFailure() });
}

/** Serial numbers first: labels are what somebody has called a token. */
function chosen(wanted: string, tokens: readonly TokenView[]): TokenView {
  const bySerial = tokens.filter(({ serial }) => serial.toLowerCase() === wanted.toLowerCase());
  const found = bySerial.length > 0 ? bySerial : tokens.filter(({ label }) => label === wanted);
  const [first, ...others] = found;
  if (first === undefined) {
    throw new CommandError('not-found', 'no token with that label or serial number is plugged in');
  }
  if (others.length > 0) {
    const serials = found.map(({ serial }) => serial).join(', ');
    throw new CommandError(
      'not-found',
      `several tokens are called so; their serial numbers are ${serials}`,
    );
  }
  return first;
}
