import { createHash, randomBytes } from 'node:crypto';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Person } from '../people-types.ts';
import type { State } from '../state.ts';
import type { Passkey } from '../state/passkeys.ts';
import type { RegistrationLink } from '../state/registrations.ts';
import { creationOptions, verifyRegistration } from './attestation.ts';
import type { CredentialRegister } from './credential-register.ts';
import type { RelyingParty } from './relying-party.ts';

/** Why no passkey was registered. */
export class RegistrationError extends Error {
  readonly code: 'noPasskeysHere' | 'notOpen' | 'rejected' | 'linkUsed';

  constructor(code: RegistrationError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** For whom a passkey is made, and who makes it: only the same holder can bring it back. */
export type Applicant = { readonly person: Person; readonly holder: string };

export type Begun = {
  readonly publicKey: PublicKeyCredentialCreationOptionsJSON;
  readonly expires: Date;
  /** Where a browser makes one for a wallet; undefined when there is no such page. */
  readonly page: string | undefined;
};

/** Where passkeys are made. */
export type PasskeyDesk = {
  /** Asks for a passkey, once; whatever the holder was asked before is void. Throws RegistrationError. */
  begin(applicant: Applicant, lifetime?: number): Begun;
  /** Throws RegistrationError or CredentialError. */
  finish(applicant: Applicant, made: Made): Promise<Passkey>;
  /** A link that registers one passkey within an hour; its token is a secret and not kept. */
  makeLink(personId: string): { readonly token: string; readonly expires: Date };
  findLink(token: string): RegistrationLink | undefined;
  beginByLink(link: RegistrationLink, person: Person): Begun;
  /** Uses the link up when it succeeds, and forgets earlier failures. Throws RegistrationError or CredentialError. */
  finishByLink(link: RegistrationLink, person: Person, made: Made): Promise<Passkey>;
};

export type Made = { readonly response: RegistrationResponseJSON; readonly name: string };

export type PasskeyDeskOptions = {
  readonly state: State;
  readonly clock: () => Date;
  readonly credentials: CredentialRegister;
  /** Undefined where there can be no passkeys. */
  readonly relyingParty: RelyingParty | undefined;
};

/** Seconds. */
const REGISTRATION_LIFETIME = 5 * 60;
const LINK_LIFETIME = 60 * 60;

export function createPasskeyDesk(options: PasskeyDeskOptions): PasskeyDesk {
  const { state, clock } = options;
  const begin = (applicant: Applicant, expires: Date): Begun => open(applicant, expires, options);
  const holderOf = ({ digest }: RegistrationLink): string => `link:${digest}`;
  return {
    begin: (applicant, lifetime = REGISTRATION_LIFETIME) =>
      begin(applicant, after(clock(), lifetime)),
    finish: async (applicant, made) => {
      const passkey = await verifyMade(applicant, made, options);
      return options.credentials.addPasskey(passkey);
    },
    makeLink(personId) {
      const token = randomBytes(32).toString('base64url');
      const expires = after(clock(), LINK_LIFETIME);
      state.registrations.addLink({ digest: digestOf(token), personId, expiresAt: expires });
      return { token, expires };
    },
    findLink: (token) => state.registrations.findLink(digestOf(token)),
    beginByLink: (link, person) => begin({ person, holder: holderOf(link) }, link.expiresAt),
    async finishByLink(link, person, made) {
      const passkey = await verifyMade({ person, holder: holderOf(link) }, made, options);
      return state.transaction(() => {
        if (!state.registrations.useLink(link.digest, clock())) {
          throw new RegistrationError('linkUsed', 'the link was used');
        }
        // It is an administrator who gave the link: as with codes and certificates, that ends a lock.
        state.throttles.forget(`ppkp:${person.id}`);
        return options.credentials.addPasskey(passkey);
      });
    },
  };
}

function open({ person, holder }: Applicant, expires: Date, options: PasskeyDeskOptions): Begun {
  const { state, credentials, clock } = options;
  const relyingParty = partyOf(options);
  const challenge = createHash('sha256')
    .update(`${randomBytes(32).toString('base64url')}.${holder}`)
    .digest('base64url');
  return state.transaction(() => {
    // An account has another holder with each key that it is given: none of them comes back for the old ones.
    state.registrations.dropExpired(clock());
    state.registrations.open({ holder, personId: person.id, challenge, expiresAt: expires });
    const publicKey = creationOptions({
      ...{ person, challenge, relyingParty },
      userHandle: state.passkeys.userHandleOf(person.id),
      passkeys: credentials.passkeysOf(person.id),
    });
    return { publicKey, expires, page: relyingParty.page };
  });
}

/** The challenge is taken before the library is asked: two answers to one are never both looked at. */
async function verifyMade(
  { person, holder }: Applicant,
  { response, name }: Made,
  options: PasskeyDeskOptions,
) {
  const relyingParty = partyOf(options);
  const taken = options.state.registrations.take(holder);
  if (taken?.personId !== person.id || taken.expiresAt <= options.clock()) {
    throw new RegistrationError('notOpen', 'no passkey is being registered');
  }
  const { challenge } = taken;
  const made = await verifyRegistration({ response, challenge, relyingParty });
  if (made === undefined) throw new RegistrationError('rejected', 'the passkey was not made here');
  return { ...made, personId: person.id, name };
}

function partyOf({ relyingParty }: PasskeyDeskOptions): RelyingParty {
  if (relyingParty !== undefined) return relyingParty;
  throw new RegistrationError('noPasskeysHere', 'this CA is reached by an address, not by a name');
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
