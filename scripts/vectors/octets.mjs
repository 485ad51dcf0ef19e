import { createHash } from 'node:crypto';

/** @param {string | Uint8Array} data */
export const base64url = (data) => Buffer.from(data).toString('base64url');

/** @param {string | Uint8Array} data */
export const sha256 = (data) => createHash('sha256').update(data).digest();

/** What WebAuthn, dns-01 and registrations are made of. @param {string} text */
export const digestOf = (text) => sha256(text).toString('base64url');

/**
 * CBOR as authenticators write it (RFC 8949 §3, CTAP 2.2 §8): the order of a map is the caller's.
 *
 * @param {number | string | Uint8Array | unknown[] | Map<number | string, unknown>} value
 * @returns {Buffer}
 */
export function cbor(value) {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, value.length), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

function head(majorType, argument) {
  const first = majorType << 5;
  if (argument < 24) return Buffer.of(first | argument);
  if (argument < 256) return Buffer.of(first | 24, argument);
  return Buffer.of(first | 25, argument >> 8, argument & 255);
}
