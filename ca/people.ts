import { generateSecret, generateURI } from 'otplib/functional';
import { createCodeRegister } from './code-register.ts';
import { checkIdentifier } from './identifiers.ts';
import { createCredentialRegister } from './passkeys/credential-register.ts';
import type {
  Invitation,
  InvitationDetails,
  NewInvitation,
  People,
  Person,
  PersonDetails,
  TotpSetup,
} from './people-types.ts';
import type { State } from './state.ts';
import type { StoredInvitation } from './state/invitations.ts';
import { newId, randomOctets } from './state/rows.ts';

/** What cannot be done about a person or an invitation. */
export class PeopleError extends Error {
  readonly code: 'badDetails' | 'alreadyRegistered' | 'unknownPerson';

  constructor(code: PeopleError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export type PeopleOptions = {
  readonly state: State;
  readonly clock: () => Date;
  /** Shown by authenticator apps above the address. */
  readonly issuerName: string;
};

const WEEK = 7 * 24 * 3600;

/** The organisation's register: who there is, with which authenticator, invited by which keys. */
export function createPeople({ state, clock, issuerName }: PeopleOptions): People {
  const find = (id: string): Person => {
    const person = state.persons.find(id);
    if (person === undefined) throw new PeopleError('unknownPerson', 'nobody has this id');
    return person;
  };
  const putCredential = ({ id }: Person): void => {
    state.totpCredentials.put({ personId: id, secret: generateSecret(), digits: 6, period: 30 });
    state.throttles.forget(`totp:${id}`);
  };
  const setupOf = (person: Person): TotpSetup => {
    const credential = state.totpCredentials.find(person.id);
    if (credential === undefined)
      throw new PeopleError('unknownPerson', 'no authenticator is set up');
    const { secret, digits, period } = credential;
    const uri = generateURI({ issuer: issuerName, label: person.email, secret, digits, period });
    return { uri, secret, digits, period };
  };
  return {
    register: (details) =>
      state.transaction(() => {
        const person = { ...checkDetails(details), id: newId(), registered: clock() };
        if (state.persons.findByEmail(person.email) !== undefined) {
          throw new PeopleError('alreadyRegistered', 'the address is registered already');
        }
        state.persons.add(person);
        putCredential(person);
        return person;
      }),
    list: () => state.persons.list(),
    find: (id) => state.persons.find(id),
    findByEmail: (email) => state.persons.findByEmail(email.trim().toLowerCase()),
    totpSetup: (personId) => setupOf(find(personId)),
    resetTotp(personId) {
      const person = find(personId);
      state.transaction(() => putCredential(person));
      return setupOf(person);
    },
    codes: createCodeRegister({ state, issuerName, find }),
    invite(details) {
      const invitation = draftInvitation(details, clock());
      if (invitation.personId !== undefined) find(invitation.personId);
      state.invitations.add(invitation);
      const shown = toInvitation({ ...invitation, usedAt: undefined }, state);
      return { ...shown, macKey: invitation.macKey.toString('base64url') } satisfies NewInvitation;
    },
    invitations: () =>
      state.invitations.list().map((invitation) => toInvitation(invitation, state)),
    withdraw: (kid) => state.invitations.expire(kid, clock()),
    credentials: createCredentialRegister({ state, clock }),
  };
}

function checkDetails({
  name,
  email,
  role = 'employee',
}: PersonDetails): Omit<Person, 'id' | 'registered'> {
  const plainName = name.trim();
  // Nobody is registered for whom no certificate could be ordered.
  const { identifier } = checkIdentifier({ type: 'email', value: email.trim() });
  // A name becomes a common name, which has 64 characters at most (RFC 5280 §A.1).
  if (!/^[^\p{Cc}\p{Cf}]{1,64}$/u.test(plainName)) {
    throw new PeopleError('badDetails', 'a name has 1 to 64 printable characters');
  }
  if (identifier === undefined) throw new PeopleError('badDetails', 'this is no email address');
  return { name: plainName, email: identifier.value, role };
}

function draftInvitation(details: InvitationDetails, now: Date): Omit<StoredInvitation, 'usedAt'> {
  return {
    kid: newId(),
    macKey: randomOctets(32),
    personId: 'personId' in details.for ? details.for.personId : undefined,
    service: 'service' in details.for ? details.for.service : undefined,
    reusable: details.reusable ?? false,
    createdAt: now,
    expiresAt: new Date(now.getTime() + (details.lifetime ?? WEEK) * 1000),
  };
}

function toInvitation(invitation: StoredInvitation, state: State): Invitation {
  const { kid, personId, service, reusable, expiresAt, usedAt } = invitation;
  const email = personId === undefined ? undefined : state.persons.find(personId)?.email;
  return { kid, personId, email, service, reusable, expires: expiresAt, usedAt };
}

/** The one person that demos know, registered on the first start. */
export function registerDemoPerson(people: People): void {
  const details = { name: 'Alex Demo', email: 'alex@example.test' };
  if (people.findByEmail(details.email) === undefined) people.register(details);
}
