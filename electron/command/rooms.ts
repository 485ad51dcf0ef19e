import type { Failure } from '../../shared/failure.ts';
import type { House, HouseOptions } from '../house.ts';
import type { TokenAccess } from '../pkcs11/token-access.ts';
import type { Output } from './output.ts';
import type { SecretLines } from './secret-lines.ts';

/** What a command may want of the house it opens. */
export type HouseWish = Pick<HouseOptions, 'askPin' | 'installs' | 'onlyModule'>;

/** What all commands work with. */
export interface CommandRooms {
  readonly output: Output;
  /** Aborted when the person wants to stop. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Opens the wallet; throws `WalletError`. */
  readonly openHouse: (wish: HouseWish) => House;
  /** The tokens without a wallet. */
  readonly openTokens: (wish: Pick<HouseWish, 'onlyModule'>) => TokenAccess;
  /** Opens a descriptor that the command line named; `most`: octets of a line, where it is no PIN and no code. */
  readonly linesOf: (descriptor: number, most?: number) => Pick<SecretLines, 'next'>;
  /** Lines that somebody types at the terminal, which does not show them; absent: nobody sits at one. */
  readonly typed?: Pick<SecretLines, 'next'>;
  /** The same, shown as it is typed: for what is no secret. */
  readonly typedInSight?: Pick<SecretLines, 'next'>;
  readonly toFailure: (error: unknown) => Failure;
}

/** Lends an open house, and closes it. */
export async function inHouse<T>(house: House, work: (house: House) => Promise<T>): Promise<T> {
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}
