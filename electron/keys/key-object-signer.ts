import { createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm, Signer } from './signer.ts';

/** Signs with a key that Node's crypto holds; its bytes are out of JavaScript's reach. */
export class KeyObjectSigner implements Signer {
  readonly algorithm: SignatureAlgorithm;
  readonly publicJwk: Readonly<JsonWebKey>;
  readonly publicSpki: Uint8Array;
  readonly #privateKey: KeyObject;
  readonly #digest: string;

  constructor(privateKey: KeyObject) {
    const publicKey = createPublicKey(privateKey);
    this.algorithm = algorithmOf(privateKey);
    this.publicJwk = publicKey.export({ format: 'jwk' });
    this.publicSpki = publicKey.export({ format: 'der', type: 'spki' });
    this.#privateKey = privateKey;
    this.#digest = `sha${this.algorithm.slice(2)}`;
  }

  /**
   * RFC 7518 §3.4: an ECDSA signature is r‖s, not the ASN.1 sequence. RSA goes to libuv's thread pool; ECDSA takes a
   * tenth of a millisecond, less than the way there and back.
   */
  sign(data: Uint8Array): Promise<Uint8Array> {
    const key = { key: this.#privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return new Promise((resolve, reject) => {
      if (this.algorithm !== 'RS256') {
        resolve(sign(this.#digest, data, key));
        return;
      }
      sign(this.#digest, data, key, (error, signature) => {
        if (error) reject(error);
        else resolve(signature);
      });
    });
  }
}

function algorithmOf(key: KeyObject): SignatureAlgorithm {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (curve === 'prime256v1') return 'ES256';
  if (curve === 'secp384r1') return 'ES384';
  throw new TypeError(`the wallet makes no ${curve ?? key.asymmetricKeyType ?? 'such'} keys`);
}
