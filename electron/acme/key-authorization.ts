import { calculateJwkThumbprint } from 'jose';
import type { Signer } from '../keys/signer.ts';

/** RFC 7638, SHA-256, base64url. */
export const thumbprintOf = (signer: Signer): Promise<string> =>
  calculateJwkThumbprint(signer.publicJwk, 'sha256');

/** RFC 8555 §8.1. */
export const joinKeyAuthorization = (token: string, thumbprint: string): string =>
  `${token}.${thumbprint}`;
