import { createHash } from 'node:crypto';
import { base64url, calculateJwkThumbprint } from 'jose';
import type { Signer } from '../keys/signer.ts';

/** RFC 7638, SHA-256, base64url. */
export const thumbprintOf = (signer: Signer): Promise<string> =>
  calculateJwkThumbprint(signer.publicJwk, 'sha256');

/** RFC 8555 §8.1. */
export const joinKeyAuthorization = (token: string, thumbprint: string): string =>
  `${token}.${thumbprint}`;

/** The digest by which dns-01, device-attest-01 and WebAuthn ceremonies carry a key authorization. */
export const keyAuthorizationDigest = (keyAuthorization: string): string =>
  base64url.encode(createHash('sha256').update(keyAuthorization, 'ascii').digest());
