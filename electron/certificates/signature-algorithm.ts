import type { SignatureAlgorithm } from '../keys/signer.ts';
import { nullValue, objectIdentifier, sequence, unsignedInteger } from './der.ts';

/** AlgorithmIdentifiers of RFC 5758 §3.2 and RFC 8410 §3, without parameters, and RFC 4055 §5, with NULL. */
export function algorithmIdentifier(algorithm: SignatureAlgorithm): Buffer {
  switch (algorithm) {
    case 'ES256':
      return sequence(objectIdentifier('1.2.840.10045.4.3.2'));
    case 'ES384':
      return sequence(objectIdentifier('1.2.840.10045.4.3.3'));
    case 'RS256':
      return sequence(objectIdentifier('1.2.840.113549.1.1.11'), nullValue());
    case 'EdDSA':
      return sequence(objectIdentifier('1.3.101.112'));
  }
}

/** A JOSE signature as X.509 writes it: ECDSA's r and s are a sequence there (RFC 3279 §2.2.3). */
export function signatureValue(algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array {
  // RFC 8410 §6: the octets of RFC 8032 as they are.
  if (algorithm === 'RS256' || algorithm === 'EdDSA') return signature;
  const half = signature.length / 2;
  return sequence(
    unsignedInteger(signature.subarray(0, half)),
    unsignedInteger(signature.subarray(half)),
  );
}
