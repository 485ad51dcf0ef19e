import type { AccountKey } from './account-key.ts';
import { signatureAlgorithms, verifySignature } from './jws-algorithms.ts';
import { Problem } from './problems.ts';

/** RFC 7515 §7.2.2, with nothing but what ACME allows in it. */
export type FlattenedJws = {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
};

export type JwsHeader = Readonly<Record<string, unknown>>;

/** Takes a parsed JSON value for a flattened JWS (RFC 8555 §6.2). `what` begins the sentence of a refusal. */
export function readFlattenedJws(value: unknown, what: string): FlattenedJws {
  const members = readObject(value, what);
  if ('signatures' in members) {
    throw new Problem('malformed', `${what} is no flattened JWS: it has "signatures".`);
  }
  if ('header' in members) {
    throw new Problem('malformed', `${what} has an unprotected header.`);
  }
  return {
    protected: readEncoded(members, 'protected', what),
    payload: readEncoded(members, 'payload', what),
    signature: readEncoded(members, 'signature', what),
  };
}

function readEncoded(members: JwsHeader, name: string, what: string): string {
  const value = members[name];
  if (typeof value !== 'string' || !isBase64Url(value)) {
    throw new Problem('malformed', `${what} has no base64url "${name}".`);
  }
  return value;
}

/** RFC 8555 §6.1: without padding; and in the one spelling that its bytes have. */
export function isBase64Url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

/** Decodes the protected header and refuses what RFC 8555 §6.2 never allows in one. */
export function readHeader(jws: FlattenedJws, what: string): JwsHeader {
  const header = readJsonObject(Buffer.from(jws.protected, 'base64url'), `The header of ${what}`);
  for (const name of ['crit', 'b64', 'x5u', 'jku']) {
    if (name in header) throw new Problem('malformed', `${what} may not have "${name}".`);
  }
  return header;
}

/** The signature algorithm, when it is one of those accepted (RFC 8555 §6.2). */
export function readAlgorithm(
  header: JwsHeader,
  accepted: readonly string[] = signatureAlgorithms,
): string {
  const { alg } = header as { readonly alg?: unknown };
  if (typeof alg === 'string' && accepted.includes(alg)) return alg;
  throw new Problem('badSignatureAlgorithm', 'The signature algorithm is not accepted.', {
    members: { algorithms: accepted },
  });
}

/** Verifies the signature. `algorithm` must be one of those the key was imported for. */
export function verifyJws(
  jws: FlattenedJws,
  { key, algorithms }: AccountKey,
  algorithm: string,
): void {
  const input = `${jws.protected}.${jws.payload}`;
  const signature = Buffer.from(jws.signature, 'base64url');
  if (algorithms.includes(algorithm) && verifySignature({ algorithm, key, input, signature }))
    return;
  throw new Problem('malformed', 'The signature of the JWS does not verify.');
}

export function readJsonObject(bytes: Uint8Array, what: string): JwsHeader {
  return readObject(parseJson(bytes, what), what);
}

export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Problem('malformed', `${what} is no JSON.`, { cause });
  }
}

function readObject(value: unknown, what: string): JwsHeader {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('malformed', `${what} is no JSON object.`);
  }
  return value as JwsHeader;
}
