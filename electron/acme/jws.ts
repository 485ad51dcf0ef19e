import { createHmac, type JsonWebKey } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import type { JsonObject } from './json.ts';

/** A JWS in the one serialization that ACME allows (RFC 8555 §6.2). */
export interface FlattenedJws {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** RFC 8555 §6.2: exactly one of `jwk` and `kid`; inner JWSs have no nonce. */
export type JwsHeader = { readonly url: string; readonly nonce?: string } & (
  { readonly jwk: Readonly<JsonWebKey> } | { readonly kid: string }
);

/** What RFC 8555 §6.3 calls POST-as-GET: a zero-length payload, not an empty object. */
export const postAsGet = Symbol('POST-as-GET');
export type JwsPayload = JsonObject | typeof postAsGet;

const base64url = (octets: Uint8Array): string =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64url');

const base64urlJson = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

// RFC 7515 §7.2.2.
function unsignedParts(header: object, payload: JwsPayload): Omit<FlattenedJws, 'signature'> {
  return {
    protected: base64urlJson(header),
    payload: payload === postAsGet ? '' : base64urlJson(payload),
  };
}

/** Signs with the account's or a certificate's key, wherever that lies. */
export async function signJws(
  signer: Signer,
  header: JwsHeader,
  payload: JwsPayload,
): Promise<FlattenedJws> {
  const parts = unsignedParts({ alg: signer.algorithm, ...header }, payload);
  const signature = await signer.sign(Buffer.from(`${parts.protected}.${parts.payload}`, 'ascii'));
  return { ...parts, signature: base64url(signature) };
}

/** The MAC that only an external account binding may have (RFC 8555 §7.3.4). */
export function authenticateJws(
  macKey: Uint8Array,
  header: { readonly kid: string; readonly url: string },
  payload: JsonObject,
): FlattenedJws {
  const parts = unsignedParts({ alg: 'HS256', ...header }, payload);
  const mac = createHmac('sha256', macKey).update(`${parts.protected}.${parts.payload}`).digest();
  return { ...parts, signature: base64url(mac) };
}
