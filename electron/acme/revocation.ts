import type { RevocationReason } from '../../shared/models/credential.ts';
import type { Signer } from '../keys/signer.ts';
import type { JsonObject } from './json.ts';

/** RFC 5280 §5.3.1. */
const reasonCodes: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  superseded: 4,
  cessationOfOperation: 5,
};

/** RFC 8555 §7.6. */
export interface Revocation {
  /** DER. */
  readonly certificate: Uint8Array;
  readonly reason?: RevocationReason;
  /** The certificate's own key; the account's when not given. */
  readonly signer?: Signer;
}

export const revocationPayload = ({ certificate, reason }: Revocation): JsonObject => ({
  certificate: Buffer.from(certificate).toString('base64url'),
  reason: reason && reasonCodes[reason],
});
