import {
  createHash,
  generateKeyPairSync,
  randomBytes,
  sign,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import {
  PasskeyError,
  type AuthenticationResponseJSON,
  type CreationOptions,
  type RegistrationResponseJSON,
  type RequestOptions,
} from '../../passkeys/ceremony.ts';
import { cbor, type CborValue } from './cbor.ts';

interface Passkey {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  signCount: number;
}

const flag = { present: 0x01, verified: 0x04, attested: 0x40 };
const es256 = -7;

export interface AuthenticatorOptions {
  /** False: it asks the person for a touch, and for nothing that proves who they are. */
  readonly verifiesPerson?: boolean;
  /** Which has the same passkeys. */
  readonly passkeysOf?: SoftwareAuthenticator;
  /** It says what they say, and has none of their keys. */
  readonly isImposter?: boolean;
}

/** An authenticator and the browser before it, with ES256 keys in memory and nobody to ask (WebAuthn L3 §6). */
export class SoftwareAuthenticator {
  readonly #passkeys: Passkey[];
  readonly #flags: number;
  readonly #isImposter: boolean;

  constructor(options: AuthenticatorOptions = {}) {
    const { verifiesPerson = true, passkeysOf, isImposter = false } = options;
    this.#isImposter = isImposter;
    this.#flags = flag.present | (verifiesPerson ? flag.verified : 0);
    this.#passkeys = passkeysOf === undefined ? [] : passkeysOf.#passkeys;
  }

  get ids(): readonly string[] {
    return this.#passkeys.map(({ id }) => id);
  }

  /** WebAuthn L3 §6.3.2. */
  create(origin: string, options: CreationOptions): RegistrationResponseJSON {
    const excluded = options.excludeCredentials?.map(({ id }) => id) ?? [];
    if (this.ids.some((id) => excluded.includes(id))) {
      throw new PasskeyError('already-registered', 'it has one', { detail: 'InvalidStateError' });
    }
    if (!options.pubKeyCredParams.some(({ alg }) => alg === es256)) {
      throw new PasskeyError('not-supported', 'no ES256', { detail: 'NotSupportedError' });
    }
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(32);
    const passkey = {
      ...{ id: id.toString('base64url'), rpId: options.rp.id, userHandle: options.user.id },
      ...{ privateKey, signCount: 0 },
    };
    this.#passkeys.push(passkey);
    const key = cbor(coseKey(publicKey.export({ format: 'jwk' })));
    const size = Buffer.alloc(2);
    size.writeUInt16BE(id.length);
    const authData = Buffer.concat([
      this.#authenticatorData(passkey, flag.attested),
      ...[Buffer.alloc(16), size, id, key],
    ]);
    const attestation = new Map<string, CborValue>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return {
      ...facts(passkey),
      response: {
        clientDataJSON: clientData('webauthn.create', origin, options.challenge),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  /** WebAuthn L3 §6.3.3. */
  get(origin: string, options: RequestOptions): AuthenticationResponseJSON {
    const wanted = options.allowCredentials?.map(({ id }) => id);
    const passkey = this.#passkeys.find(
      ({ id, rpId }) => rpId === options.rpId && (wanted?.includes(id) ?? true),
    );
    if (passkey === undefined) {
      throw new PasskeyError('refused', 'it has none', { detail: 'NotAllowedError' });
    }
    passkey.signCount += 1;
    const clientDataJSON = clientData('webauthn.get', origin, options.challenge);
    const authenticatorData = this.#authenticatorData(passkey);
    const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
    const signed = Buffer.concat([authenticatorData, hash]);
    return {
      ...facts(passkey),
      response: {
        clientDataJSON,
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, this.#keyOf(passkey)).toString('base64url'),
        userHandle: passkey.userHandle,
      },
    };
  }

  #keyOf({ privateKey }: Passkey): KeyObject {
    if (!this.#isImposter) return privateKey;
    return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  }

  #authenticatorData({ rpId, signCount }: Passkey, more = 0): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(signCount);
    const rpIdHash = createHash('sha256').update(rpId).digest();
    return Buffer.concat([rpIdHash, Buffer.from([this.#flags | more]), counter]);
  }
}

function clientData(type: string, origin: string, challenge: string): string {
  const data = { type, challenge, origin, crossOrigin: false };
  return Buffer.from(JSON.stringify(data)).toString('base64url');
}

const facts = ({ id }: Passkey) => ({
  ...{ id, rawId: id, type: 'public-key' as const },
  ...{ authenticatorAttachment: 'platform', clientExtensionResults: {} },
});

/** RFC 9053 §7.1.1. */
function coseKey({ x = '', y = '' }: JsonWebKey): ReadonlyMap<number, CborValue> {
  return new Map<number, CborValue>([
    [1, 2],
    [3, es256],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]);
}
