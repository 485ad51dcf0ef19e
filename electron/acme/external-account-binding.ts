import type { Signer } from '../keys/signer.ts';
import type { ExternalAccountKey } from './account.ts';
import { authenticateJws, type FlattenedJws } from './jws.ts';
import type { JsonObject } from './json.ts';

/** The MAC key of an external account is not base64url. The key itself is never part of the message. */
export class InvalidMacKey extends Error {
  readonly code = 'acme-invalid-mac-key';

  constructor() {
    super('the key of the external account is not in base64url');
    this.name = 'InvalidMacKey';
  }
}

// Portals hand keys out with padding too; both alphabets and what is no base64 at all differ.
const base64urlText = /^[A-Za-z0-9_-]+={0,2}$/;

function decodeMacKey(text: string): Uint8Array {
  const trimmed = text.trim();
  if (!base64urlText.test(trimmed)) throw new InvalidMacKey();
  return Buffer.from(trimmed, 'base64url');
}

/** Binds the account key to an account that the CA knows already (RFC 8555 §7.3.4). */
export function bindExternalAccount(
  signer: Signer,
  { kid, macKey }: ExternalAccountKey,
  newAccountUrl: string,
): FlattenedJws {
  const header = { kid, url: newAccountUrl };
  return authenticateJws(decodeMacKey(macKey), header, signer.publicJwk as JsonObject);
}
