import type { JwsHeader } from '../jws.ts';
import { isBase64Url, parseJson } from '../jws.ts';
import { Problem } from '../problems.ts';
import { CertificateError, readCertificate } from '../x509/read-certificate.ts';
import type { ReadCertificate } from '../x509/read-certificate.ts';

/** A compact JWS with `x5c` (RFC 7515 §3.1, §4.1.6), read and not yet believed. */
export type CertificateResponse = {
  readonly algorithm: string;
  readonly type: string;
  readonly url: string;
  /** Leaf first. */
  readonly chain: readonly [ReadCertificate, ...ReadCertificate[]];
  readonly payload: Buffer;
  /** The octets under the signature. */
  readonly signingInput: string;
  readonly signature: Buffer;
};

const members = ['alg', 'typ', 'x5c', 'url'] as const;

/** Of a chain in `x5c`. */
const MAXIMUM_CERTIFICATES = 8;
const MAXIMUM_CHAIN_OCTETS = 64 * 1024;
/** `x5c` in base64 and the header in base64url around it, with room for the URL. */
const MAXIMUM_TEXT = 132 * 1024;

/** Reads the response of cert-01. Throws `malformed`, at no cost to the client. */
export function readCertificateResponse(payload: JwsHeader): CertificateResponse {
  const { sig } = payload as { readonly sig?: unknown };
  if (typeof sig !== 'string') throw malformed('The response must have a "sig", a compact JWS.');
  if (sig.length > MAXIMUM_TEXT) throw malformed('The "sig" is too long.');
  const parts = sig.split('.');
  const [header = '', body = '', signature = ''] = parts;
  if (parts.length !== 3 || parts.some((part) => part === '' || !isBase64Url(part))) {
    throw malformed('The "sig" is no compact JWS.');
  }
  const read = readHeader(header);
  return {
    ...read,
    payload: Buffer.from(body, 'base64url'),
    signingInput: `${header}.${body}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

function readHeader(
  text: string,
): Pick<CertificateResponse, 'algorithm' | 'type' | 'url' | 'chain'> {
  const bytes = Buffer.from(text, 'base64url');
  const header = parseJson(bytes, 'The header of the "sig"');
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw malformed('The header of the "sig" is no JSON object.');
  }
  // Other ways to name the key, and whatever else would have to be understood, are refused by not being listed.
  const names: readonly string[] = Object.keys(header);
  if (names.length !== members.length || !members.every((name) => names.includes(name))) {
    throw malformed(`The header of the "sig" must have ${members.join(', ')} and nothing else.`);
  }
  const { alg, typ, url, x5c } = header as Readonly<Record<(typeof members)[number], unknown>>;
  if (typeof alg !== 'string' || typeof typ !== 'string' || typeof url !== 'string') {
    throw malformed('In the header of the "sig", alg, typ and url must be text.');
  }
  return { algorithm: alg, type: typ, url, chain: readChain(x5c) };
}

function readChain(value: unknown): CertificateResponse['chain'] {
  if (!Array.isArray(value) || value.length > MAXIMUM_CERTIFICATES) throw badChain();
  const encoded = value.map((entry: unknown) => readBase64(entry));
  const octets = encoded.reduce((sum, { length }) => sum + length, 0);
  if (octets > MAXIMUM_CHAIN_OCTETS) throw malformed('The "x5c" is too long.');
  const [leaf, ...rest] = encoded.map(read);
  if (leaf === undefined) throw badChain();
  return [leaf, ...rest];
}

/** Standard base64, with its padding, in the one spelling that its bytes have. */
function readBase64(entry: unknown): Buffer {
  if (typeof entry !== 'string' || entry === '') throw badChain();
  const bytes = Buffer.from(entry, 'base64');
  if (bytes.toString('base64') !== entry) throw badChain();
  return bytes;
}

function read(bytes: Buffer): ReadCertificate {
  try {
    return readCertificate(bytes);
  } catch (cause) {
    if (!(cause instanceof CertificateError)) throw cause;
    throw malformed('The "x5c" holds something that is no certificate.', cause);
  }
}

function badChain(): Problem {
  return malformed(
    `The "x5c" must be a list of 1 to ${MAXIMUM_CERTIFICATES} certificates in base64.`,
  );
}

function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('malformed', detail, cause === undefined ? {} : { cause });
}
