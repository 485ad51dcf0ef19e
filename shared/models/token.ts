import type { Failure } from '../failure.ts';
import type { KeyType } from './enrollment-profile.ts';
import type { LocalizedText } from './text.ts';

/** What PKCS #11 says of a PIN (`CKF_USER_PIN_*`, `CKF_SO_PIN_*`); how many tries are left it does not say. */
export const pinStates = [
  'ok',
  'not-set',
  'to-be-changed',
  'count-low',
  'final-try',
  'locked',
] as const;
export type PinState = (typeof pinStates)[number];

/** `tpm`: a security chip of this computer, which a module shows as a token. */
export type TokenKind = 'token' | 'tpm';

/** How a person logs in: by a PIN typed here, by one typed on the reader, or not at all. */
export type TokenLogin = 'pin' | 'pin-pad' | 'none';

/** What is written on a token (`CK_TOKEN_INFO`), without the padding. */
export interface TokenIdentity {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
}

export interface TokenKeyView {
  /** CKA_ID, lower-case hex. */
  readonly keyId: string;
  readonly label: string;
  /** `null`: of a kind or size that the wallet does not use. */
  readonly type: KeyType | null;
  /** What it is, in the words of the field: `RSA-1024`, `secp256k1`. */
  readonly algorithm: string;
  /** The PIN is asked for at each use (CKA_ALWAYS_AUTHENTICATE). */
  readonly alwaysAuthenticate: boolean;
  /** Whose it is; `left-behind`: made by an enrolment that came to nothing, and of no use any more. */
  readonly owner: 'credential' | 'account' | 'enrollment' | 'left-behind' | 'foreign';
  readonly credentialId?: string;
}

export interface TokenCertificateView {
  /** CKA_ID, lower-case hex: that of its key. */
  readonly keyId: string;
  readonly label: string;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the whole, lower-case hex. */
  readonly fingerprint: string;
  /** By the key that is in it: nobody vouches for anything with it. */
  readonly isSelfSigned: boolean;
  readonly credentialId?: string;
}

/** What holds for a token whatever it is wanted for. */
export const tokenFindings = [
  'not-initialized',
  'both-locked',
  'pin-locked',
  'pin-not-set',
  'pin-to-be-changed',
  'final-try',
  'count-low',
  'puk-locked',
  'read-only',
  'makes-nothing',
  'unsuitable',
] as const;

export interface TokenFinding {
  readonly found: (typeof tokenFindings)[number];
  /** `note`: it works, and the person should know; `fail`: it cannot be used until that is cured. */
  readonly status: 'note' | 'fail';
}

export interface TokenView extends TokenIdentity {
  /** Opaque; as long as the token stays where it is. */
  readonly tokenId: string;
  readonly kind: TokenKind;
  /** The module says that it is a thing of its own and no file (CKF_HW_SLOT). */
  readonly isHardware: boolean;
  readonly isInitialized: boolean;
  readonly isWritable: boolean;
  readonly login: TokenLogin;
  readonly pin: PinState;
  /** Of the security officer, which smart cards call PUK. */
  readonly puk: PinState;
  /** Octets. */
  readonly pinLength: { readonly min: number; readonly max: number };
  /** Octets of free memory; absent where the module does not say. */
  readonly freeMemory?: number;
  /** What keys can be made there, the module says. */
  readonly makes: readonly KeyType[];
  /** What keys that are there can sign with, the module says. */
  readonly signs: readonly KeyType[];
  readonly keys: readonly TokenKeyView[];
  readonly certificates: readonly TokenCertificateView[];
  /** Objects that were not read, because there are too many. */
  readonly unread: number;
  /** Why it cannot be used, and what else there is to know; the gravest first. */
  readonly findings: readonly TokenFinding[];
  /** Looking at it failed; what stands here was known before. */
  readonly failure?: Failure;
}

export interface ReaderView {
  /** Opaque. */
  readonly readerId: string;
  readonly name: string;
  readonly token: TokenView | null;
}

/** A PKCS #11 module: somebody's driver for cards, security chips or files. */
export interface ModuleView {
  /** Opaque. */
  readonly moduleId: string;
  readonly path: string;
  /** What it says of itself, or its file name before it has. */
  readonly name: string;
  readonly foundBy: 'p11-kit' | 'well-known' | 'policy' | 'person';
  readonly status: 'starting' | 'ready' | 'failed';
  /** Why it cannot be used, or how it last failed; it is started again when it is needed. */
  readonly failure?: Failure;
  readonly readers: readonly ReaderView[];
}

/** Why a token is unlocked. */
export type PinReason =
  | 'make-key'
  | 'sign-request'
  | 'write-certificate'
  | 'use-account'
  | 'move-account'
  | 'revoke'
  | 'prove'
  | 'sign-document'
  | 'sign-program'
  | 'remove-key';

/** The wallet needs a token unlocked, and asks the person. */
export interface PinQuestion {
  readonly questionId: string;
  readonly token: TokenIdentity & { readonly reader: string; readonly kind: TokenKind };
  /** What the driver calls itself. */
  readonly moduleName: string;
  readonly reason: PinReason;
  readonly organizationName?: LocalizedText;
  /** On a PIN pad the person types only after saying that they are ready. */
  readonly login: 'pin' | 'pin-pad';
  /** The answer is being tried; with a PIN pad, the reader waits for the PIN now. */
  readonly isWaiting: boolean;
  /** `final-try`: one wrong PIN more locks it, so the answer has to say that this is accepted. */
  readonly pin: PinState;
  readonly pinLength: { readonly min: number; readonly max: number };
  /** How the last answer failed. */
  readonly failure?: Failure;
}

/** Everything the page knows of tokens. */
export interface TokensView {
  /** Modules are foreign code and take time: nobody looks before it is needed. */
  readonly status: 'not-looked' | 'looking' | 'ready';
  readonly modules: readonly ModuleView[];
  readonly pinQuestion: PinQuestion | null;
}

/** What was found about one requirement, with the cure in the words for it. */
export type CompatibilityFinding =
  | { readonly check: 'algorithm'; readonly found: 'makes-key'; readonly types: readonly KeyType[] }
  | {
      readonly check: 'algorithm';
      readonly found: 'only-existing-keys' | 'no-common-type';
      readonly wanted: readonly KeyType[];
      readonly offered: readonly KeyType[];
    }
  | { readonly check: 'room'; readonly found: 'enough' | 'unknown' | 'full' }
  | { readonly check: 'writable'; readonly found: 'yes' | 'read-only' | 'certificates-elsewhere' }
  | { readonly check: 'login'; readonly found: TokenLogin }
  | { readonly check: 'pin'; readonly found: PinState }
  | { readonly check: 'hardware'; readonly found: 'yes' | 'not-said' }
  | { readonly check: 'reading'; readonly found: Failure }
  /** Alone: there is nothing else to say of a slot that was never set up. */
  | { readonly check: 'setup'; readonly found: 'not-initialized' }
  | { readonly check: 'policy'; readonly found: 'place-allowed' | 'place-not-allowed' };

export type CompatibilityCheck = CompatibilityFinding & {
  /** `note`: it works, and the person should know; `fail`: it would not work. */
  readonly status: 'pass' | 'note' | 'fail';
};

/** Whether a token can hold the key of an offer, before anything is ordered. */
export interface TokenCompatibility {
  readonly tokenId: string;
  readonly verdict: 'fits' | 'fits-with-existing-key' | 'does-not-fit';
  /** What can be made there of what the offer wants, in its order. */
  readonly types: readonly KeyType[];
  /** Keys that are there, fit the offer and belong to no credential. */
  readonly existingKeys: readonly TokenKeyView[];
  /** Certificates beside those keys that a new one would take away, where there is room for one only. */
  readonly replaced?: readonly TokenCertificateView[];
  readonly checks: readonly CompatibilityCheck[];
}
