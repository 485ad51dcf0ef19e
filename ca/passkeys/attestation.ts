import { verifyRegistrationResponse } from '@simplewebauthn/server';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import type { Person } from '../people-types.ts';
import type { NewPasskey, Passkey } from '../state/passkeys.ts';
import { isTopLevel } from './assertion.ts';
import type { RelyingParty } from './relying-party.ts';
import { readTransports } from './responses.ts';

/** EdDSA, ES256 and RS256 (RFC 9053 §2, RFC 8812 §2): every authenticator has one of them. */
const algorithms: readonly number[] = [-8, -7, -257];

/** How long a person has to answer, in milliseconds. */
export const CEREMONY_TIMEOUT = 120_000;

export type CreationRequest = {
  readonly person: Person;
  /** base64url. */
  readonly userHandle: string;
  readonly challenge: string;
  /** Those the person has, so that no authenticator makes a second one. */
  readonly passkeys: readonly Passkey[];
  readonly relyingParty: RelyingParty;
};

/** WebAuthn L3 §5.1.9. No attestation: which make of authenticator a person has is not the CA's to know. */
export function creationOptions(request: CreationRequest): PublicKeyCredentialCreationOptionsJSON {
  const { person, userHandle, challenge, passkeys, relyingParty } = request;
  return {
    rp: { id: relyingParty.id, name: relyingParty.name },
    user: { id: userHandle, name: person.email, displayName: person.name },
    challenge,
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
    timeout: CEREMONY_TIMEOUT,
    excludeCredentials: passkeys.map(descriptorOf),
    authenticatorSelection: {
      residentKey: 'preferred',
      requireResidentKey: false,
      userVerification: 'required',
    },
    attestation: 'none',
  };
}

/** How an option names a passkey (WebAuthn L3 §5.8.3). */
export function descriptorOf({ id, transports }: Pick<Passkey, 'id' | 'transports'>) {
  const named = transports.length === 0 ? {} : { transports: readTransports(transports) };
  return { type: 'public-key' as const, id, ...named };
}

export type RegistrationToVerify = {
  readonly response: RegistrationResponseJSON;
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
};

export type MadePasskey = Omit<NewPasskey, 'personId' | 'name' | 'createdAt'>;

/** WebAuthn L3 §7.1; undefined when it was not made for this challenge here. */
export async function verifyRegistration(
  given: RegistrationToVerify,
): Promise<MadePasskey | undefined> {
  const { response, challenge, relyingParty } = given;
  if (!isTopLevel(response.response.clientDataJSON)) return undefined;
  try {
    if (!vouchesForItselfAtMost(response.response.attestationObject)) return undefined;
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [relyingParty.origin],
      expectedRPID: relyingParty.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    // §7.1: the id that is signed over is the one that counts.
    if (registrationInfo?.credential.id !== response.id) return undefined;
    const { credential, credentialDeviceType, credentialBackedUp, aaguid } = registrationInfo;
    return {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      transports: readTransports(response.response.transports),
      deviceType: credentialDeviceType,
      backedUp: credentialBackedUp,
      aaguid,
    };
  } catch {
    // The library has one kind of error for all that can be wrong with what it is given.
    return undefined;
  }
}

/** Certificates of makers were not asked for; to judge them, the library would fetch what their issuers name. */
function vouchesForItselfAtMost(attestationObject: string): boolean {
  const bytes = new Uint8Array(Buffer.from(attestationObject, 'base64url'));
  const decoded = decodeAttestationObject(bytes);
  const format = decoded.get('fmt');
  return (
    format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
  );
}
