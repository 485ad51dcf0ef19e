import {
  lenient,
  list,
  object,
  oneOf,
  optional,
  ShapeMismatch,
  text,
  wholeNumber,
  type Reader,
} from './shape.ts';

/** It is there and cannot be read: neither what it says nor what is usual without it may be assumed. */
export type Unreadable = 'unreadable';

/** For members whose absence means something: what cannot be read does not count as missing. */
export const orUnreadable =
  <T>(reader: Reader<T>): Reader<T | undefined | Unreadable> =>
  (value, path) => {
    try {
      return optional(reader)(value, path);
    } catch (error) {
      if (error instanceof ShapeMismatch) return 'unreadable';
      throw error;
    }
  };

const base64url = (maximum: number): Reader<string> =>
  text({ minimum: 1, maximum, pattern: /^[A-Za-z0-9_-]+$/ });

const word = text({ minimum: 1, maximum: 32, pattern: /^[a-z-]+$/ });

const credentialDescriptor = object({
  type: oneOf(['public-key']),
  // WebAuthn L3 §4: a credential's identifier has 1023 octets at most.
  id: base64url(1364),
  transports: lenient(list(word, { maximum: 8 })),
});

/** `PublicKeyCredentialRequestOptionsJSON` (WebAuthn L3 §5.1.10), as far as any of it is passed on. */
export const passkeyRequest = object({
  rpId: optional(text({ minimum: 1, maximum: 253 })),
  /** Milliseconds. */
  timeout: lenient(wholeNumber(1, 2 ** 31)),
  userVerification: lenient(oneOf(['required', 'preferred', 'discouraged'])),
  allowCredentials: optional(list(credentialDescriptor, { maximum: 64 })),
  hints: lenient(list(word, { maximum: 8 })),
  challenge: optional(text({ maximum: 1024 })),
});

/** What a CA asks of a passkey (ppkp-01). What may be passed on is for `enrollment/challenges` to say. */
export type PasskeyRequest = ReturnType<typeof passkeyRequest>;

/** A thumbprint by SHA-256 (RFC 7638). */
export const thumbprint: Reader<string> = text({ maximum: 43, pattern: /^[A-Za-z0-9_-]{43}$/ });

// 8 KB of DER, in base64url without padding.
const longestName = Math.ceil((8_192 * 4) / 3);

/** A DER Name in base64url. */
export const issuerName: Reader<string> = base64url(longestName);

/** The name of a JWS algorithm (RFC 7518 §3.1). */
export const algorithmName: Reader<string> = text({ maximum: 32, pattern: /^[A-Za-z0-9-]+$/ });
