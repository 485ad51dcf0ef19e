import type { TokenFault } from '../../../shared/failure.ts';
import { faultOfCkr, nameOfCkr } from './ckr.ts';

/** A PKCS #11 function refused, or what it returned cannot be. */
export class CryptokiError extends Error {
  readonly code = 'cryptoki';
  readonly fault: TokenFault;
  /** What the function answered, where it was a function that refused. */
  readonly ckr: number | undefined;
  /** Never what a module or a person said: our words, or the name of the code. */
  readonly detail: string | undefined;

  constructor(
    facts: { readonly fault: TokenFault; readonly ckr?: number; readonly detail?: string },
    options?: ErrorOptions,
  ) {
    const detail = facts.detail ?? (facts.ckr === undefined ? undefined : nameOfCkr(facts.ckr));
    super(`PKCS #11: ${facts.fault}${detail === undefined ? '' : ` (${detail})`}`, options);
    this.name = 'CryptokiError';
    this.fault = facts.fault;
    this.ckr = facts.ckr;
    this.detail = detail;
  }
}

/** The function answered something other than CKR_OK. */
export const refusedWith = (number: number): CryptokiError =>
  new CryptokiError({ fault: faultOfCkr(number), ckr: number });

/** The module returned something that cannot be so. */
export const malformed = (detail: string, cause?: unknown): CryptokiError =>
  new CryptokiError({ fault: 'malformed', detail }, { cause });

export const isCkr = (error: unknown, ...numbers: readonly number[]): boolean =>
  error instanceof CryptokiError && error.ckr !== undefined && numbers.includes(error.ckr);

/** What could not be had from the module, for whoever can do without. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof CryptokiError) return null;
    throw error;
  }
}
