import type { JsonWebKey } from 'node:crypto';

/** JWS algorithm names (RFC 7518 §3.1, RFC 8037 §3.1) that a wallet key can have. */
export type SignatureAlgorithm = 'ES256' | 'ES384' | 'RS256' | 'EdDSA';

/**
 * A private key that can sign and nothing else: software, token and operating-system keys look alike from here.
 * `sign` hashes and signs `data`; ECDSA signatures are r‖s as in JOSE (RFC 7518 §3.4), RSA is PKCS #1 v1.5,
 * `EdDSA` is Ed25519.
 */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  /** Public members only, in RFC 7638 form (`crv kty x y`, `e kty n` or `crv kty x`). */
  readonly publicJwk: Readonly<JsonWebKey>;
  /** DER SubjectPublicKeyInfo. */
  readonly publicSpki: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}
