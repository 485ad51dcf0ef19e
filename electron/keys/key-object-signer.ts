import { createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { joseSignature, subjectPublicKeyInfo, type Curve } from './elliptic-curve.ts';
import { describePublicKey } from './public-key.ts';
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
    const { algorithm, jwk } = describePublicKey(this.#publicKey);
    this.publicJwk = jwk;
    this.algorithm = algorithm;
  }

  get publicSpki(): Uint8Array {
    return (this.#publicSpki ??= isElliptic(this.algorithm)
      ? subjectPublicKeyInfo(curves[this.algorithm], this.publicJwk)
      : this.#publicKey.export({ format: 'der', type: 'spki' }));
  }

  /**
   * RFC 7518 §3.4: an ECDSA signature is r‖s, not the ASN.1 sequence. RSA goes to libuv's thread pool; the others take
   * less time than the way there and back.
   */
  sign(data: Uint8Array): Promise<Uint8Array> {
    const { algorithm } = this;
    return new Promise((resolve, reject) => {
      if (isElliptic(algorithm)) {
        const sequence = sign(`sha${algorithm.slice(2)}`, data, this.#privateKey);
        resolve(joseSignature(curves[algorithm], sequence));
        return;
      }
      if (algorithm === 'EdDSA') {
        // RFC 8032 §5.1: it hashes by itself.
        resolve(sign(null, data, this.#privateKey));
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

const isElliptic = (algorithm: SignatureAlgorithm): algorithm is keyof typeof curves =>
  Object.hasOwn(curves, algorithm);
