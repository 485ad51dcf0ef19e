import type { Failure, InstallFault } from '../../shared/failure.ts';
import type { InstallTargetId, Proof } from '../../shared/models/credential.ts';
import type { TokenIdentity } from '../../shared/models/token.ts';

/** A place where programs look for credentials. Every method but `prove` throws `InstallError`. */
export interface InstallTarget {
  readonly id: InstallTargetId;
  /** Throws when `install` could not work, before anything is ordered. Changes nothing. */
  preflight(wish?: InstallWish): Promise<void>;
  /** Those of `known` that lie there, key and certificate. */
  list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]>;
  /** Repeating it for the same credential changes nothing. */
  install(credential: InstallableCredential): Promise<InstalledCredential>;
  /** Shows that programs can use it, one way after the other; what does not work is data, not an exception. */
  prove(installed: InstalledCredential, probe?: Probe): Promise<readonly Proof[]>;
  /** Removes what `install` put there, but for what `remaining` need; what is not there is no error. */
  remove(installed: InstalledCredential, remaining?: readonly KnownCredential[]): Promise<void>;
}

export interface InstallWish {
  /** The key will lie on a token. */
  readonly onToken: boolean;
}

export interface KnownCredential {
  readonly credentialId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Present when the key lies on a token. */
  readonly token?: TokenKey;
}

/** A key on a token, for targets whose programs reach it there. */
export interface TokenKey {
  readonly token: TokenIdentity;
  /** CKA_ID, lower-case hex. */
  readonly keyId: string;
  readonly modulePath: string;
  /** What the module calls itself. */
  readonly moduleName: string;
  /** Rejects when no program may load the module now: it would run as part of each. */
  readonly checkModule: () => Promise<void>;
  /** As `Signer.sign`; may ask the person for the PIN. */
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>;
}

export interface InstallableCredential extends KnownCredential {
  /** DER, the issuer of `certificate` first. Roots are left out. */
  readonly chain: readonly Uint8Array[];
  /** DER PKCS #8; the target zero-fills what it gets. `null`: the key cannot leave its place. */
  readonly exportPkcs8: (() => Promise<Uint8Array>) | null;
}

export interface InstalledCredential extends KnownCredential {
  /** For the person to find: a database or file path. */
  readonly location: string;
}

/** An https address that asks for a client certificate, and answers 2xx only to who shows a good one. */
export interface Probe {
  readonly url: string;
  /** DER roots that the server must chain to, e.g. of the organisation's profile. */
  readonly roots: readonly Uint8Array[];
}

export class InstallError extends Error {
  readonly code = 'install';
  readonly target: InstallTargetId | 'file';
  readonly reason: InstallFault;
  /** For the person beside the reason: how to get the tool, the path, the tool's error code. Never a secret. */
  readonly detail: string;

  constructor(
    target: InstallTargetId | 'file',
    reason: InstallFault,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`installing to ${target}: ${reason}: ${detail}`, options);
    this.name = 'InstallError';
    this.target = target;
    this.reason = reason;
    this.detail = detail;
  }

  toFailure(): Failure {
    return { code: 'install', target: this.target, reason: this.reason, detail: this.detail };
  }
}
