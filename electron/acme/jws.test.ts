import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { decodeProtectedHeader, flattenedVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { bindExternalAccount, InvalidMacKey } from './external-account-binding.ts';
import { postAsGet, signJws } from './jws.ts';
import { joinKeyAuthorization, thumbprintOf } from './key-authorization.ts';

const url = 'https://ca.example/acme/new-order';

/** RFC 7515 §A.3. */
const example = createPrivateKey({
  format: 'jwk',
  key: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  },
});

const keys: readonly (readonly [string, () => KeyObject])[] = [
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['EdDSA', () => generateKeyPairSync('ed25519').privateKey],
  ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
];

describe('a signed message', () => {
  test.each(keys)('verifies by %s', async (algorithm, makeKey) => {
    const privateKey = makeKey();
    const signer = new KeyObjectSigner(privateKey);
    const payload = {
      identifiers: [{ type: 'email', value: 'älex@example.test' }],
      profile: undefined,
    };
    const jws = await signJws(signer, { kid: 'https://ca.example/1', nonce: 'abc', url }, payload);
    const verified = await flattenedVerify(jws, createPublicKey(privateKey));
    expect(verified.protectedHeader).toEqual({
      alg: algorithm,
      kid: 'https://ca.example/1',
      nonce: 'abc',
      url,
    });
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual({
      identifiers: payload.identifiers,
    });
    expect(Object.keys(jws).sort()).toEqual(['payload', 'protected', 'signature']);
  });

  test('that only reads has an empty payload', async () => {
    const signer = new KeyObjectSigner(example);
    const jws = await signJws(signer, { kid: 'k', nonce: 'n', url }, postAsGet);
    expect(jws.payload).toBe('');
    await flattenedVerify(jws, createPublicKey(example));
  });

  test('by a key that has no account carries its public half only', async () => {
    const signer = new KeyObjectSigner(example);
    const jws = await signJws(signer, { jwk: signer.publicJwk, nonce: 'n', url }, {});
    const { jwk } = decodeProtectedHeader(jws);
    expect(Object.keys(jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  });
});

describe('an external account binding', () => {
  const signer = new KeyObjectSigner(example);
  const macKey = Buffer.alloc(32, 9).toString('base64url');

  test('is a MAC over the account key, without a nonce', async () => {
    const jws = bindExternalAccount(signer, { kid: 'kid-1', macKey }, url);
    const verified = await flattenedVerify(jws, Buffer.alloc(32, 9));
    expect(verified.protectedHeader).toEqual({ alg: 'HS256', kid: 'kid-1', url });
    expect(JSON.parse(Buffer.from(verified.payload).toString())).toEqual(signer.publicJwk);
  });

  test('takes a key with padding and spaces around it', () => {
    const padded = bindExternalAccount(signer, { kid: 'k', macKey: ` ${macKey}=\n` }, url);
    expect(padded).toEqual(bindExternalAccount(signer, { kid: 'k', macKey }, url));
  });

  test.each(['', 'not base64url!', 'a+b/c', '===', 'a b'])(
    'refuses the key %j without telling it',
    (bad) => {
      const bind = () => bindExternalAccount(signer, { kid: 'k', macKey: bad }, url);
      expect(bind).toThrow(InvalidMacKey);
      expect(bind).toThrow('the key of the external account is not in base64url');
    },
  );
});

test('thumbprint and key authorization are those of the published vectors', () => {
  const thumbprint = thumbprintOf(new KeyObjectSigner(example));
  expect(thumbprint).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
  const keyAuthorization = joinKeyAuthorization(
    'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
    thumbprint,
  );
  expect(createHash('sha256').update(keyAuthorization).digest('base64url')).toBe(
    'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU',
  );
});
