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
  invite(details: InvitationDetails): NewInvitation;
  /** Newest first. */
  invitations(): readonly Invitation[];
  /** Ends an invitation now; accounts bound with it stay. */
  withdraw(kid: string): void;
};
