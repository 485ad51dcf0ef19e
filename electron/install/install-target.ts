import type { Failure, InstallFault, ProofLink } from '../../shared/failure.ts';
import type { InstallTargetId, Proof } from '../../shared/models/credential.ts';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
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
  /**
   * Shows that programs can use it, in the order of `proofMethods`; what does not work is data, not an exception, and ends it: what
   * comes after it would fail for the same cause.
   */
  prove(installed: InstalledCredential, probes?: Probes): Promise<readonly Proof[]>;
  /**
   * Has programs that are offered `from` be offered `to` alone, which is installed there and proven. Repeating it changes nothing.
   * `remaining`: all other credentials of the wallet, `to` among them.
   */
  rebind(
    from: InstalledCredential,
    to: InstalledCredential,
    remaining: readonly KnownCredential[],
  ): Promise<void>;
  /**
   * Removes what `install` put there, but for what `remaining` need; what is not there is no error. Also half of it: an
   * `install` that was interrupted has told no location, which is empty then.
   */
  remove(installed: InstalledCredential, remaining?: readonly KnownCredential[]): Promise<void>;
}

export interface InstallWish {
  /** The key will lie on a token. */
  readonly onToken: boolean;
  /** By which programs reach the token. */
  readonly modulePath?: string | undefined;
  readonly keyType?: KeyType;
  readonly networks?: readonly NetworkDescription[] | undefined;
}

export interface KnownCredential {
  readonly credentialId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** Present when the key lies on a token. */
  readonly token?: TokenKey;
  /** Nobody is there to be asked for a password: what takes one is refused as `administrator-needed`, and changes nothing. */
  readonly isUnattended?: boolean;
  /** Present when the operating system keeps the key. */
  readonly osKey?: OsKey;
}

/** A key that the operating system keeps, for targets whose programs get it from there. */
export interface OsKey {
  /** What it is called there: a name of CNG's, or the application tag of a keychain's. */
  readonly name: string;
  /** As `Signer.sign`. */
  readonly sign: (data: Uint8Array) => Promise<Uint8Array>;
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
  /**
   * Asks the person for the PIN and lends it to programs that log in by themselves; `null`: it is typed on the reader. It is
   * the right one, and overwritten afterwards. Unlocks the key for `sign` too.
   */
  readonly lendPin: <T>(work: (pin: Uint8Array | null) => Promise<T>) => Promise<T>;
}

export interface InstallableCredential extends KnownCredential {
  /** What network targets make of it. */
  readonly networks?: readonly NetworkDescription[];
  /** DER, the issuer of `certificate` first. Roots are left out. */
  readonly chain: readonly Uint8Array[];
  /** DER PKCS #8; the target zero-fills what it gets. `null`: the key cannot leave its place. */
  readonly exportPkcs8: (() => Promise<Uint8Array>) | null;
}

export interface InstalledCredential extends KnownCredential {
  readonly networks?: readonly NetworkDescription[];
  /** For the person to find: a database or file path. */
  readonly location: string;
}

/** Where an installed credential can be tried out; each target tries what its programs can. */
export interface Probes {
  readonly page?: Probe;
  readonly radius?: RadiusProbe;
  /** The network itself may be joined for a try. */
  readonly network?: boolean;
  /** DER: where the credential's chain has to lead, the organisation's roots or else the last that was issued along with it. */
  readonly anchors?: readonly Uint8Array[];
}

/** A RADIUS server for tests (RFC 2865). */
export interface RadiusProbe {
  readonly host: string;
  readonly port: number;
  /** Known to all who read the profile. */
  readonly secret: string;
  /** The server may be this computer: for organisations that are there themselves. */
  readonly mayStayHere?: boolean;
}

/** An https address that asks for a client certificate, and answers 2xx only to who shows a good one. */
export interface Probe {
  readonly url: string;
  /** DER roots that the server must chain to, e.g. of the organisation's profile. */
  readonly roots: readonly Uint8Array[];
}

export class InstallError extends Error {
  readonly code = 'install';
  readonly target: InstallTargetId;
  readonly reason: InstallFault;
  /** For the person beside the reason: how to get the tool, the path, the tool's error code. Never a secret. */
  readonly detail: string;
  /** Of `proof-failed`: what is broken, where that was found out. */
  readonly link: ProofLink | undefined;

  constructor(
    target: InstallTargetId,
    reason: InstallFault,
    detail: string,
    options: ErrorOptions & { readonly link?: ProofLink } = {},
  ) {
    super(`installing to ${target}: ${reason}: ${detail}`, options);
    this.link = options.link;
    this.name = 'InstallError';
    this.target = target;
    this.reason = reason;
    this.detail = detail;
  }

  /** The same of another target that is built of the same parts. */
  at(target: InstallTargetId): InstallError {
    if (target === this.target) return this;
    const { reason, detail, link, cause } = this;
    return new InstallError(target, reason, detail, { cause, ...(link && { link }) });
  }

  toFailure(): Failure {
    const { target, reason, detail, link } = this;
    return { code: 'install', target, reason, detail, ...(link && { link }) };
  }
}
