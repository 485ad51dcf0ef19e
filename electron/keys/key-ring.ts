import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { LocalizedText } from '../../shared/models/text.ts';
import type { PinReason } from '../../shared/models/token.ts';
import type {
  LoginHold,
  TokenCertificates,
  TokenKeyReference,
  TokenReference,
} from '../pkcs11/token-access.ts';
import type { Signer } from './signer.ts';
import type { SoftwareKeys } from './software-keys.ts';
import type { KeyOnToken, KeyReport, TokenKeys } from './token-keys.ts';

/** Where a key is made, or is. */
export type KeyHome =
  | { readonly place: 'software' | 'os' }
  | {
      readonly place: 'token' | 'tpm';
      readonly token: TokenReference;
      /** CKA_ID, hex, of a key that is there and is used in place of a new one. */
      readonly existing?: string;
    };

export interface KeyRequest {
  /** Chosen before, so that a journal knows it. */
  readonly id: string;
  readonly type: KeyType;
  readonly home: KeyHome;
  /** What the key is called on a token. */
  readonly label: string;
}

/** What a key is wanted for: all that the person is told when a token has to be unlocked for it. */
export interface KeyUse {
  readonly reason: PinReason;
  /** Who may use a login that the PIN is typed for: nobody with another name can. */
  readonly owner: string;
  readonly organizationName?: LocalizedText;
  readonly hold?: LoginHold;
  /** Ends waiting for the person. */
  readonly signal?: AbortSignal;
  /** Nobody is there: what needs a PIN fails with `pin-needed`. */
  readonly isUnattended?: boolean;
}

/** Keys of the operating system's own store; they need nobody at the keyboard. `OsKeys` is one. */
export interface OsKeyRing {
  /** What it can make. */
  readonly types: readonly KeyType[];
  /** `null`: no key by that id. */
  find(keyId: string): Promise<object | null>;
  generate(type: KeyType, keyId: string): Promise<unknown>;
  signer(keyId: string): Promise<Signer>;
  /** A key that is not there is no error. */
  remove(keyId: string): Promise<void>;
}

export interface KeyRingOptions {
  readonly software: SoftwareKeys;
  readonly tokens: TokenKeys;
  /** `null` where the operating system has no such store. */
  readonly os: OsKeyRing | null;
}

/** A kind of place is not on this computer. */
export class KeyPlaceError extends Error {
  readonly code = 'key-place';
  readonly place: KeyHome['place'];

  constructor(place: KeyHome['place']) {
    super(`no keys can be kept in the place ${place} here`);
    this.name = 'KeyPlaceError';
    this.place = place;
  }
}

/**
 * Private keys by id, wherever they live. Throws `KeystoreError` for software keys, `TokenError` and `ModuleError` for
 * those on tokens, and `KeyNotFoundError`.
 */
export class KeyRing {
  readonly #software: SoftwareKeys;
  readonly #tokens: TokenKeys;
  readonly #os: OsKeyRing | null;

  constructor({ software, tokens, os }: KeyRingOptions) {
    this.#software = software;
    this.#tokens = tokens;
    this.#os = os;
  }

  /** What the operating system's own store can make. */
  get osTypes(): readonly KeyType[] {
    return this.#os?.types ?? [];
  }

  /** Makes the key, or takes the existing one over, unless that was done before the wallet stopped. */
  async ensure(request: KeyRequest, use: KeyUse): Promise<void> {
    const { id, type, home } = request;
    switch (home.place) {
      case 'software':
        if (!this.#software.has(id)) await this.#software.generate(type, id);
        return;
      case 'os':
        if (this.#os === null) throw new KeyPlaceError('os');
        if ((await this.#os.find(id)) === null) await this.#os.generate(type, id);
        return;
      case 'token':
      case 'tpm': {
        const { token, existing } = home;
        const { label } = request;
        await this.#tokens.ensure({ id, type, token, label, existing }, use);
      }
    }
  }

  /** A token is unlocked when the signer signs, not here. */
  async signer(keyId: string, use: KeyUse): Promise<Signer> {
    if (this.#tokens.has(keyId)) return this.#tokens.signer(keyId, use);
    const os = await this.#osWith(keyId);
    return (os ?? this.#software).signer(keyId);
  }

  /**
   * Asks for the PIN of a key's token and lends it to programs of others that log in by themselves; `null`: it is typed on the
   * reader. It was right, and is overwritten when the work is done.
   */
  async lendPin<T>(
    keyId: string,
    use: KeyUse,
    work: (pin: Uint8Array | null) => Promise<T>,
  ): Promise<T> {
    return this.#tokens.lendPin(keyId, use, work);
  }

  /** Of a key on a token that the wallet did not make; its certificate says what its public half is (SPKI, DER). */
  signerOnToken(key: TokenKeyReference, publicSpki: Uint8Array, use: KeyUse): Promise<Signer> {
    return this.#tokens.foreignSigner(key, publicSpki, use);
  }

  /** DER PKCS #8 in clear, of software keys only. The caller must zero-fill it after use. */
  exportPkcs8(keyId: string): Promise<Uint8Array> {
    return this.#software.exportPkcs8(keyId);
  }

  /**
   * For good; a key that is not there is no error. A key that was on its token before stays there. `chain`: the issuers,
   * DER, that were written beside it there.
   */
  async remove(keyId: string, use: KeyUse, chain?: readonly Uint8Array[]): Promise<void> {
    if (this.#tokens.has(keyId)) {
      await this.#tokens.remove(keyId, use, chain);
      return;
    }
    const os = await this.#osWith(keyId);
    await (os ?? this.#software).remove(keyId);
  }

  /**
   * As `remove`, of a key that nothing needs any more: one that its token does not let go now is remembered as left
   * behind, to be removed when the token is there.
   */
  async abandon(keyId: string, use: KeyUse): Promise<void> {
    if (this.#tokens.has(keyId)) await this.#tokens.abandon(keyId, use);
    else await this.remove(keyId, use);
  }

  /** As `abandon`, without a word to the token. */
  async leaveBehind(keyId: string): Promise<void> {
    if (this.#tokens.has(keyId)) this.#tokens.leaveBehind(keyId);
    else await this.remove(keyId, { reason: 'remove-key', owner: keyId });
  }

  /** `null`: the key is on no token. */
  onToken(keyId: string): KeyOnToken | null {
    return this.#tokens.onToken(keyId);
  }

  /** What its token says of a key; `null` where there is nobody to say it. */
  async report(keyId: string, use: KeyUse): Promise<KeyReport | null> {
    return this.#tokens.has(keyId) ? this.#tokens.report(keyId, use) : null;
  }

  /** Rejects with `ModuleError` when programs must not load the module of that key on a token. */
  checkModule(keyId: string): Promise<void> {
    return this.#tokens.checkModule(keyId);
  }

  /** Certificate and chain beside the key. */
  writeCertificates(keyId: string, certificates: TokenCertificates, use: KeyUse): Promise<void> {
    return this.#tokens.writeCertificates(keyId, certificates, use);
  }

  /** What `writeCertificates` wrote; it goes with the key where the wallet made that. */
  removeCertificates(
    keyId: string,
    certificates: readonly Uint8Array[],
    use: KeyUse,
  ): Promise<void> {
    return this.#tokens.removeCertificates(keyId, certificates, use);
  }

  /** Ends the logins that were held for an owner, also of tokens whose keys are forgotten by now. */
  async rest(owner: KeyUse['owner']): Promise<void> {
    await this.#tokens.rest(owner);
  }

  async #osWith(keyId: string): Promise<OsKeyRing | null> {
    if (this.#os === null || this.#software.has(keyId)) return null;
    return (await this.#os.find(keyId)) === null ? null : this.#os;
  }
}
