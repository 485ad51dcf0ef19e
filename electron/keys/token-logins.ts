import type { Failure, TokenFault } from '../../shared/failure.ts';
import type {
  Login,
  LoginHold,
  TokenAccess,
  TokenLock,
  TokenReference,
} from '../pkcs11/token-access.ts';
import { ModuleError, TokenError } from '../pkcs11/token-error.ts';
import type { KeyUse } from './key-ring.ts';
import type { AskPin, PinAnswer, PinRequest } from './pin.ts';
import { pinFaults } from './token-findings.ts';
import { Turns } from './turns.ts';

/** Long enough for the steps of an enrolment that follow each other, and no longer. */
const defaultHold: LoginHold = { seconds: 120, uses: 8 };

/** What no organisation can have more of, whatever its profile says: the token is the person's. */
const longestHold: LoginHold = { seconds: 900, uses: 200 };

export interface TokenLoginsOptions {
  readonly tokens: Pick<TokenAccess, 'lockOf' | 'login' | 'logout' | 'tokenIdOf'>;
  readonly askPin: AskPin;
}

/** The login of one operation, for keys that want one each time (CKA_ALWAYS_AUTHENTICATE). */
export type OperationLogin = Omit<Login, 'hold'>;

/** May be run several times: it must not have done anything when it rejects with `pin-needed`. */
export type TokenWork<T> = (authentication?: OperationLogin) => Promise<T>;

interface User {
  readonly owner: KeyUse['owner'];
  readonly token: TokenReference;
}

/**
 * Unlocks tokens when that is needed, as often as the person answers, and never more often than they want. A login
 * serves whom the PIN was typed for and nobody else: to a token all its users look the same.
 */
export class TokenLogins {
  readonly #tokens: TokenLoginsOptions['tokens'];
  readonly #askPin: AskPin;
  readonly #turns = new Turns();
  /** Who used a token last, by its opaque id: a login that is there is theirs. */
  readonly #users = new Map<string, User>();
  /** Tokens whose PIN somebody is being asked for. */
  readonly #asking = new Set<string>();

  constructor({ tokens, askPin }: TokenLoginsOptions) {
    this.#tokens = tokens;
    this.#askPin = askPin;
  }

  /** Does the work, and asks for the PIN first where that is needed. Rejects with `TokenError` and `ModuleError`. */
  async with<T>(token: TokenReference, use: KeyUse, work: TokenWork<T>): Promise<T> {
    const { signal = new AbortController().signal } = use;
    signal.throwIfAborted();
    const tokenId = await this.#tokenIdOf(token);
    if (use.isUnattended === true && this.#asking.has(tokenId)) throw await this.#pinNeeded(token);
    // One after the other: nothing is done with the login of who came in between.
    return this.#turns.take(tokenId, signal, async () => {
      await this.#takeOver(tokenId, { token, owner: use.owner }, use);
      const first = await unlessPinNeeded(work);
      if (first.done) return first.value;
      if (use.isUnattended === true) throw first.error;
      return this.#whileAsking(tokenId, () => this.#unlock(token, use, work));
    });
  }

  /**
   * Asks for the PIN and lends it to the work, for programs of others that log in by themselves; only one with which this process
   * could log in, so that none of theirs spends a try. `null`: it is typed on the reader. Overwritten when the work is done.
   */
  async lend<T>(
    token: TokenReference,
    use: KeyUse,
    work: (pin: Uint8Array | null) => Promise<T>,
  ): Promise<T> {
    const { signal = new AbortController().signal } = use;
    const tokenId = await this.#tokenIdOf(token);
    if (use.isUnattended === true) throw await this.#pinNeeded(token);
    const pin = await this.#turns.take(tokenId, signal, async () => {
      await this.#takeOver(tokenId, { token, owner: use.owner }, use);
      const { isLoggedIn, login } = await this.#tokens.lockOf(token);
      if (isLoggedIn && login !== 'none') await this.#tokens.logout(token);
      return this.#whileAsking(tokenId, () => this.#logIn(token, use));
    });
    try {
      return await work(pin);
    } finally {
      pin?.fill(0);
    }
  }

  /** Ends every login that serves this owner, and waits for nobody. */
  async rest(owner: KeyUse['owner']): Promise<void> {
    for (const [tokenId, user] of [...this.#users]) {
      if (user.owner !== owner) continue;
      this.#users.delete(tokenId);
      try {
        await this.#tokens.logout(user.token);
      } catch (error) {
        // A token that is gone has forgotten its login; of any other nobody will believe that it is theirs.
        if (!(error instanceof TokenError || error instanceof ModuleError)) throw error;
      }
    }
  }

  /** A login that was for somebody else, or for nobody knows whom, ends; those that are alone leave it as it is. */
  async #takeOver(tokenId: string, user: User, { isUnattended }: KeyUse): Promise<void> {
    if (this.#users.get(tokenId)?.owner === user.owner) return;
    const { isLoggedIn, login } = await this.#tokens.lockOf(user.token);
    if (isLoggedIn && login !== 'none') {
      if (isUnattended === true) throw await this.#pinNeeded(user.token);
      await this.#tokens.logout(user.token);
    }
    this.#users.set(tokenId, user);
  }

  /** Looks once more where it is not known, and says then which error it is. */
  async #tokenIdOf(token: TokenReference): Promise<string> {
    const known = this.#tokens.tokenIdOf(token);
    if (known !== null) return known;
    const { moduleName: module } = await this.#tokens.lockOf(token);
    const found = this.#tokens.tokenIdOf(token);
    if (found !== null) return found;
    throw new TokenError({ reason: 'removed', module, token: token.label }, 'looking for a token');
  }

  async #pinNeeded(token: TokenReference): Promise<TokenError> {
    const { moduleName: module } = await this.#tokens.lockOf(token);
    const facts = { reason: 'pin-needed', module, token: token.label } as const;
    return new TokenError(facts, 'using a token with nobody there');
  }

  async #whileAsking<T>(tokenId: string, ask: () => Promise<T>): Promise<T> {
    this.#asking.add(tokenId);
    try {
      return await ask();
    } finally {
      this.#asking.delete(tokenId);
    }
  }

  #unlock<T>(token: TokenReference, use: KeyUse, work: TokenWork<T>): Promise<T> {
    return this.#withAnswers(token, use, (attempt) => this.#attempt(attempt, work));
  }

  /** A copy of the PIN that was right. */
  #logIn(token: TokenReference, use: KeyUse): Promise<Uint8Array | null> {
    return this.#withAnswers(token, use, async (attempt) => {
      await this.#tokens.login(token, { ...loginOf(attempt), hold: holdOf(use) });
      const { pin } = attempt.answer;
      return { done: true, value: pin && Uint8Array.from(pin) };
    });
  }

  async #withAnswers<T>(
    token: TokenReference,
    use: KeyUse,
    attempt: (attempt: Attempt) => Promise<Done<T>>,
  ): Promise<T> {
    let failure: Failure | undefined;
    for (;;) {
      const lock = await this.#tokens.lockOf(token);
      const answer = await this.#askPin(requestFor(lock, use, failure), use.signal);
      try {
        const outcome = await attempt({ token, lock, use, answer });
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

  /** Not done: the operation wants a PIN of its own, or on a PIN pad the same typed once more. */
  async #attempt<T>(attempt: Attempt, work: TokenWork<T>): Promise<Done<T>> {
    const { token, lock, use, answer } = attempt;
    if (!lock.isLoggedIn) {
      await this.#tokens.login(token, { ...loginOf(attempt), hold: holdOf(use) });
      // The person has done their part; making a key may take a while.
      answer.tried();
      const outcome = await unlessPinNeeded(work);
      if (outcome.done || answer.pin === null || !hasOnePin(token)) return outcome;
    }
    return { done: true, value: await work(loginOf(attempt)) };
  }
}

function holdOf({ hold = defaultHold }: KeyUse): LoginHold {
  return {
    seconds: Math.min(hold.seconds, longestHold.seconds),
    uses: Math.min(hold.uses, longestHold.uses),
  };
}

/** As OpenSC and Yubico's module write it. */
const pivManufacturers: readonly string[] = ['piv_II', 'Yubico (www.yubico.com)'];

/**
 * Whether the PIN of the login is known to be that of each signature as well, as for PIV (NIST SP 800-73-4 §3.2.1).
 * Other cards have one of its own for signatures, which would lose a try.
 */
const hasOnePin = ({ manufacturer }: TokenReference): boolean =>
  pivManufacturers.includes(manufacturer);

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

const loginOf = ({ answer: { pin, acceptFinalTry }, lock }: Attempt): OperationLogin => ({
  // Each receiver overwrites what it gets.
  pin: pin && Uint8Array.from(pin),
  acceptFinalTry,
  sighting: lock.sighting,
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
  lock: TokenLock,
  { reason, organizationName }: KeyUse,
  failure: Failure | undefined,
): PinRequest {
  const { login, pin, pinLength, kind, reader, moduleName, sighting } = lock;
  const fault = login === 'none' ? 'refused' : pinFaults[pin];
  if (login === 'none' || fault !== undefined) {
    const facts = {
      reason: fault ?? 'refused',
      module: moduleName,
      token: sighting.identity.label,
    } as const;
    throw new TokenError(facts, 'unlocking a token');
  }
  return {
    // As it is now, not as it was remembered: that is what the PIN will be for.
    token: { ...sighting.identity, reader, kind },
    ...{ moduleName, reason, login, pin, pinLength },
    ...(organizationName && { organizationName }),
    ...(failure && { failure }),
  };
}
