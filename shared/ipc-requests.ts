import { z } from 'zod';
import { passkeyWays } from './enrollment-state.ts';

export const nothing = z.strictObject({});
export const identity = z.string().min(1).max(200);
export const resourceUrl = z.string().min(1).max(2048);
/** CKA_ID. */
export const tokenKeyId = z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/);
/** Octets, so that they can be overwritten after use; text is UTF-8 (PKCS #11 §5.1 CK_UTF8CHAR). */
export const pin = z.instanceof(Uint8Array).refine(({ length }) => length > 0 && length <= 255);

export const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

export const onThisComputer = [
  z.strictObject({ in: z.literal('software') }),
  z.strictObject({ in: z.literal('os') }),
] as const;
export const onToken = z.strictObject({ in: z.literal('token'), tokenId: identity });

export const keyPlaceChoice = z.discriminatedUnion('in', [
  ...onThisComputer,
  onToken.extend({
    /** A key that is there; otherwise a new one is made. */
    keyId: tokenKeyId.optional(),
    /** The certificate beside that key, by its SHA-256, whose loss the person agreed to. */
    replaces: fingerprint.optional(),
  }),
]);
/** Where the person wants a key to live. */
export type KeyPlaceChoice = z.infer<typeof keyPlaceChoice>;
/**
 * A key that speaks for the person at one organisation is a new one: by one that is in use elsewhere, two of them would know
 * each other's people, and what it signs would be for the CA to say.
 */
export const newKeyPlace = z.discriminatedUnion('in', [...onThisComputer, onToken]);

/** RFC 7638, SHA-256. */
export const thumbprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const byCertificate = z.strictObject({
  by: z.literal('certificate'),
  candidateId: fingerprint,
});
export const byPasskey = z.strictObject({ by: z.literal('passkey'), way: z.enum(passkeyWays) });
/** A key pair that the organisation knows as this person's. */
export const byKey = z.strictObject({ by: z.literal('key'), thumbprint });

export const challengeAnswer = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('code'), otp: z.string().min(1).max(64) }),
  /** A code that the wallet makes itself. */
  z.strictObject({ by: z.literal('own-code') }),
  /** The person says that a record is published: it is looked for, and the CA told when it is there. */
  z.strictObject({
    by: z.literal('record'),
    /** The CA is told also when nobody could be asked from here whether the record is there. */
    unseen: z.boolean(),
  }),
  byCertificate,
  byPasskey,
  byKey,
]);
/** How a challenge is answered. */
export type ChallengeAnswer = z.infer<typeof challengeAnswer>;
