import type { TokenIdentity } from '../../shared/models/token.ts';
import type { AskPin, PinRequest } from '../keys/pin.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { TokenFault } from '../../shared/failure.ts';
import { unlessAborted } from './abort.ts';
import type { CommandRooms } from './rooms.ts';
import type { SecretLines } from './secret-lines.ts';

export interface GivenPinOptions {
  /** Where the PIN comes from; `null`: nobody gave one. */
  readonly lines: Pick<SecretLines, 'next'> | null;
  /** Has a person type it there, as soon as nothing of it is shown. */
  readonly sayTyping?: (request: PinRequest) => void;
  readonly acceptFinalTry: boolean;
  /** Has a person type it on the reader. */
  readonly sayPinPad: (request: PinRequest) => void;
}

/** Whose PIN it is: what is written on a token, and the driver that shows it. */
export interface PinOwner extends Pick<TokenIdentity, 'label' | 'manufacturer' | 'serial'> {
  /** Not known: whichever shows it. */
  readonly moduleName?: string | undefined;
}

/**
 * Answers questions for a PIN where nobody sits at a page. There is one PIN, so it is one token's: the one that was
 * chosen, else the first that asks. A PIN that was refused once is never tried again.
 */
export class GivenPin {
  readonly #options: GivenPinOptions;
  #owner: PinOwner | undefined;
  #line: Promise<void> | undefined;
  #pin: Uint8Array | null = null;
  #isClosed = false;
  #wasRefused = false;

  constructor(options: GivenPinOptions) {
    this.#options = options;
  }

  /** Says whose PIN it is; all other tokens get none. */
  bindTo(owner: PinOwner): void {
    this.#owner = owner;
  }

  readonly ask: AskPin = async (request, signal = new AbortController().signal) => {
    const { acceptFinalTry, sayPinPad } = this.#options;
    const tried = (): void => undefined;
    signal.throwIfAborted();
    const { failure, login, token, moduleName } = request;
    if (login === 'pin' && !this.#isOwner(request)) throw refusal(request, 'pin-needed');
    if (failure !== undefined || this.#wasRefused) {
      this.#wasRefused = true;
      throw refusal(request, failure?.code === 'token' ? failure.reason : 'pin-incorrect');
    }
    if (request.pin === 'final-try' && !acceptFinalTry) throw refusal(request, 'final-try');
    if (login === 'pin-pad') {
      sayPinPad(request);
      return { pin: null, acceptFinalTry, tried };
    }
    this.#owner ??= { ...token, moduleName };
    // Nothing may come from a descriptor for ever.
    await unlessAborted(this.#read(request), signal);
    if (this.#pin === null || this.#pin.length === 0) throw refusal(request, 'pin-needed');
    // Each receiver overwrites what it gets.
    return { pin: Uint8Array.from(this.#pin), acceptFinalTry, tried };
  };

  /** Overwrites the PIN, also one that comes only now; waits for none. */
  close(): void {
    this.#isClosed = true;
    this.#pin?.fill(0);
    this.#pin = null;
  }

  #isOwner({ token, moduleName }: PinRequest): boolean {
    const owner = this.#owner;
    if (owner === undefined) return true;
    const isShownSo = owner.moduleName === undefined || owner.moduleName === moduleName;
    const isSame = owner.serial === token.serial && owner.manufacturer === token.manufacturer;
    // Labels of PIV cards change with their certificate; where serial numbers tell nothing, they are all there is.
    return isShownSo && isSame && (/[^0]/.test(token.serial) || owner.label === token.label);
  }

  /** Once: there is one PIN, however often its token asks. */
  #read(request: PinRequest): Promise<void> {
    if (this.#line === undefined) {
      this.#line = this.#take();
      this.#options.sayTyping?.(request);
    }
    return this.#line;
  }

  async #take(): Promise<void> {
    const line = (await this.#options.lines?.next()) ?? null;
    if (this.#isClosed) line?.fill(0);
    else this.#pin = line;
  }
}

interface PinWish {
  readonly pinFd: number | undefined;
  readonly acceptFinalTry: boolean;
}

/** The PIN of a command: from its descriptor, typed at the terminal where somebody sits at one, or typed on a reader. */
export function pinFrom(
  { pinFd, acceptFinalTry }: PinWish,
  { linesOf, typed, output }: Pick<CommandRooms, 'linesOf' | 'typed' | 'output'>,
): GivenPin {
  const isTyped = pinFd === undefined && typed !== undefined;
  return new GivenPin({
    lines: pinFd === undefined ? (typed ?? null) : linesOf(pinFd),
    acceptFinalTry,
    ...(isTyped && {
      sayTyping: ({ token: { label, reader } }) =>
        output.progress(
          { event: 'pin-needed', token: label, reader },
          `Type the PIN of ${label || reader}, and Enter. It is not shown.`,
        ),
    }),
    sayPinPad: ({ token }) =>
      output.progress(
        { event: 'pin-pad', reader: token.reader },
        `Type the PIN on the reader ${token.reader}.`,
      ),
  });
}

function refusal({ token, moduleName }: PinRequest, reason: TokenFault): TokenError {
  return new TokenError({ reason, module: moduleName, token: token.label }, 'unlocking a token');
}
