import type { TokenIdentity } from '../../../shared/models/token.ts';
import { isSameIdentity } from '../same-identity.ts';
import { isEndOfSession } from './ckr.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { slotName, type Cryptoki, type Handle } from './cryptoki.ts';
import type { LoginFunctions } from './login.ts';
import { anotherToken, TokenSession } from './token-session.ts';
import { readTokenState, type TokenState } from './token-state.ts';

/** The sessions of a module, one for each token, opened when they are needed. */
export class TokenSessions {
  readonly #cryptoki: Cryptoki;
  readonly #functions: LoginFunctions;
  readonly #sessions = new Map<string, TokenSession>();

  constructor(cryptoki: Cryptoki, functions: LoginFunctions) {
    this.#cryptoki = cryptoki;
    this.#functions = functions;
  }

  /** The token that was in the slot when main asked; another one is `removed`. */
  async with<T>(
    { slot, token }: { readonly slot: string; readonly token: TokenIdentity },
    work: (session: TokenSession) => Promise<T> | T,
  ): Promise<T> {
    try {
      const session = this.#sessionWith(Buffer.from(slot, 'hex'), token);
      return await session.use(() => work(session));
    } catch (error) {
      throw this.#judge(slot, error);
    }
  }

  #sessionWith(slot: Handle, token: TokenIdentity): TokenSession {
    const session = this.of(slot);
    if (isSameIdentity(session.identity, token)) return session;
    // It may have begun before that was written on the token.
    const { identity } = readTokenState(this.#cryptoki, slot);
    if (!isSameIdentity(identity, token)) throw anotherToken();
    this.drop(slotName(slot));
    const again = this.of(slot);
    if (!isSameIdentity(again.identity, token)) throw anotherToken();
    return again;
  }

  /** Where a module gives objects wrong handles after some were removed, it begins anew. */
  removed(): void {
    if (!this.#cryptoki.quirks.mixesUpHandles) return;
    for (const name of [...this.#sessions.keys()]) this.drop(name);
    this.#cryptoki.restart();
  }

  /** Opens one unless there is one that lives. */
  of(slot: Handle): TokenSession {
    const name = slot.toString('hex');
    const known = this.#sessions.get(name);
    if (known !== undefined && this.#lives(known)) return known;
    this.drop(name);
    const session = new TokenSession(this.#cryptoki, this.#functions, slot);
    this.#sessions.set(name, session);
    return session;
  }

  /** Of the token that is in the slot now, whether it was used before or not. */
  stateOf(slot: Handle): TokenState {
    const known = this.#sessions.get(slot.toString('hex'));
    return known?.state ?? readTokenState(this.#cryptoki, slot);
  }

  drop(name: string): void {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    session?.close();
  }

  #lives(session: TokenSession): boolean {
    try {
      session.checkAlive();
      return true;
    } catch (error) {
      if (error instanceof CryptokiError) return false;
      throw error;
    }
  }

  /** Modules give many names to the end of a token: whether it is there is the better answer. */
  #judge(slot: string, error: unknown): unknown {
    if (!(error instanceof CryptokiError) || error.ckr === undefined) return error;
    if (isEndOfSession(error.ckr)) {
      this.drop(slot);
      return error;
    }
    if (error.fault !== 'refused' && error.fault !== 'not-present') return error;
    if (this.#isThere(slot)) return error;
    this.drop(slot);
    return new CryptokiError({ fault: 'removed', ckr: error.ckr }, { cause: error });
  }

  #isThere(slot: string): boolean {
    try {
      return this.#cryptoki.isTokenPresent(Buffer.from(slot, 'hex'));
    } catch (error) {
      if (error instanceof CryptokiError) return false;
      throw error;
    }
  }
}
