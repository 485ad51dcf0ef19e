import { createHash } from 'node:crypto';
import { personOf } from '../account-subject.ts';
import { empty, json } from '../answer.ts';
import type { Answer } from '../answer.ts';
import type { Authority } from '../authority.ts';
import type { JwsHeader } from '../jws.ts';
import { CredentialError, MAXIMUM_CREDENTIALS } from '../passkeys/credential-register.ts';
import { provesKey, readKeyProof, readPublicJwk } from '../passkeys/key-proof.ts';
import { RegistrationError } from '../passkeys/passkey-desk.ts';
import type { Applicant } from '../passkeys/passkey-desk.ts';
import { readRegistration } from '../passkeys/responses.ts';
import type { Person } from '../people-types.ts';
import { isStrong } from '../policy.ts';
import { Problem } from '../problems.ts';
import { profileNamed } from '../profiles.ts';
import { isPostAsGet, readPayload } from '../requests.ts';
import type { AccountRequest } from '../requests.ts';
import type { Proof } from '../state/challenges.ts';
import { checkTerms } from './agreement.ts';
import { timestamp } from './objects.ts';

/** How long a challenge that became valid lets its account add credentials, in milliseconds. */
const RECENT = 10 * 60_000;

/** Those that prove the person, whatever the account was bound by. */
const personal: readonly string[] = ['totp-01', 'hotp-01', 'otp-01', 'cert-01', 'ppkp-01'];

/** No resource of ACME's: a person's passkeys and key pairs (docs/wire-profile.md §4.3). */
export async function newCredential(
  request: AccountRequest,
  authority: Authority,
): Promise<Answer> {
  const person = personOf(request.account, authority.state);
  if (person === undefined) {
    throw new Problem('unauthorized', 'The account is bound to no person.');
  }
  if (isPostAsGet(request)) return list(person, request, authority);
  checkTerms(request, authority);
  const payload = readPayload(request);
  const type = readType(payload);
  if ('remove' in payload) return remove(person, type, payload, authority);
  try {
    return type === 'key'
      ? addKey(person, payload, { request, authority })
      : await addPasskey(person, payload, { request, authority });
  } catch (error) {
    throw toProblem(error);
  }
}

type Context = { readonly request: AccountRequest; readonly authority: Authority };
type CredentialType = 'webauthn' | 'key';

function readType({ type }: { readonly type?: unknown }): CredentialType {
  if (type === 'webauthn' || type === 'key') return type;
  throw new Problem('malformed', 'The "type" must be "webauthn" or "key".');
}

function list(person: Person, request: AccountRequest, authority: Authority): Answer {
  const { credentials } = authority.people;
  const passkeys = credentials.passkeysOf(person.id).map(({ id, name, createdAt }) => ({
    type: 'webauthn',
    id,
    name,
    created: timestamp(createdAt),
  }));
  const keys = credentials.keysOf(person.id).map(({ thumbprint, name, createdAt }) => ({
    ...{ type: 'key', id: thumbprint, thumbprint, name, created: timestamp(createdAt) },
  }));
  const until = mayAddUntil(person, { request, authority });
  return json(200, {
    credentials: [...passkeys, ...keys],
    ...(until === undefined ? {} : { mayAddUntil: timestamp(until) }),
  });
}

function remove(
  person: Person,
  type: CredentialType,
  { remove: id }: { readonly remove?: unknown },
  { people }: Authority,
): Answer {
  if (typeof id !== 'string') throw new Problem('malformed', 'The "remove" must be an id.');
  const kind = type === 'key' ? 'key' : 'passkey';
  if (people.credentials.remove(person.id, kind, id)) return empty(204);
  throw new Problem('malformed', 'There is no such credential.', { status: 404 });
}

/** Another factor has to have been there: by the account key alone, a thief would stay for good. */
function checkRecentProof(person: Person, context: Context): void {
  if (mayAddUntil(person, context) !== undefined) return;
  const proofs = isAdministrator(person) ? 'a certificate or' : 'a code, a certificate or';
  const detail = `Credentials can be added within ten minutes of a challenge that proves the person (${proofs} a passkey).`;
  throw new Problem('unauthorized', detail);
}

function isAdministrator({ role }: Person): boolean {
  return role === 'administrator';
}

function mayAddUntil(person: Person, { request, authority }: Context): Date | undefined {
  const { state, clock } = authority;
  const since = new Date(clock().getTime() - RECENT);
  const proofs = state.challenges.proofsSince(request.account.id, since);
  const proven = proofs.find((proof) => provesPerson(proof, person))?.at;
  if (proven === undefined) return undefined;
  return new Date(proven.getTime() + RECENT);
}

/**
 * Of an administrator, what is good for anything that only they get: by a code, or a certificate that was had by one, somebody
 * could otherwise make what they have to be proven by.
 */
function provesPerson({ type, identifierType, profile }: Proof, person: Person): boolean {
  if (!personal.includes(type)) return false;
  // The certificate may have been the device's own, which anybody may hold.
  if (type === 'cert-01' && identifierType === 'permanent-identifier') return false;
  if (!isAdministrator(person) || type === 'ppkp-01') return true;
  return type === 'cert-01' && isStrong(profileNamed(profile));
}

async function addPasskey(person: Person, payload: JwsHeader, context: Context): Promise<Answer> {
  const { account } = context.request;
  const { passkeyDesk, people } = context.authority;
  // Whoever brings the passkey back has the account key for which it was asked.
  const applicant: Applicant = { person, holder: `account:${account.id}:${account.thumbprint}` };
  checkRecentProof(person, context);
  if (!('credential' in payload)) {
    checkRoom(people.credentials.isFull(person.id));
    const { publicKey, expires, page } = passkeyDesk.begin(applicant);
    return json(200, {
      ...{ publicKey, expires: timestamp(expires) },
      ...(page === undefined ? {} : { webauthnUrl: page }),
    });
  }
  const response = readRegistration(payload['credential']);
  const name = readName(payload, 'Passkey');
  const { id } = await passkeyDesk.finish(applicant, { response, name });
  return json(201, { type: 'webauthn', id });
}

function addKey(person: Person, payload: JwsHeader, context: Context): Answer {
  const { account, url } = context.request;
  checkRecentProof(person, context);
  const { thumbprint } = readPublicJwk(payload['jwk']);
  const proof = readKeyProof(payload['sig']);
  const expected = {
    ...{ typ: 'acme-key-registration+jws', url },
    payload: createHash('sha256').update(`${url}.${account.thumbprint}`).digest('base64url'),
  };
  if (proof.key.thumbprint !== thumbprint || !provesKey(proof, expected)) {
    throw new Problem('incorrectResponse', 'The "sig" does not prove the key for this account.');
  }
  const name = readName(payload, 'Key pair');
  const { jwk } = proof.key;
  context.authority.people.credentials.addKey({ personId: person.id, jwk, name });
  return json(201, { type: 'key', id: thumbprint, thumbprint });
}

function readName({ name }: { readonly name?: unknown }, otherwise: string): string {
  if (name === undefined) return otherwise;
  if (typeof name === 'string') return name;
  throw new Problem('malformed', 'The "name" must be a text.');
}

function checkRoom(isFull: boolean): void {
  if (isFull) throw new CredentialError('full', 'the person has too many credentials');
}

function toProblem(error: unknown): unknown {
  if (error instanceof CredentialError) return ofCredential(error);
  return error instanceof RegistrationError ? ofRegistration(error) : error;
}

function ofCredential(cause: CredentialError): Problem {
  switch (cause.code) {
    case 'known':
      return new Problem('malformed', 'The credential is registered already.', {
        ...{ status: 409, cause },
      });
    case 'full': {
      const detail = `The person has ${MAXIMUM_CREDENTIALS} credentials: remove one first.`;
      return new Problem('unauthorized', detail, { cause });
    }
    case 'badName':
      return new Problem('malformed', 'A name has 1 to 64 printable characters.', { cause });
    case 'accountKey':
      return new Problem('badPublicKey', 'The key is that of an account.', { cause });
  }
}

function ofRegistration(cause: RegistrationError): Problem {
  switch (cause.code) {
    case 'noPasskeysHere':
      return new Problem('unauthorized', 'Passkeys need a CA that is reached by a name.', {
        cause,
      });
    case 'notOpen':
    case 'linkUsed': {
      const detail = 'No passkey is being registered, or it took too long. Ask for new options.';
      return new Problem('unauthorized', detail, { cause });
    }
    case 'rejected':
      return new Problem('incorrectResponse', 'The passkey was not made for this request.', {
        cause,
      });
  }
}
