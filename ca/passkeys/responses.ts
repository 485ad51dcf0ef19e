import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isBase64Url } from '../jws.ts';
import type { JwsHeader } from '../jws.ts';
import { Problem } from '../problems.ts';

/** Longest texts that are looked at, in characters of base64url. */
const lengths = {
  // WebAuthn L3 §4: a credential id has 1023 octets at most.
  id: 1364,
  userHandle: 86,
  clientDataJSON: 8192,
  authenticatorData: 8192,
  signature: 4096,
  attestationObject: 65_536,
} as const;

type BinaryMember = keyof typeof lengths;

/** An `AuthenticationResponseJSON` with the members that are judged. Throws `malformed`. */
export function readAssertion(value: unknown): AuthenticationResponseJSON {
  const { id, response } = readCredential(value);
  const handle = response['userHandle'];
  // A security key without room for it says nothing, null or an empty text.
  const hasHandle = handle !== undefined && handle !== null && handle !== '';
  return {
    ...common(id),
    response: {
      clientDataJSON: readBinary(response, 'clientDataJSON'),
      authenticatorData: readBinary(response, 'authenticatorData'),
      signature: readBinary(response, 'signature'),
      ...(hasHandle ? { userHandle: readBinary(response, 'userHandle') } : {}),
    },
  };
}

/** A `RegistrationResponseJSON` with the members that are judged. Throws `malformed`. */
export function readRegistration(value: unknown): RegistrationResponseJSON {
  const { id, response } = readCredential(value);
  return {
    ...common(id),
    response: {
      clientDataJSON: readBinary(response, 'clientDataJSON'),
      attestationObject: readBinary(response, 'attestationObject'),
      transports: readTransports(response['transports']),
    },
  };
}

type Credential = { readonly id: string; readonly response: JwsHeader };

function readCredential(value: unknown): Credential {
  const members = readObject(value, 'The "credential"');
  const id = readBinary(members, 'id');
  if (members['rawId'] !== id || members['type'] !== 'public-key') {
    throw new Problem(
      'malformed',
      'The "credential" has no "rawId" like its "id", or another type.',
    );
  }
  return { id, response: readObject(members['response'], 'The "response" of the credential') };
}

function common(id: string) {
  return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} };
}

function readBinary(members: JwsHeader, name: BinaryMember): string {
  const value = members[name];
  const fits =
    typeof value === 'string' &&
    value !== '' &&
    value.length <= lengths[name] &&
    isBase64Url(value);
  if (fits) return value;
  throw new Problem('malformed', `The "${name}" of the credential is no base64url of its length.`);
}

const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
type Transport = (typeof transports)[number];

/** WebAuthn L3 §5.8.4: what is not known here is left out. */
export function readTransports(value: unknown): Transport[] {
  return Array.isArray(value) ? transports.filter((known) => value.includes(known)) : [];
}

function readObject(value: unknown, what: string): JwsHeader {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JwsHeader;
  }
  throw new Problem('malformed', `${what} is no JSON object.`);
}
