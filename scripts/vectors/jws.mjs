import { base64url } from './octets.mjs';

/** A compact JWS and all that it is made of; `payload` is text as it is signed. */
export function compact(key, header, payload, signature) {
  const text = JSON.stringify(header);
  const signingInput = `${base64url(text)}.${base64url(payload)}`;
  const octets = signature?.(signingInput) ?? key.sign(Buffer.from(signingInput));
  return {
    header: text,
    payload,
    signingInput,
    response: { sig: `${signingInput}.${base64url(octets)}` },
  };
}

/** A flattened JWS (RFC 7515 §7.2.2); `payload` is an object, or "" for POST-as-GET. */
export function flattened(key, header, payload, signature) {
  const text = JSON.stringify(header);
  const parts = {
    protected: base64url(text),
    payload: payload === '' ? '' : base64url(JSON.stringify(payload)),
  };
  const input = `${parts.protected}.${parts.payload}`;
  const octets = signature?.(input) ?? key.sign(Buffer.from(input));
  return { ...parts, signature: base64url(octets) };
}

/** One bit of the last octet but one is another. */
export function spoiled(octets) {
  const copy = Buffer.from(octets);
  copy[copy.length - 2] ^= 1;
  return copy;
}
