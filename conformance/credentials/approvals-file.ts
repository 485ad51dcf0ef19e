import type { Identifier } from '../acme/objects.ts';
import type { KeyReport, Parties, Requester, Standing, Subject } from './credentials.ts';
import { items, members, oneOf, optional, refuse, text, truth } from './shape.ts';
import type { Place } from './shape.ts';

/** How the parts are read that this one shares with the rest of the file. */
export type Reading = {
  readonly subject: (place: Place) => Subject;
  readonly identifier: (place: Place) => Identifier;
  /** PEM, or the file with it. */
  readonly pem: (place: Place) => string;
};

const partyMembers = [
  ...(['identifier', 'profile', 'key', 'refusedKey', 'root'] as const),
  ...(['requester', 'approvers', 'auditor', 'standing'] as const),
] as const;

/** Who asks and who approves (docs/approvals.md). Throws FileError. */
export function readParties(place: Place, reading: Reading): Parties {
  const found = members(place, partyMembers);
  const approvers = items(found.approvers).map(reading.subject);
  if (approvers.length === 0) refuse(found.approvers, 'must not be empty');
  return {
    identifier: reading.identifier(found.identifier),
    profile: text(found.profile),
    key: readKeyReport(found.key),
    refusedKey: optional(found.refusedKey, readKeyReport),
    root: optional(found.root, reading.pem),
    requester: reading.subject(found.requester),
    approvers,
    auditor: optional(found.auditor, reading.subject),
    standing: optional(found.standing, (one) => readStanding(one, reading)),
  };
}

function readKeyReport(place: Place): KeyReport {
  const found = members(place, ['place', 'token', 'neverExtractable', 'local']);
  return {
    place: oneOf(found.place, ['software', 'token', 'tpm', 'os']),
    token: optional(found.token, readToken),
    neverExtractable: truth(found.neverExtractable),
    local: truth(found.local),
  };
}

function readToken(place: Place) {
  const { manufacturer, model, serial } = members(place, ['manufacturer', 'model', 'serial']);
  return { manufacturer: text(manufacturer), model: text(model), serial: text(serial) };
}

function readStanding(place: Place, { subject }: Reading): Standing {
  const { profile, requester, account } = members(place, ['profile', 'requester', 'account']);
  return {
    profile: text(profile),
    requester: readRequester(requester),
    account: subject(account),
  };
}

function readRequester(place: Place): Requester {
  const { email, service } = members(place, ['email', 'service']);
  if (email.value !== undefined && service.value !== undefined) {
    refuse(place, 'must have one of email and service');
  }
  return service.value === undefined ? { email: text(email) } : { service: text(service) };
}
