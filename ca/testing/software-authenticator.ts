import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { encodeCbor } from './cbor.ts';
import type { Cbor } from './cbor.ts';

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256';

/** What a browser is asked to make a passkey by; the members that the authenticator looks at. */
export type Creation = {
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
  readonly pubKeyCredParams: readonly { readonly alg: number }[];
  readonly excludeCredentials?: readonly { readonly id: string }[];
};

/** What a browser is asked to use a passkey by. */
export type Request = {
  readonly rpId?: string;
  readonly challenge: string;
  readonly allowCredentials?: readonly { readonly id: string }[];
};

/** The page on which it happens, and what goes wrong there. */
export type Ceremony = {
  readonly origin: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: unknown;
  readonly rpId?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly signCount?: number;
  readonly userHandle?: string;
  readonly backupEligible?: boolean;
  /** Makes the attestation object's `fmt` and `attStmt` over what it has to sign; `none` when not said. */
  readonly attestation?: (signed: Buffer, key: KeyObject) => Attestation;
};

export type Attestation = {
  readonly format: string;
  readonly statement: ReadonlyMap<string, Cbor>;
};

export type SoftwareAuthenticatorOptions = {
  readonly algorithm?: PasskeyAlgorithm;
  /** Whether it counts signatures; it does when not said. */
  readonly counts?: boolean;
  /** Whether its passkeys go to other devices; false when not said. */
  readonly synchronises?: boolean;
};

type Credential = {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
  signCount: number;
};

/** What `PublicKeyCredential.toJSON()` gives. */
export type CredentialJson<Response> = {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: Response;
  readonly clientExtensionResults: Record<string, never>;
};

export type AssertionJson = CredentialJson<{
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly userHandle?: string;
}>;

export type RegistrationJson = CredentialJson<{
  readonly clientDataJSON: string;
  readonly attestationObject: string;
  readonly transports: string[];
}>;

const coseAlgorithms: Readonly<Record<PasskeyAlgorithm, number>> = {
  ES256: -7,
  EdDSA: -8,
  RS256: -257,
};

/** Browser and authenticator in one, written from WebAuthn L3 §6 by hand: with real keys, and wrong where a test says so. */
export class SoftwareAuthenticator {
  readonly credentials: Credential[] = [];
  readonly #options: SoftwareAuthenticatorOptions;

  constructor(options: SoftwareAuthenticatorOptions = {}) {
    this.#options = options;
  }

  /** WebAuthn L3 §5.1.3. Throws when it has one of those that are excluded, or none of the algorithms. */
  create(options: Creation, ceremony: Ceremony): RegistrationJson {
    const { algorithm = 'ES256' } = this.#options;
    if (!options.pubKeyCredParams.some(({ alg }) => alg === coseAlgorithms[algorithm])) {
      throw new Error('NotSupportedError');
    }
    const excluded = options.excludeCredentials ?? [];
    if (this.credentials.some(({ id }) => excluded.some((other) => other.id === id))) {
      throw new Error('InvalidStateError');
    }
    const credential = newCredential(algorithm, options, ceremony);
    this.credentials.push(credential);
    const data = this.#authenticatorData(credential, ceremony, attestedData(credential));
    const clientDataJSON = clientData('webauthn.create', options.challenge, ceremony);
    const signed = Buffer.concat([data, sha256(clientDataJSON)]);
    const none: Attestation = { format: 'none', statement: new Map() };
    const { format, statement } = ceremony.attestation?.(signed, credential.privateKey) ?? none;
    const attestationObject = encodeCbor(
      new Map<string, Cbor>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', data],
      ]),
    );
    return toJson(credential, {
      clientDataJSON: clientDataJSON.toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** WebAuthn L3 §5.1.4, by the passkey that is allowed. Throws when it has none. */
  get(options: Request, ceremony: Ceremony): AssertionJson {
    const allowed = options.allowCredentials ?? [];
    const credential = this.credentials.find(
      ({ id }) => allowed.length === 0 || allowed.some((one) => one.id === id),
    );
    if (credential === undefined) throw new Error('NotAllowedError');
    if (this.#options.counts ?? true) credential.signCount += 1;
    const data = this.#authenticatorData(credential, ceremony);
    const clientDataJSON = clientData('webauthn.get', options.challenge, ceremony);
    const signed = Buffer.concat([data, sha256(clientDataJSON)]);
    const { privateKey } = credential;
    const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    return toJson(credential, {
      clientDataJSON: clientDataJSON.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: sign(digest, signed, privateKey).toString('base64url'),
      userHandle: ceremony.userHandle ?? credential.userHandle,
    });
  }

  /** WebAuthn L3 §6.1. */
  #authenticatorData(credential: Credential, ceremony: Ceremony, attested?: Buffer): Buffer {
    const { synchronises = false } = this.#options;
    const eligible = ceremony.backupEligible ?? synchronises;
    const flags =
      ((ceremony.userPresent ?? true) ? 0x01 : 0) |
      ((ceremony.userVerified ?? true) ? 0x04 : 0) |
      (eligible ? 0x18 : 0) |
      (attested === undefined ? 0 : 0x40);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(ceremony.signCount ?? credential.signCount);
    const rpIdHash = sha256(ceremony.rpId ?? credential.rpId);
    return Buffer.concat([rpIdHash, Buffer.from([flags]), counter, attested ?? Buffer.alloc(0)]);
  }
}

function newCredential(
  algorithm: PasskeyAlgorithm,
  { rp, user }: Creation,
  { origin }: Ceremony,
): Credential {
  const { privateKey, publicKey } = newKeys(algorithm);
  return {
    id: randomBytes(32).toString('base64url'),
    rpId: rp.id ?? new URL(origin).hostname,
    userHandle: user.id,
    privateKey,
    publicKey: encodeCbor(coseKey(algorithm, publicKey.export({ format: 'jwk' }))),
    signCount: 0,
  };
}

function newKeys(algorithm: PasskeyAlgorithm) {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

/** RFC 9053 §7, RFC 8230 §4. */
function coseKey(algorithm: PasskeyAlgorithm, { x, y, n, e }: JsonWebKey): Cbor {
  const bytes = (text = ''): Buffer => Buffer.from(text, 'base64url');
  const alg = coseAlgorithms[algorithm];
  const entries: Readonly<Record<PasskeyAlgorithm, readonly (readonly [number, Cbor])[]>> = {
    ES256: [
      [1, 2],
      [3, alg],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ],
    EdDSA: [
      [1, 1],
      [3, alg],
      [-1, 6],
      [-2, bytes(x)],
    ],
    RS256: [
      [1, 3],
      [3, alg],
      [-1, bytes(n)],
      [-2, bytes(e)],
    ],
  };
  return new Map(entries[algorithm]);
}

/** WebAuthn L3 §6.5.1. */
function attestedData({ id, publicKey }: Credential): Buffer {
  const bytes = Buffer.from(id, 'base64url');
  const aaguid = Buffer.alloc(16);
  return Buffer.concat([aaguid, Buffer.from([0, bytes.length]), bytes, publicKey]);
}

/** WebAuthn L3 §5.8.1.1. */
function clientData(type: string, challenge: string, ceremony: Ceremony): Buffer {
  const { origin, crossOrigin = false, topOrigin } = ceremony;
  return Buffer.from(
    JSON.stringify({
      type: ceremony.type ?? type,
      challenge: ceremony.challenge ?? challenge,
      origin,
      crossOrigin,
      topOrigin,
    }),
  );
}

function toJson<Response>({ id }: Credential, response: Response): CredentialJson<Response> {
  return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
}

function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest();
}
