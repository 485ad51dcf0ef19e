import type { KeyPlace, KeyType, ProfileInstallTarget, Purpose } from './enrollment-profile.ts';
import type { NetworkView } from './network.ts';
import type { LocalizedText } from './text.ts';
import type { TokenIdentity } from './token.ts';
import type { Failure } from '../failure.ts';

/**
 * Where a credential can go: beside its key on a token, a store that programs read, or a file that the person exports.
 * Which stores a computer can install to is its own matter (`WalletSnapshot.installTargets`); `token` is for those
 * credentials whose key lies on one.
 */
export const installTargets = [
  'token',
  'nss',
  'firefox',
  'network-manager',
  'wpa-supplicant',
  'iwd',
  'windows-store',
  'windows-network',
  'keychain',
  'macos-network',
  'file',
] as const;
export type InstallTargetId = (typeof installTargets)[number];

// On Linux browsers read NSS databases, and there is no other store that all programs share.
/** Which of them serve each wish of an offer, on whatever computer: none for what this version cannot do yet. */
export const targetsServing: Readonly<Record<ProfileInstallTarget, readonly InstallTargetId[]>> = {
  browser: ['nss', 'firefox', 'windows-store', 'keychain'],
  os: ['nss', 'windows-store', 'keychain'],
  'eap-tls': ['network-manager', 'wpa-supplicant', 'iwd', 'windows-network', 'macos-network'],
  file: [],
};

/**
 * How it is shown that an installed credential works, in this order: its key signs what its certificate verifies; the target lists it
 * with key and trusted chain; it opens a page, an EAP-TLS server, or the network itself.
 */
export const proofMethods = ['signature', 'listed', 'mutual-tls', 'eap-tls', 'network'] as const;
export type ProofMethod = (typeof proofMethods)[number];

/** Why a proof was left out, which is no fault of the credential: what it takes is not here, not in reach, or not for this person to do. */
export const untriedReasons = ['tool-missing', 'out-of-reach', 'not-permitted'] as const;
export type UntriedReason = (typeof untriedReasons)[number];

export type Proof =
  | {
      readonly status: 'proven';
      readonly method: ProofMethod;
      /** The program that used the credential, e.g. `cmsutil`. */
      readonly by: string;
      readonly at: string;
    }
  | {
      readonly status: 'failed';
      /** Absent in records of earlier versions. */
      readonly method?: ProofMethod;
      readonly failure: Failure;
      readonly at: string;
    }
  | {
      readonly status: 'not-tried';
      /** Absent when nothing has been tried at all. */
      readonly method?: ProofMethod;
      readonly reason?: UntriedReason;
      /** The program that would have tried, e.g. `eapol_test`. */
      readonly by?: string;
    };

export interface Installation {
  readonly target: InstallTargetId;
  /** Where it lies, for the person to find: a database or file path. */
  readonly location: string;
  readonly installedAt: string;
  readonly proofs: readonly Proof[];
}

/** An installation or removal in whose middle the wallet was stopped: the next start went on with it, or undid it. */
export interface InterruptedInstall {
  readonly credentialId: string;
  readonly name: LocalizedText;
  readonly target: InstallTargetId;
  readonly outcome: 'finished' | 'rolled-back';
  readonly at: string;
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
  /** Those that its network targets lead to. */
  readonly networks: readonly NetworkView[];
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
  'proof-failed',
  'rebound',
  'install-finished',
  'install-rolled-back',
  'network-added',
  'browser-policy-set',
  'browser-policy-withdrawn',
  'program-signed',
  'document-signed',
  'removed-from-target',
  'thrown-away',
  'token-key-made',
  'token-certificate-written',
  'token-key-removed',
  'token-pin-changed',
  'account-key-changed',
  'exported',
  'revoked',
  'approval-asked',
  'approved',
  'declined',
  'approval-question',
  'standing-proposed',
  'approval-withdrawn',
  'receipt-refused',
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
