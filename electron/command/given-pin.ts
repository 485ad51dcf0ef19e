import type { AskPin, PinRequest } from '../keys/pin.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { TokenFault } from '../../shared/failure.ts';
import type { SecretLines } from './secret-lines.ts';

export interface GivenPinOptions {
  /** Where the PIN comes from; `null`: nobody gave one. */
  readonly lines: Pick<SecretLines, 'next'> | null;
  readonly acceptFinalTry: boolean;
  /** Has a person type it on the reader. */
  readonly sayPinPad: (request: PinRequest) => void;
}

/** Answers questions for a PIN where nobody sits at a page. A PIN that was refused once is never tried again. */
export class GivenPin {
  readonly #options: GivenPinOptions;
  #pin: Promise<Uint8Array | null> | undefined;
  #wasRefused = false;

  constructor(options: GivenPinOptions) {
    this.#options = options;
  }

  readonly ask: AskPin = async (request, signal) => {
    const { acceptFinalTry, sayPinPad } = this.#options;
    const tried = (): void => undefined;
    signal?.throwIfAborted();
    const { failure } = request;
    if (failure !== undefined || this.#wasRefused) {
      this.#wasRefused = true;
      throw refusal(request, failure?.code === 'token' ? failure.reason : 'pin-incorrect');
    }
    if (request.pin === 'final-try' && !acceptFinalTry) throw refusal(request, 'final-try');
    if (request.login === 'pin-pad') {
      sayPinPad(request);
      return { pin: null, acceptFinalTry, tried };
    }
    const pin = await this.#read();
    if (pin === null || pin.length === 0) throw refusal(request, 'pin-needed');
    // Each receiver overwrites what it gets.
    return { pin: Uint8Array.from(pin), acceptFinalTry, tried };
  };

  /** Overwrites the PIN. */
  async close(): Promise<void> {
    const pin = await this.#pin?.catch(() => null);
    pin?.fill(0);
    this.#pin = undefined;
  }

  /** Once: there is one PIN, however often a token asks. */
  #read(): Promise<Uint8Array | null> {
    this.#pin ??= this.#options.lines?.next() ?? Promise.resolve(null);
    return this.#pin;
  }
}

function refusal({ token, moduleName }: PinRequest, reason: TokenFault): TokenError {
  return new TokenError({ reason, module: moduleName, token: token.label }, 'unlocking a token');
}
