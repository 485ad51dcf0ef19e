import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type {
  ModuleView,
  TokenIdentity,
  TokenKind,
  TokenLogin,
} from '../../shared/models/token.ts';
import type { PinState } from '../../shared/models/token.ts';

/**
 * Which token is meant, for good: what is written on it, and the module by which it was used last. Sessions, slots and
 * handles are none of it. Serial numbers decide; label and module only where several tokens have the same.
 */
export interface TokenReference extends TokenIdentity {
  readonly modulePath: string;
}

/** Which key is meant, for good. */
export interface TokenKeyReference {
  readonly token: TokenReference;
  /** CKA_ID, lower-case hex. */
  readonly id: string;
}

/** A token as it was seen in one place: what a PIN is meant for, and no other. */
export interface TokenSighting {
  readonly modulePath: string;
  /** CK_SLOT_ID, hex. */
  readonly slot: string;
  readonly identity: TokenIdentity;
}

/** How a token is to be unlocked, as it says now. */
export interface TokenLock {
  /** To be shown to the person, and to come back with their PIN. */
  readonly sighting: TokenSighting;
  readonly login: TokenLogin;
  readonly pin: PinState;
  readonly pinLength: { readonly min: number; readonly max: number };
  readonly kind: TokenKind;
  readonly reader: string;
  readonly moduleName: string;
  readonly isLoggedIn: boolean;
}

/** How long a login is kept once it is there: the first limit that is reached ends it. */
export interface LoginHold {
  readonly seconds: number;
  /** Uses of private keys. */
  readonly uses: number;
}

export interface Login {
  /** Zero-filled by whoever gets it. `null`: typed on the reader's PIN pad. */
  readonly pin: Uint8Array | null;
  /** Without it a token that has one try left refuses with `final-try`, and no try is spent. */
  readonly acceptFinalTry: boolean;
  readonly hold: LoginHold;
  /** What the person was shown: a PIN that is for it is not tried on another token, that is `removed`. */
  readonly sighting?: TokenSighting;
}

export interface FoundKey {
  readonly type: KeyType;
  /** DER SubjectPublicKeyInfo. */
  readonly publicSpki: Uint8Array;
  readonly alwaysAuthenticate: boolean;
  /** Whether the private half can leave the token; so also where the token does not say that it cannot. */
  readonly isExtractable: boolean;
  /** CKA_NEVER_EXTRACTABLE and CKA_LOCAL; false where the token does not say it. */
  readonly neverExtractable: boolean;
  readonly local: boolean;
}

export interface NewTokenKey {
  readonly type: KeyType;
  /** CKA_ID, lower-case hex; chosen before, so that a journal knows it. */
  readonly id: string;
  /** CKA_LABEL. */
  readonly label: string;
}

export interface SignatureRequest {
  readonly type: KeyType;
  /** What is signed, not its hash. */
  readonly data: Uint8Array;
  /** For keys with CKA_ALWAYS_AUTHENTICATE: the login of this one operation. Zero-filled by whoever gets it. */
  readonly authentication?: Omit<Login, 'hold'>;
}

/** A certificate as it lies on a token. */
export interface StoredTokenCertificate {
  /** CKA_ID, lower-case hex; empty where it has none. */
  readonly keyId: string;
  /** DER, unless the token says that something else is one. */
  readonly certificate: Uint8Array;
}

export interface TokenCertificates {
  readonly label: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, issuer first, without the root. */
  readonly chain: readonly Uint8Array[];
  /** SHA-256, hex, of the certificate beside the key that may be taken away for it, on cards with room for one. */
  readonly replaces?: string;
}

export interface PinChange {
  /** The PIN, or the PUK when the PIN is being unblocked; `null` twice: on the reader's PIN pad. */
  readonly current: Uint8Array | null;
  readonly next: Uint8Array | null;
  readonly acceptFinalTry: boolean;
}

/**
 * All tokens of this computer, whichever module shows them. Every method rejects with `TokenError` or `ModuleError`,
 * which name the module; a crash or a hang of a module costs the one call, and the module is started again.
 * Secrets that are passed in are zero-filled when the call ends.
 */
export interface TokenAccess {
  /** Starts the modules unless that was done; resolves when each has answered or failed. */
  watch(): Promise<void>;
  /** Looks again, and gives modules that failed another try. */
  refresh(): Promise<void>;
  /** What is plugged in, as far as it is known; owners and credentials are not known here (`foreign`). */
  readonly modules: readonly ModuleView[];
  readonly status: 'not-looked' | 'looking' | 'ready';
  /** Called after each change of `modules` or `status`. */
  subscribe(listener: () => void): () => void;
  /** The token behind an opaque id of the view; throws `TokenError` `not-present`. */
  referenceOf(tokenId: string): TokenReference;
  /** The opaque id of a token that is there now, or `null`. */
  tokenIdOf(token: TokenReference): string | null;

  lockOf(token: TokenReference): Promise<TokenLock>;
  login(token: TokenReference, login: Login): Promise<void>;
  logout(token: TokenReference): Promise<void>;
  /** Ends all logins, as whoever goes away wants it; a module that does not obey keeps no other from it. */
  logoutAll(): Promise<void>;
  /** `pin-needed` when nobody is logged in. Non-extractable and sensitive, always. A key with that CKA_ID is `refused`. */
  generateKeyPair(token: TokenReference, key: NewTokenKey): Promise<FoundKey>;
  /**
   * `null`: nothing by that CKA_ID. `incomplete`: made by half, or not to be seen before login (`pin-needed` then).
   */
  findKey(key: TokenKeyReference): Promise<FoundKey | 'incomplete' | null>;
  /** As `Signer.sign`: ECDSA as r‖s, RSA PKCS #1 v1.5, Ed25519. `pin-needed` when a login (of the operation) is missing. */
  sign(key: TokenKeyReference, request: SignatureRequest): Promise<Uint8Array>;
  /** All that can be read without a login, as they lie there; very many and very large ones are left out. */
  readCertificates(token: TokenReference): Promise<readonly StoredTokenCertificate[]>;
  /** Certificate and chain beside the key, under its CKA_ID; those that are there are left as they are. */
  writeCertificates(key: TokenKeyReference, certificates: TokenCertificates): Promise<void>;
  /** Key pair and certificates of that CKA_ID; of the chain that was written beside it, DER, what no other needs. */
  remove(key: TokenKeyReference, chain?: readonly Uint8Array[]): Promise<void>;
  /** Takes away only certificates that were written beside a key, as DER; those of them that are not there are no error. */
  removeCertificates(key: TokenKeyReference, certificates: readonly Uint8Array[]): Promise<void>;
  changePin(token: TokenReference, change: PinChange): Promise<void>;
  unblockPin(token: TokenReference, change: PinChange): Promise<void>;

  /** Rejects with `ModuleError` unless that module is used here, and its file can serve as it is at this moment. */
  checkModule(path: string): Promise<void>;
  /** Checks a file and uses it as a module from now on. */
  addModule(path: string): Promise<void>;
  /** Throws when the module was not added by the person. */
  forgetModule(moduleId: string): Promise<void>;
  close(): Promise<void>;
}
