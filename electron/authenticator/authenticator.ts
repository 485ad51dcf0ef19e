import type { Sealer } from '../keystore/sealer.ts';
import { AuthenticatorError } from './authenticator-error.ts';
import { readSetup, type AuthenticatorSetup } from './setup.ts';

/** A set-up as it lies on the disk. */
export interface KeptSetup extends Omit<AuthenticatorSetup, 'secret' | 'counter'> {
  readonly organizationId: string;
  readonly sealed: Uint8Array;
}

/** Where set-ups lie, one for each organisation. Implemented by the wallet database. */
export interface SetupStore {
  /** Replaces what was kept. `next`: the first moment, counter or time step, of which a code may be made. */
  put(setup: KeptSetup, next: number): void;
  find(organizationId: string): KeptSetup | undefined;
  /**
   * Uses up the first moment in these bounds that is not, and all before it. It is on the disk when this returns;
   * undefined: there is none.
   */
  take(organizationId: string, bounds: Moments): number | undefined;
  /** Whether there was one. */
  remove(organizationId: string): boolean;
}

export interface Moments {
  readonly earliest: number;
  readonly latest: number;
}

/** What an answer to a challenge needs of the wallet's own authenticator. It is no second factor. */
export interface OwnCodes {
  /** Whether a code for such a challenge can be made, and may be. */
  offers(organizationId: string, type: string): boolean;
  /** A code that was never made before. Throws `AuthenticatorError`, `KeystoreError` or the reason of the signal. */
  code(organizationId: string, type: string, signal: AbortSignal): Promise<string>;
}

export interface AuthenticatorOptions {
  readonly sealer: Sealer;
  readonly store: SetupStore;
  /** Whether whoever administers this computer lets the wallet keep such secrets. */
  readonly isAllowed: () => Promise<boolean>;
  readonly now: () => Date;
  /** Milliseconds; rejects with the reason of the signal. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Servers take the code of the step after theirs as well (RFC 6238 §5.2). */
const stepsAhead = 1;

/**
 * Keeps the secrets of one-time codes, sealed, and makes the codes. Who has this computer has them too: they prove no
 * second factor, so it does nothing unless the managed policy says so.
 */
export class Authenticator implements OwnCodes {
  readonly #options: AuthenticatorOptions;
  /** Undefined until the policy was read once. */
  #wasAllowed: boolean | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  /** Reads the policy anew; until it was read once, nothing is allowed. */
  async refresh(): Promise<boolean> {
    const isAllowed = await this.#options.isAllowed();
    this.#wasAllowed = isAllowed;
    return isAllowed;
  }

  /** Keeps what a QR code says in place of what was kept. The caller zero-fills `text`. */
  async keep(organizationId: string, text: Uint8Array): Promise<void> {
    await this.#requireAllowed();
    const { secret, counter, ...setup } = readSetup(text);
    const { sealer, store } = this.#options;
    try {
      const sealed = await sealer.seal(secret, contextOf(organizationId));
      store.put({ ...setup, organizationId, sealed }, setup.kind === 'hotp' ? counter : 0);
    } finally {
      secret.fill(0);
    }
  }

  /** Allowed always. Whether anything was kept. */
  forget(organizationId: string): boolean {
    return this.#options.store.remove(organizationId);
  }

  /**
   * What the person is to know of it; undefined while it may do nothing and has nothing. `unused`: what is kept from when
   * it was allowed makes no codes, and can be forgotten.
   */
  standing(organizationId: string): 'possible' | 'kept' | 'unused' | undefined {
    if (this.#wasAllowed === undefined) return undefined;
    const isKept = this.#options.store.find(organizationId) !== undefined;
    if (this.#wasAllowed) return isKept ? 'kept' : 'possible';
    return isKept ? 'unused' : undefined;
  }

  offers(organizationId: string, type: string): boolean {
    return this.#wasAllowed === true && this.#find(organizationId, type) !== undefined;
  }

  async code(organizationId: string, type: string, signal: AbortSignal): Promise<string> {
    await this.#requireAllowed();
    const setup = this.#find(organizationId, type);
    if (setup === undefined) throw notKept();
    const secret = await this.#options.sealer.unseal(setup.sealed, contextOf(organizationId));
    try {
      // The moment is used up on the disk before its code leaves: a killed wallet repeats none.
      return await codeOf(setup, secret, await this.#take(setup, signal));
    } finally {
      secret.fill(0);
    }
  }

  async #take(setup: KeptSetup, signal: AbortSignal): Promise<number> {
    const { store, now, sleep } = this.#options;
    const { organizationId, kind, period } = setup;
    for (;;) {
      signal.throwIfAborted();
      const milliseconds = now().getTime();
      const step = Math.floor(milliseconds / 1000 / period);
      const bounds =
        kind === 'hotp'
          ? { earliest: 0, latest: Number.MAX_SAFE_INTEGER - 1 }
          : { earliest: step, latest: step + stepsAhead };
      const taken = store.take(organizationId, bounds);
      if (taken !== undefined) return taken;
      if (kind === 'hotp' || store.find(organizationId) === undefined) throw notKept();
      await sleep((step + 1) * period * 1000 - milliseconds, signal);
    }
  }

  #find(organizationId: string, type: string): KeptSetup | undefined {
    const setup = this.#options.store.find(organizationId);
    return setup !== undefined && type === `${setup.kind}-01` ? setup : undefined;
  }

  async #requireAllowed(): Promise<void> {
    if (!(await this.refresh())) {
      throw new AuthenticatorError('not-allowed', 'the managed policy does not allow it');
    }
  }
}

async function codeOf(setup: KeptSetup, secret: Uint8Array, moment: number): Promise<string> {
  // Few wallets make codes; the others need not load what does.
  const { generate } = await import('otplib/functional');
  const { kind, algorithm, digits, period } = setup;
  return kind === 'hotp'
    ? generate({ strategy: 'hotp', secret, algorithm, digits, counter: moment })
    : generate({ secret, algorithm, digits, period, epoch: moment * period });
}

const contextOf = (organizationId: string): string => `authenticator ${organizationId}`;

const notKept = (): AuthenticatorError =>
  new AuthenticatorError('not-kept', 'nothing is kept that makes such codes');
