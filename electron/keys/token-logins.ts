import type { Failure, TokenFault } from '../../shared/failure.ts';
import type {
  Login,
  LoginHold,
  TokenAccess,
  TokenLock,
  TokenReference,
} from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import type { KeyUse } from './key-ring.ts';
import type { AskPin, PinAnswer, PinRequest } from './pin.ts';
import { pinFaults } from './token-findings.ts';
import { Turns } from './turns.ts';

/** Long enough for the steps of an enrolment that follow each other, and no longer. */
export const defaultHold: LoginHold = { seconds: 120, uses: 8 };

export interface TokenLoginsOptions {
  readonly tokens: Pick<TokenAccess, 'lockOf' | 'login'>;
  readonly askPin: AskPin;
}

/** The login of one operation, for keys that want one each time (CKA_ALWAYS_AUTHENTICATE). */
export type OperationLogin = Pick<Login, 'pin' | 'acceptFinalTry'>;

/** May be run several times: it must not have done anything when it rejects with `pin-needed`. */
export type TokenWork<T> = (authentication?: OperationLogin) => Promise<T>;

/** Unlocks tokens when that is needed, as often as the person answers, and never more often than they want. */
export class TokenLogins {
  readonly #tokens: TokenLoginsOptions['tokens'];
  readonly #askPin: AskPin;
  readonly #turns = new Turns();

  constructor({ tokens, askPin }: TokenLoginsOptions) {
    this.#tokens = tokens;
    this.#askPin = askPin;
  }

  /** Does the work, and asks for the PIN first where that is needed. Rejects with `TokenError` and `ModuleError`. */
  async with<T>(token: TokenReference, use: KeyUse, work: TokenWork<T>): Promise<T> {
    const { signal = new AbortController().signal } = use;
    signal.throwIfAborted();
    const first = await unlessPinNeeded(work);
    if (first.done) return first.value;
    if (use.isUnattended === true) throw first.error;
    const { serial, label, modulePath } = token;
    // One question per token: whoever waited finds it unlocked.
    return this.#turns.take(JSON.stringify([serial, label, modulePath]), signal, async () => {
      const { isLoggedIn } = await this.#tokens.lockOf(token);
      const again = isLoggedIn ? await unlessPinNeeded(work) : first;
      return again.done ? again.value : this.#unlock(token, use, work);
    });
  }

  async #unlock<T>(token: TokenReference, use: KeyUse, work: TokenWork<T>): Promise<T> {
    let failure: Failure | undefined;
    for (;;) {
      const lock = await this.#tokens.lockOf(token);
      const answer = await this.#askPin(requestFor(token, lock, use, failure), use.signal);
      try {
        const outcome = await this.#attempt({ token, lock, use, answer }, work);
        if (outcome.done) return outcome.value;
        failure = undefined;
      } catch (error) {
        if (!mayBeAskedAgain(error)) throw error;
        failure = error.toFailure();
      } finally {
        answer.pin?.fill(0);
        answer.tried();
      }
    }
  }

  /** Not done: on a PIN pad the operation wants the PIN typed once more. */
  async #attempt<T>({ token, lock, use, answer }: Attempt, work: TokenWork<T>): Promise<Done<T>> {
    if (!lock.isLoggedIn) {
      await this.#tokens.login(token, { ...copyOf(answer), hold: use.hold ?? defaultHold });
      // The person has done their part; making a key may take a while.
      answer.tried();
      const outcome = await unlessPinNeeded(work);
      if (outcome.done || answer.pin === null) return outcome;
    }
    return { done: true, value: await work(copyOf(answer)) };
  }
}

interface Attempt {
  readonly token: TokenReference;
  readonly lock: TokenLock;
  readonly use: KeyUse;
  readonly answer: PinAnswer;
}

type Done<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly error: TokenError };

async function unlessPinNeeded<T>(work: TokenWork<T>): Promise<Done<T>> {
  try {
    return { done: true, value: await work() };
  } catch (error) {
    if (error instanceof TokenError && error.reason === 'pin-needed') return { done: false, error };
    throw error;
  }
}

const copyOf = ({ pin, acceptFinalTry }: PinAnswer): OperationLogin => ({
  // Each receiver overwrites what it gets.
  pin: pin && Uint8Array.from(pin),
  acceptFinalTry,
});

const repeatable: readonly TokenFault[] = [
  'pin-incorrect',
  'pin-invalid',
  'pin-timed-out',
  'final-try',
];

const mayBeAskedAgain = (error: unknown): error is TokenError =>
  error instanceof TokenError && repeatable.includes(error.reason);

function requestFor(
  token: TokenReference,
  lock: TokenLock,
  { reason, organizationName }: KeyUse,
  failure: Failure | undefined,
): PinRequest {
  const { login, pin, pinLength, kind, reader, moduleName } = lock;
  const fault = login === 'none' ? 'refused' : pinFaults[pin];
  const { label, manufacturer, model, serial } = token;
  if (login === 'none' || fault !== undefined) {
    const facts = { reason: fault ?? 'refused', module: moduleName, token: label } as const;
    throw new TokenError(facts, 'unlocking a token');
  }
  return {
    token: { label, manufacturer, model, serial, reader, kind },
    ...{ moduleName, reason, login, pin, pinLength },
    ...(organizationName && { organizationName }),
    ...(failure && { failure }),
  };
}
