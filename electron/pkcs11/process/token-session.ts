import pkcs11js from 'pkcs11js';
import type { TokenFault } from '../../../shared/failure.ts';
import type { TokenIdentity } from '../../../shared/models/token.ts';
import { isSameIdentity } from '../same-identity.ts';
import type { LoginHold } from '../token-access.ts';
import { ckr } from './ckr.ts';
import { CryptokiError, isCkr } from './cryptoki-error.ts';
import { ck, type Cryptoki, type Handle } from './cryptoki.ts';
import type { TokenKey } from './known-keys.ts';
import { users, type LoginFunctions } from './login.ts';
import { readTokenState, type TokenState } from './token-state.ts';

type Pin = Uint8Array | null;

export interface PinTry {
  readonly pin: Pin;
  readonly acceptFinalTry: boolean;
}

const userStates: readonly number[] = [ck.CKS_RO_USER_FUNCTIONS, ck.CKS_RW_USER_FUNCTIONS];

/** One token in one slot, as long as it stays there: its session, and the login that all sessions of a program share. */
export class TokenSession {
  readonly slot: Handle;
  /** As it was when the session began. */
  readonly identity: TokenIdentity;
  readonly isWritable: boolean;
  /** What was found out about keys, by CKA_ID; it ends with the session, as handles do. */
  readonly known = new Map<string, TokenKey>();
  readonly #cryptoki: Cryptoki;
  readonly #functions: LoginFunctions;
  #handle: Handle;
  #usesLeft = 0;
  #until = 0;
  #timer: NodeJS.Timeout | undefined;
  #isInUse = false;
  /** The last try was right, and its login is still there. */
  #isPinRight = false;

  constructor(cryptoki: Cryptoki, functions: LoginFunctions, slot: Handle) {
    this.#cryptoki = cryptoki;
    this.#functions = functions;
    this.slot = slot;
    this.identity = readTokenState(cryptoki, slot).identity;
    const { handle, isWritable } = openSession(cryptoki, slot);
    this.#handle = handle;
    this.isWritable = isWritable;
  }

  get handle(): Handle {
    return this.#handle;
  }

  get state(): TokenState {
    const state = readTokenState(this.#cryptoki, this.slot);
    const isCounting = state.pin === 'final-try' || state.pin === 'count-low';
    // The right PIN ended the count; OpenSC goes on telling of it, because the card does not say while it is unlocked.
    const isOver = isCounting && this.#isPinRight && isSameIdentity(state.identity, this.identity);
    return isOver ? { ...state, pin: 'ok' } : state;
  }

  /** Throws `removed` when it is another's: modules may keep a session alive while the token is changed. */
  ownState(): TokenState {
    const { state } = this;
    if (!isSameIdentity(state.identity, this.identity)) throw anotherToken();
    return state;
  }

  get isLoggedIn(): boolean {
    const { state } = this.#cryptoki.call((module) => module.C_GetSessionInfo(this.handle));
    return userStates.includes(state);
  }

  /** Throws `CryptokiError` when the session has ended. */
  checkAlive(): void {
    this.#cryptoki.call((module) => module.C_GetSessionInfo(this.handle));
  }

  /** Another session, without the operation that this one is in; the login is the token's and stays. */
  renew(): void {
    const ended = this.#handle;
    this.#handle = openSession(this.#cryptoki, this.slot).handle;
    this.#cryptoki.call((module) => module.C_CloseSession(ended));
  }

  /** Does one thing with the login held; what ran out meanwhile ends afterwards. */
  async use<T>(work: () => Promise<T> | T): Promise<T> {
    this.#isInUse = true;
    try {
      return await work();
    } finally {
      this.#isInUse = false;
      this.#endWhatRanOut();
    }
  }

  /** A private key was used. */
  countUse(): void {
    this.#usesLeft -= 1;
  }

  async login(attempt: PinTry, hold: LoginHold): Promise<void> {
    if (!this.isLoggedIn) await this.#logInAs(users.user, attempt);
    this.#usesLeft = Math.max(this.#usesLeft, hold.uses);
    this.#until = Math.max(this.#until, performance.now() + hold.seconds * 1_000);
    this.#wakeAt(this.#until);
  }

  /** For the one operation that was begun with C_SignInit (CKA_ALWAYS_AUTHENTICATE). */
  async loginForOperation(attempt: PinTry): Promise<void> {
    await this.#logInAs(users.contextSpecific, attempt);
  }

  logout(): void {
    clearTimeout(this.#timer);
    this.#usesLeft = 0;
    this.#until = 0;
    this.#isPinRight = false;
    // Handles of private objects end with the login (PKCS #11 v3.0 §5.6.9).
    this.known.clear();
    if (this.isLoggedIn) this.#endLogin();
  }

  async changePin(current: PinTry, next: Pin): Promise<void> {
    this.#check(users.user, current);
    await this.#tryPin(users.user, () => this.#functions.setPin(this.handle, current.pin, next));
  }

  /** The security officer, whose PIN smart cards call PUK, sets the PIN of the user. */
  async unblockPin(officer: PinTry, next: Pin): Promise<void> {
    this.logout();
    await ofOfficer(() => this.#logInAs(users.securityOfficer, officer));
    try {
      await this.#functions.initPin(this.handle, next);
    } finally {
      this.#endLogin();
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    try {
      this.#cryptoki.call((module) => module.C_CloseSession(this.handle));
    } catch (error) {
      // It ended with the token.
      if (!(error instanceof CryptokiError)) throw error;
    }
  }

  /** PKCS #11 v3.0 §5.6.2: with the last session its login ends, where the module does not want to end it otherwise. */
  #endLogin(): void {
    try {
      this.#cryptoki.call((module) => module.C_Logout(this.handle));
    } catch (error) {
      if (!(error instanceof CryptokiError)) throw error;
      this.#cryptoki.call((module) => module.C_CloseAllSessions(this.slot));
    }
  }

  async #logInAs(user: (typeof users)[keyof typeof users], attempt: PinTry): Promise<void> {
    this.#check(user, attempt);
    await this.#tryPin(user, () => this.#functions.login(this.handle, user, attempt.pin));
  }

  /** Everything that is certain to fail is refused before the module hears of it, for it would count as a try. */
  #check(user: number, { pin, acceptFinalTry }: PinTry): void {
    // The last look before the PIN goes.
    const state = this.ownState();
    const found = user === users.securityOfficer ? state.puk : state.pin;
    if (found === 'not-set') throw new CryptokiError({ fault: 'pin-not-set' });
    if (found === 'locked') throw new CryptokiError({ fault: 'pin-locked' });
    if (found === 'final-try' && !acceptFinalTry) throw new CryptokiError({ fault: 'final-try' });
    if (pin?.byteLength === 0) throw new CryptokiError({ fault: 'pin-invalid' });
    if (pin === null && state.login !== 'pin-pad') throw new CryptokiError({ fault: 'pin-needed' });
  }

  async #tryPin(user: number, attempt: () => Promise<void>): Promise<void> {
    this.#isPinRight = false;
    try {
      await attempt();
      this.#isPinRight = user !== users.securityOfficer && this.isLoggedIn;
    } catch (error) {
      if (isCkr(error, ckr.CKR_USER_ALREADY_LOGGED_IN) && this.isLoggedIn) return;
      if (isCkr(error, ckr.CKR_PIN_INCORRECT) && this.#isLocked(user)) {
        throw new CryptokiError(
          { fault: 'pin-locked', ckr: ckr.CKR_PIN_INCORRECT },
          { cause: error },
        );
      }
      throw error;
    }
  }

  #isLocked(user: number): boolean {
    const { pin, puk } = this.state;
    return (user === users.securityOfficer ? puk : pin) === 'locked';
  }

  #wakeAt(time: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        if (!this.#isInUse) this.#endWhatRanOut();
      },
      Math.max(0, time - performance.now()),
    );
    this.#timer.unref();
  }

  #endWhatRanOut(): void {
    if (this.#until === 0) return;
    if (this.#usesLeft > 0 && performance.now() < this.#until) return;
    try {
      this.logout();
    } catch (error) {
      // A token that was pulled out has nobody logged in.
      if (!(error instanceof CryptokiError)) throw error;
    }
  }
}

const faultsOfOfficer: Readonly<Partial<Record<TokenFault, TokenFault>>> = {
  'pin-incorrect': 'puk-incorrect',
  'pin-locked': 'puk-locked',
  'final-try': 'puk-final-try',
};

/** PKCS #11 says the same of both PINs; what helps is another thing. */
async function ofOfficer(logIn: () => Promise<void>): Promise<void> {
  try {
    await logIn();
  } catch (error) {
    const fault = error instanceof CryptokiError ? faultsOfOfficer[error.fault] : undefined;
    if (fault === undefined) throw error;
    throw new CryptokiError({ fault, ...ckrOf(error) }, { cause: error });
  }
}

const ckrOf = (error: unknown): { readonly ckr?: number } =>
  error instanceof CryptokiError && error.ckr !== undefined ? { ckr: error.ckr } : {};

export const anotherToken = (): CryptokiError =>
  new CryptokiError({ fault: 'removed', detail: 'another token is there' });

function openSession(cryptoki: Cryptoki, slot: Handle): { handle: Handle; isWritable: boolean } {
  const open = (flags: number): Handle =>
    cryptoki.call((module) => module.C_OpenSession(slot, flags | pkcs11js.CKF_SERIAL_SESSION));
  try {
    return { handle: open(pkcs11js.CKF_RW_SESSION), isWritable: true };
  } catch (error) {
    if (!isCkr(error, ckr.CKR_TOKEN_WRITE_PROTECTED)) throw error;
    return { handle: open(0), isWritable: false };
  }
}
