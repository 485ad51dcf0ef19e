import { base64url } from 'jose';
import type { Signer } from '../keys/signer.ts';
import type { JsonObject } from './json.ts';

/** CRL reasons that the holder of a certificate can give, by their RFC 5280 §5.3.1 names and numbers. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

/** RFC 8555 §7.6. */
export interface Revocation {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly reason?: RevocationReason;
  /** The certificate's own key; the account's when not given. */
  readonly signer?: Signer;
}

export const revocationPayload = ({ certificate, reason }: Revocation): JsonObject => ({
  certificate: base64url.encode(certificate),
  reason: reason && revocationReasons[reason],
});
