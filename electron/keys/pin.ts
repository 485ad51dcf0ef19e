import type { Failure } from '../../shared/failure.ts';
import type { LocalizedText } from '../../shared/models/text.ts';
import type { PinReason, PinState, TokenIdentity, TokenKind } from '../../shared/models/token.ts';

/** What is told to whoever is asked for a PIN. */
export interface PinRequest {
  readonly token: TokenIdentity & { readonly reader: string; readonly kind: TokenKind };
  /** What the module calls itself, for the error of an answer that is not given. */
  readonly moduleName: string;
  readonly reason: PinReason;
  readonly organizationName?: LocalizedText;
  readonly login: 'pin' | 'pin-pad';
  readonly pin: PinState;
  readonly pinLength: { readonly min: number; readonly max: number };
  /** How the last answer failed. */
  readonly failure?: Failure;
}

export interface PinAnswer {
  /** Zero-filled by whoever gets it. `null`: typed on the reader's PIN pad. */
  readonly pin: Uint8Array | null;
  /** The person knows that one wrong PIN more locks the token. */
  readonly acceptFinalTry: boolean;
  /** To be called when the answer was tried, however that went. */
  readonly tried: () => void;
}

/**
 * Asks the person, or whoever stands in, for a PIN: once per call. Rejects with `TokenError` `pin-cancelled` when it is
 * declined and `removed` when the token goes, and with the signal's reason.
 */
export type AskPin = (request: PinRequest, signal?: AbortSignal) => Promise<PinAnswer>;
