import type { JsonWebKey } from 'node:crypto';

// OpenSSL takes as long for these two as for a signature, and they are put together from octets that are there.

export type Curve = 'P-256' | 'P-384';

/** Octets of a coordinate, and of the order of the curve. */
const sizes: Readonly<Record<Curve, number>> = { 'P-256': 32, 'P-384': 48 };

// RFC 5480 §2: a SEQUENCE of the AlgorithmIdentifier with the curve's name, and the BIT STRING that begins with §2.2's 04.
const prefixes: Readonly<Record<Curve, Buffer>> = {
  'P-256': Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'),
  'P-384': Buffer.from('3076301006072a8648ce3d020106052b8104002203620004', 'hex'),
};

/** DER SubjectPublicKeyInfo of a key on that curve, uncompressed. */
export function subjectPublicKeyInfo(curve: Curve, { x = '', y = '' }: JsonWebKey): Buffer {
  // RFC 7518 §6.2.1.2: coordinates have their full length there.
  return Buffer.concat([prefixes[curve], Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

/** RFC 7518 §3.4: r‖s in their full length, of the SEQUENCE of two INTEGERs that OpenSSL makes (RFC 3279 §2.2.3). */
export function joseSignature(curve: Curve, sequence: Buffer): Buffer {
  const size = sizes[curve];
  const signature = Buffer.alloc(2 * size);
  const lengthOfR = sequence[3] ?? 0;
  const endOfR = 4 + lengthOfR;
  putNumber(signature, sequence.subarray(4, endOfR), size);
  putNumber(signature, sequence.subarray(endOfR + 2), 2 * size);
  return signature;
}

/** Right-aligned; X.690 §8.3: an octet 00 keeps the number from being negative, and small numbers are short. */
function putNumber(signature: Buffer, content: Buffer, end: number): void {
  const octets = content[0] === 0 ? content.subarray(1) : content;
  octets.copy(signature, end - octets.length);
}
