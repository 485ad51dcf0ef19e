import { createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { joseSignature, subjectPublicKeyInfo, type Curve } from './elliptic-curve.ts';
import type { SignatureAlgorithm, Signer } from './signer.ts';

/** Signs with a key that Node's crypto holds; its bytes are out of JavaScript's reach. */
export class KeyObjectSigner implements Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly publicJwk: Readonly<JsonWebKey>;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  #publicSpki: Uint8Array | undefined;

  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
    this.#publicKey = createPublicKey(privateKey);
    this.publicJwk = jwkOf(this.#publicKey);
    this.algorithm = algorithmOf(privateKey.asymmetricKeyType, this.publicJwk);
  }

  get publicSpki(): Uint8Array {
    return (this.#publicSpki ??=
      this.algorithm === 'RS256'
        ? this.#publicKey.export({ format: 'der', type: 'spki' })
        : subjectPublicKeyInfo(curves[this.algorithm], this.publicJwk));
  }

  /**
   * RFC 7518 §3.4: an ECDSA signature is r‖s, not the ASN.1 sequence. RSA goes to libuv's thread pool; ECDSA takes less
   * time than the way there and back.
   */
  sign(data: Uint8Array): Promise<Uint8Array> {
    const { algorithm } = this;
    return new Promise((resolve, reject) => {
      if (algorithm !== 'RS256') {
        const sequence = sign(`sha${algorithm.slice(2)}`, data, this.#privateKey);
        resolve(joseSignature(curves[algorithm], sequence));
        return;
      }
      sign('sha256', data, this.#privateKey, (error, signature) => {
        if (error) reject(error);
        else resolve(signature);
      });
    });
  }
}

const curves = { ES256: 'P-256', ES384: 'P-384' } as const satisfies Record<string, Curve>;

function jwkOf(key: KeyObject): Readonly<JsonWebKey> {
  try {
    return key.export({ format: 'jwk' });
  } catch (cause) {
    // Curves that JOSE has no name for.
    throw new TypeError(`the wallet makes no such ${key.asymmetricKeyType ?? ''} keys`, { cause });
  }
}

function algorithmOf(
  type: KeyObject['asymmetricKeyType'],
  { crv }: JsonWebKey,
): SignatureAlgorithm {
  // As a JWK one that is for PSS only looks alike.
  if (type === 'rsa') return 'RS256';
  if (crv === 'P-256') return 'ES256';
  if (crv === 'P-384') return 'ES384';
  throw new TypeError(`the wallet makes no ${crv ?? type ?? 'such'} keys`);
}
