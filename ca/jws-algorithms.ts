import { constants, verify } from 'node:crypto';
import type { KeyObject, SigningOptions } from 'node:crypto';

type Algorithm = { readonly digest: string | null; readonly options: SigningOptions };

/** RFC 7518 §3.4: the two halves of the signature side by side. */
const ecdsa: SigningOptions = { dsaEncoding: 'ieee-p1363' };
const pkcs1: SigningOptions = { padding: constants.RSA_PKCS1_PADDING };
/** RFC 7518 §3.5: salt as long as the digest. */
const pss: SigningOptions = {
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
};

const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: { digest: 'sha256', options: ecdsa },
  ES384: { digest: 'sha384', options: ecdsa },
  ES512: { digest: 'sha512', options: ecdsa },
  EdDSA: { digest: null, options: {} },
  // RFC 9864's name for the same.
  Ed25519: { digest: null, options: {} },
  RS256: { digest: 'sha256', options: pkcs1 },
  RS384: { digest: 'sha384', options: pkcs1 },
  RS512: { digest: 'sha512', options: pkcs1 },
  PS256: { digest: 'sha256', options: pss },
  PS384: { digest: 'sha384', options: pss },
  PS512: { digest: 'sha512', options: pss },
};

/** RFC 8555 §6.2: never `none`, never a MAC. */
export const signatureAlgorithms: readonly string[] = Object.keys(algorithms);

export const rsaAlgorithms: readonly string[] = signatureAlgorithms.filter((name) =>
  /^[RP]S/.test(name),
);

/** One algorithm for each curve, as RFC 7518 §3.4 has it. */
export const curveAlgorithms: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

export type Signed = {
  readonly algorithm: string;
  readonly key: KeyObject;
  readonly input: string;
  readonly signature: Buffer;
};

/** Whether a JWS signature verifies; the caller has matched algorithm and key. */
export function verifySignature({ algorithm, key, input, signature }: Signed): boolean {
  const found = Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm] : undefined;
  if (found === undefined) return false;
  return verify(found.digest, Buffer.from(input), { key, ...found.options }, signature);
}
