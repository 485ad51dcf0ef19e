/** A PKCS #10 request in its two halves (RFC 2986 §4.2). */
export interface SignedRequest {
  /** DER CertificationRequestInfo: what is signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

const sequence = 0x30;
const bitString = 0x03;

/** Takes a DER request apart; `null` when it is none. */
export function readSignedRequest(der: Uint8Array): SignedRequest | null {
  const request = readElement(der, sequence);
  if (request === null || request.rest.length > 0) return null;
  const information = readElement(request.content, sequence);
  const algorithm = information && readElement(information.rest, sequence);
  const signature = algorithm && readElement(algorithm.rest, bitString);
  // X.690 §8.6.2: the first octet of a bit string counts its unused bits.
  if (!signature || signature.rest.length > 0 || signature.content[0] !== 0) return null;
  return { signed: information.whole, signature: signature.content.subarray(1) };
}

interface Element {
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
  readonly rest: Uint8Array;
}

/** X.690 §8.1, §10.1: one element of definite length with a one-octet tag. */
function readElement(der: Uint8Array, tag: number): Element | null {
  const [actual, first] = der;
  if (actual !== tag || first === undefined) return null;
  const lengthOctets = first < 0x80 ? 0 : first - 0x80;
  if (first === 0x80 || lengthOctets > 4 || der.length < 2 + lengthOctets) return null;
  let length = first;
  if (lengthOctets > 0) {
    length = der.subarray(2, 2 + lengthOctets).reduce((sum, octet) => sum * 256 + octet, 0);
  }
  const start = 2 + lengthOctets;
  const end = start + length;
  if (end > der.length) return null;
  return {
    whole: der.subarray(0, end),
    content: der.subarray(start, end),
    rest: der.subarray(end),
  };
}
