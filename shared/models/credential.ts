import type { KeyPlace, KeyType, ProfileInstallTarget, Purpose } from './enrollment-profile.ts';
import type { LocalizedText } from './text.ts';
import type { TokenIdentity } from './token.ts';
import type { Failure } from '../failure.ts';

/**
 * Where a credential can go: beside its key on a token, a store that programs read, or a file that the person exports.
 * Which stores a computer can install to is its own matter (`WalletSnapshot.installTargets`); `token` is for those
 * credentials whose key lies on one.
 */
export const installTargets = ['token', 'nss', 'file'] as const;
export type InstallTargetId = (typeof installTargets)[number];

// Browsers on Linux read the NSS database, and there is no other store that all programs share.
/** Which of them serve each wish of an offer: none for what this version cannot do yet. */
export const targetsServing: Readonly<Record<ProfileInstallTarget, readonly InstallTargetId[]>> = {
  browser: ['nss'],
  os: ['nss'],
  'eap-tls': [],
  file: [],
};

/** How it was shown that an installed credential works. */
export type Proof =
  | {
      readonly status: 'proven';
      readonly method: 'signature' | 'mutual-tls';
      /** The program that used the credential, e.g. `cmsutil`. */
      readonly by: string;
      readonly at: string;
    }
  | { readonly status: 'failed'; readonly failure: Failure; readonly at: string }
  | { readonly status: 'not-tried' };

export interface Installation {
  readonly target: InstallTargetId;
  /** Where it lies, for the person to find: a database or file path. */
  readonly location: string;
  readonly installedAt: string;
  readonly proofs: readonly Proof[];
}

/** One target's result at the end of an enrolment: partial success is success with a note. */
export type InstallResult =
  /** Being put there just now. */
  | { readonly target: InstallTargetId; readonly status: 'working' }
  | {
      readonly target: InstallTargetId;
      readonly status: 'installed';
      readonly installation: Installation;
    }
  | { readonly target: InstallTargetId; readonly status: 'failed'; readonly failure: Failure };

export interface CredentialSummary {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: LocalizedText;
  readonly offerId: string;
  readonly name: LocalizedText;
  readonly purpose: Purpose;
  /** The subject as a person would say it: an e-mail address or a common name. */
  readonly subject: string;
  readonly status: 'active' | 'expired' | 'revoked';
  readonly issuedAt: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly renewal: { readonly start: string; readonly end: string };
  readonly key: {
    readonly type: KeyType;
    readonly place: KeyPlace;
    readonly exportable: boolean;
    /** The token that has it. */
    readonly token?: TokenIdentity;
  };
  readonly installations: readonly Installation[];
}

export interface CertificateView {
  readonly subject: string;
  readonly issuer: string;
  /** Hex, as the certificate has it. */
  readonly serialNumber: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** `email:alex@example.test`, `dns:host.example`, … */
  readonly subjectAltNames: readonly string[];
  readonly keyUsages: readonly string[];
  readonly extendedKeyUsages: readonly string[];
  readonly sha256: string;
  readonly pem: string;
}

/** RFC 5280 §5.3.1 reasons that a person can give, the likeliest first. */
export const revocationReasons = [
  'keyCompromise',
  'superseded',
  'cessationOfOperation',
  'unspecified',
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export const activityEvents = [
  'organization-joined',
  'organization-left',
  'account-created',
  'order-created',
  'code-sent',
  'code-refused',
  'certificate-used',
  'passkey-used',
  'key-used',
  'proof-refused',
  'passkey-registered',
  'key-registered',
  'registration-removed',
  'authenticator-kept',
  'authenticator-forgotten',
  'certificate-issued',
  'credential-replaced',
  'installed',
  'proven',
  'removed-from-target',
  'token-key-made',
  'token-certificate-written',
  'token-key-removed',
  'token-pin-changed',
  'account-key-changed',
  'exported',
  'revoked',
  'enrollment-failed',
  'enrollment-cancelled',
] as const;

/** What the wallet did, for the person to read afterwards; never holds a secret. */
export interface ActivityEntry {
  readonly at: string;
  readonly event: (typeof activityEvents)[number];
  readonly organizationId?: string;
  readonly credentialId?: string;
  /** Short plain data, e.g. the host or the target. */
  readonly detail?: string;
}

export interface CredentialDetail extends CredentialSummary {
  /** Leaf first. */
  readonly chain: readonly CertificateView[];
  readonly history: readonly ActivityEntry[];
}
