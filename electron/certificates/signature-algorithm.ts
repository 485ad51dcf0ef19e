import type { SignatureAlgorithm } from '../keys/signer.ts';
import { nullValue, objectIdentifier, sequence, unsignedInteger } from './der.ts';

/** AlgorithmIdentifiers of RFC 5758 §3.2, without parameters, and RFC 4055 §5, with NULL. */
export function algorithmIdentifier(algorithm: SignatureAlgorithm): Buffer {
  switch (algorithm) {
    case 'ES256':
      return sequence(objectIdentifier('1.2.840.10045.4.3.2'));
    case 'ES384':
      return sequence(objectIdentifier('1.2.840.10045.4.3.3'));
    case 'RS256':
      return sequence(objectIdentifier('1.2.840.113549.1.1.11'), nullValue());
  }
}

/** A JOSE signature as X.509 writes it: ECDSA's r and s are a sequence there (RFC 3279 §2.2.3). */
export function signatureValue(algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array {
  if (algorithm === 'RS256') return signature;
  const half = signature.length / 2;
  return sequence(
    unsignedInteger(signature.subarray(0, half)),
    unsignedInteger(signature.subarray(half)),
  );
}
