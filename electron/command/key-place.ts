import type { KeyPlaceChoice } from '../../shared/ipc-contract.ts';
import type { TokenView } from '../../shared/models/token.ts';
import { tokensIn } from '../credentials/token-care.ts';
import type { House } from '../house.ts';
import { CommandError } from './command-error.ts';
import type { EnrollWish } from './command-line.ts';

/** Where the key is to be; `undefined`: the offer's first place that is there. */
export async function keyPlaceOf(
  { token, keyId }: EnrollWish,
  { tokens }: House,
): Promise<KeyPlaceChoice | undefined> {
  if (token === undefined) return undefined;
  if (token === 'software' || token === 'os') return { in: token };
  await tokens.watch();
  const { tokenId } = chosen(token, tokensIn(tokens.modules));
  return { in: 'token', tokenId, ...(keyId !== undefined && { keyId }) };
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
