import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { importAccountKey, thumbprintOf } from './account-key.ts';

describe('the thumbprint of a key', () => {
  it('is that of the example in RFC 7515, A.3', () => {
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    };
    expect(importAccountKey(jwk).thumbprint).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
  });

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['Ed25519', generateKeyPairSync('ed25519')],
  ])('is what jose makes it, for %s', async (_name, { publicKey }) => {
    const jwk = publicKey.export({ format: 'jwk' });
    expect(thumbprintOf(publicKey)).toBe(await calculateJwkThumbprint(jwk));
  });

  it('does not depend on what else the key says', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
    const chatty = { use: 'sig', y, x, kid: 'mine', crv, kty, key_ops: ['verify'] };
    const key = importAccountKey(chatty);
    expect(key.thumbprint).toBe(thumbprintOf(publicKey));
    expect(key.jwk).toEqual({ kty, crv, x, y });
    expect(createPublicKey({ key: key.jwk, format: 'jwk' }).equals(publicKey)).toBe(true);
  });
});
