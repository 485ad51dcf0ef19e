import type { CredentialRegister } from './passkeys/credential-register.ts';

import type { OcraSuite } from './challenges/ocra.ts';

export type Role = 'employee' | 'administrator';

/** Somebody the organisation knows; accounts are bound to a person by an invitation. */
export type Person = {
  readonly id: string;
  readonly name: string;
  /** Lower case. */
  readonly email: string;
  readonly role: Role;
  readonly registered: Date;
};

export type PersonDetails = {
  readonly name: string;
  readonly email: string;
  readonly role?: Role;
};

/** What an authenticator app has to know. A secret: for the person's own eyes, once. */
export type TotpSetup = {
  /** `otpauth://totp/…`, for a QR code. */
  readonly uri: string;
  /** Base32, for typing. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** Seconds. */
  readonly period: number;
};

/** What a token or an app that counts has to know. A secret, like that of an authenticator app. */
export type HotpSetup = {
  /** `otpauth://hotp/…`, for a QR code. */
  readonly uri: string;
  /** Base32, for typing. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** That of the next code. */
  readonly counter: number;
};

/** Where a person's one-time passwords for otp-01 come from. */
export type OtpSetup =
  /** A token that answers to a number; `secret` is its key, in hexadecimal. */
  | { readonly kind: 'ocra'; readonly suite: OcraSuite; readonly secret: string }
  /** Whatever the RADIUS server accepts for the name by which it knows the person. */
  | { readonly kind: 'radius'; readonly userName: string };

export type CodeKind = 'totp' | 'hotp' | 'otp';

/** With what people make one-time codes, other than by an authenticator app. */
export type CodeRegister = {
  /** What the person has. */
  kinds(personId: string): readonly CodeKind[];
  hotp(personId: string): HotpSetup | undefined;
  /** Gives the person a new secret whose counter begins at 0, with no failures and no lock. */
  setUpHotp(personId: string): void;
  /** By two codes in a row, moves the counter past them; false when they are not that. Ends a lock. */
  resynchronizeHotp(personId: string, codes: readonly [string, string]): boolean;
  otp(personId: string): OtpSetup | undefined;
  /** Replaces the person's otp-01 credential by a new key. */
  setUpOcra(personId: string, suite: OcraSuite): void;
  /** Replaces the person's otp-01 credential by a name at the RADIUS server. */
  setUpRadius(personId: string, userName: string): void;
  remove(personId: string, kind: CodeKind): void;
};

/** An external account binding key (RFC 8555 §7.3.4). */
export type Invitation = {
  readonly kid: string;
  /** Undefined for a service. */
  readonly personId: string | undefined;
  /** The person's address. */
  readonly email: string | undefined;
  /** What a service is called; undefined for a person. */
  readonly service: string | undefined;
  /** Whether more than one account may bind with it. */
  readonly reusable: boolean;
  readonly expires: Date;
  readonly usedAt: Date | undefined;
};

/** An invitation at the moment of its making, the only time its key is shown. */
export type NewInvitation = Invitation & {
  /** base64url, 32 bytes. */
  readonly macKey: string;
};

export type InvitationDetails = {
  readonly for: { readonly personId: string } | { readonly service: string };
  /** False when not said. */
  readonly reusable?: boolean;
  /** Seconds; 7 days when not said. */
  readonly lifetime?: number;
};

export type People = {
  /** Registers a person with a fresh TOTP secret. Throws when the address is registered already. */
  register(details: PersonDetails): Person;
  list(): readonly Person[];
  find(id: string): Person | undefined;
  findByEmail(email: string): Person | undefined;
  totpSetup(personId: string): TotpSetup;
  /** Gives the person a new TOTP secret, with no failures and no lock. */
  resetTotp(personId: string): TotpSetup;
  readonly codes: CodeRegister;
  invite(details: InvitationDetails): NewInvitation;
  /** Newest first. */
  invitations(): readonly Invitation[];
  /** Ends an invitation now; accounts bound with it stay. */
  withdraw(kid: string): void;
  /** Passkeys and key pairs. */
  readonly credentials: CredentialRegister;
};
