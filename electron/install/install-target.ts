import type { Failure, InstallFault } from '../../shared/failure.ts';
import type { InstallTargetId, Proof } from '../../shared/models/credential.ts';

/** A place where programs look for credentials. Every method but `prove` throws `InstallError`. */
export interface InstallTarget {
  readonly id: InstallTargetId;
  /** Throws when `install` could not work, before anything is ordered. */
  preflight(): Promise<void>;
  /** The wallet's credentials that lie there now; those of other programs are left out. */
  list(): Promise<readonly InstalledCredential[]>;
  /** Repeating it for the same credential changes nothing. */
  install(credential: InstallableCredential): Promise<InstalledCredential>;
  /** Shows that programs can use it; a failed proof is data, not an exception. With a probe, one proof more. */
  prove(installed: InstalledCredential, probe?: Probe): Promise<readonly Proof[]>;
  /** Removes key and certificates; one that is not there is no error. */
  remove(installed: InstalledCredential): Promise<void>;
}

export interface InstallableCredential {
  readonly credentialId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, the issuer of `certificate` first; without the root. */
  readonly chain: readonly Uint8Array[];
  /** DER PKCS #8; the target zero-fills what it gets. `null`: the key cannot leave its place. */
  readonly exportPkcs8: (() => Promise<Uint8Array>) | null;
}

export interface InstalledCredential {
  readonly credentialId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** For the person to find: a database or file path. */
  readonly location: string;
}

/** An https address that asks for a client certificate. */
export interface Probe {
  readonly url: string;
  /** DER roots that the server must chain to, e.g. of the organisation's profile. */
  readonly roots: readonly Uint8Array[];
}

export class InstallError extends Error {
  readonly code = 'install';
  readonly target: InstallTargetId;
  readonly reason: InstallFault;
  /** For the person beside the reason: the missing package, the path, the tool's answer. Never a secret. */
  readonly detail: string;

  constructor(
    target: InstallTargetId,
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

/** PKCS #12 with one key, its certificate and the chain, as `electron/certificates` makes it. */
export type CreatePkcs12 = (content: Pkcs12Content) => Promise<Uint8Array>;

export interface Pkcs12Content {
  /** DER PKCS #8. */
  readonly privateKey: Uint8Array;
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[];
  readonly passphrase: string;
  readonly friendlyName: string;
}
