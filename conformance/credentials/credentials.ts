import type { KeyObject } from 'node:crypto';
import type { ExternalKey } from '../acme/account.ts';
import type { Identifier } from '../acme/objects.ts';

export const hashes = ['SHA1', 'SHA256', 'SHA512'] as const;
export type Hash = (typeof hashes)[number];

export type Totp = {
  readonly secret: Buffer;
  readonly algorithm: Hash;
  readonly digits: number;
  /** Seconds. */
  readonly period: number;
};

export type Hotp = {
  readonly secret: Buffer;
  readonly algorithm: Hash;
  readonly digits: number;
  /** That of the next code. */
  readonly counter: number;
};

/** Where one-time passwords of otp-01 come from. */
export type Otp =
  | { readonly by: 'ocra'; readonly suite: string; readonly key: Buffer }
  /** Each good once, in this order. */
  | { readonly by: 'list'; readonly passwords: readonly string[] }
  /** A program that gets the challenge in its environment and prints the password. */
  | { readonly by: 'command'; readonly command: readonly string[] };

export type CertificateWithKey = {
  /** DER, leaf first. */
  readonly chain: readonly Buffer[];
  readonly key: KeyObject;
};

/** Certificates that must not be accepted, and why. */
export const uselessCertificates = ['expired', 'revoked', 'unlisted'] as const;
export type UselessCertificate = (typeof uselessCertificates)[number];

export type Cert = CertificateWithKey & {
  readonly useless: Readonly<Partial<Record<UselessCertificate, CertificateWithKey>>>;
};

export type Passkey = {
  /** base64url. */
  readonly credentialId: string;
  readonly key: KeyObject;
  readonly rpId: string;
  /** base64url. */
  readonly userHandle: string | undefined;
  /** Of the last signature; undefined when the authenticator has no counter. */
  readonly signCount: number | undefined;
  readonly backupEligible: boolean;
};

/** A private key whose public half is registered. */
export type RegisteredKey = { readonly key: KeyObject };

/** What a subject may have, by the kind of proof. */
export type CredentialOf = {
  readonly totp: Totp;
  readonly hotp: Hotp;
  readonly otp: Otp;
  readonly cert: Cert;
  readonly passkey: Passkey;
  readonly key: RegisteredKey;
};

export type Kind = keyof CredentialOf;

export const kinds: readonly Kind[] = ['totp', 'hotp', 'otp', 'cert', 'passkey', 'key'];

export type Held<K extends Kind> = {
  readonly credential: CredentialOf[K];
  readonly identifier: Identifier;
  readonly profile: string | undefined;
  /** May be locked or spoiled: only cases that do so use it. */
  readonly expendable: boolean;
};

export type BindingKey = ExternalKey & { readonly reusable: boolean };

/** A person, device or service that the server knows. */
export type Subject = {
  readonly name: string;
  readonly externalAccounts: readonly BindingKey[];
  readonly held: { readonly [K in Kind]?: Held<K> };
};

/** Something to be ordered and looked at, not proven. */
export type Neighbour = { readonly identifier: Identifier; readonly profile: string | undefined };

export type Credentials = {
  readonly subjects: readonly Subject[];
  /** Names whose control is proven, for the rule that no code stands beside that. */
  readonly neighbours: readonly Neighbour[];
  readonly approvals: Parties | undefined;
};

/** What a requester's client says of the key that is to be certified (docs/approvals.md §3). */
export type KeyReport = {
  readonly place: 'software' | 'token' | 'tpm' | 'os';
  readonly token:
    { readonly manufacturer: string; readonly model: string; readonly serial: string } | undefined;
  readonly neverExtractable: boolean;
  readonly local: boolean;
};

/** How a standing pre-authorization names for whom it is. */
export type Requester = { readonly email: string } | { readonly service: string };

export type Standing = {
  /** One that may be had by standing pre-authorization. */
  readonly profile: string;
  readonly requester: Requester;
  /** The accounts of that requester. */
  readonly account: Subject;
};

/** The people of one organisation; they are lent to no case but those about approvals. */
export type Parties = {
  /** What is ordered, by a profile that needs approval. */
  readonly identifier: Identifier;
  readonly profile: string;
  /** A report that the profile takes, and one that it does not. */
  readonly key: KeyReport;
  readonly refusedKey: KeyReport | undefined;
  /** PEM of the roots under which the CA signs receipts. */
  readonly root: string | undefined;
  readonly requester: Subject;
  readonly approvers: readonly Subject[];
  readonly auditor: Subject | undefined;
  readonly standing: Standing | undefined;
};
