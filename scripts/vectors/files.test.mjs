import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { p256 } from '@noble/curves/nist.js';
import { calculateJwkThumbprint, CompactSign, compactVerify, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeFiles } from './files.mjs';
import { folder } from './kept.mjs';
import { named, readVectors } from './read.mjs';

const files = await makeFiles();
const jsonOf = (name) => JSON.parse(files.get(name));
const names = [...files.keys()].filter((name) => name !== 'vectors.schema.json');

/** SHA-256 by a library that had no part in the making, base64url. */
const digestOf = (text) => Buffer.from(p256.hash(Buffer.from(text))).toString('base64url');

describe('docs/vectors', () => {
  it.each([...files])('%s is what npm run vectors writes', (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8'), 'run npm run vectors').toBe(text);
  });

  it('has these files and no other, each named in its README', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    expect(readdirSync(folder).sort()).toEqual([...files.keys(), 'README.md'].sort());
    for (const name of files.keys()) expect(readme).toContain(`(${name})`);
  });

  it.each(names)('%s has the shape of the schema, and each id once', (name) => {
    const file = jsonOf(name);
    const shape = z.fromJSONSchema(jsonOf('vectors.schema.json'));
    expect(shape.safeParse(file).error).toBeUndefined();
    const ids = file.vectors.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it.each([
    ['a vector that says neither', (vector) => ({ ...vector, output: undefined })],
    [
      'a vector that says both',
      (vector) => ({ ...vector, refusal: jsonOf('codes.json').vectors.at(-1).refusal }),
    ],
    ['an id with a space', (vector) => ({ ...vector, id: 'a b' })],
    ['a member that nobody knows', (vector) => ({ ...vector, more: 1 })],
  ])('has a schema that refuses %s', (_what, change) => {
    const shape = z.fromJSONSchema(jsonOf('vectors.schema.json'));
    const { vectors, ...rest } = jsonOf('hotp.json');
    const changed = JSON.parse(JSON.stringify({ ...rest, vectors: vectors.map(change) }));
    expect(shape.safeParse(changed).success).toBe(false);
  });
});

const algorithms = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512', Ed25519: 'EdDSA' };

describe('the keys', () => {
  it.each(named(readVectors('keys').vectors))(
    '%s is one pair, with its thumbprint',
    async (_id, { output: { privateJwk, jwk, thumbprint } }) => {
      expect(await calculateJwkThumbprint(jwk)).toBe(thumbprint);
      expect(privateJwk).toMatchObject(jwk);
      expect(['crv,kty,x', 'crv,kty,x,y', 'e,kty,n']).toContain(Object.keys(jwk).sort().join());
      const alg = algorithms[jwk.crv] ?? 'RS256';
      const signed = await new CompactSign(Buffer.from('pair'))
        .setProtectedHeader({ alg })
        .sign(await importJWK(privateJwk, alg));
      await expect(compactVerify(signed, await importJWK(jwk, alg))).resolves.toBeDefined();
    },
  );

  it('have the account key of RFC 7515 §A.3 among them', () => {
    expect(readVectors('keys').byId.account.output.jwk).toMatchObject({
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    });
  });
});

describe('digests', () => {
  const { byId } = readVectors('key-authorization');

  it('are those that were printed elsewhere', () => {
    expect(byId.thumbprint.output.thumbprint).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U');
    expect(byId.digest.output.base64url).toBe('TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU');
    expect(byId['digest-of-another'].output.base64url).toBe(
      'mVIOJEQZie8XpYM6MMVSQUiNPH64URnhM9niJ5XHrew',
    );
    expect(byId.fingerprint.output.fingerprint).toBe(
      'SHA256 A0:A2:32:C2:F1:94:A5:35:53:CB:13:10:DD:BC:08:21:E4:14:B9:D7:EB:FC:29:0B:32:30:84:D7:D1:02:0F:E5',
    );
    expect(readVectors('domain-proofs').byId['dns-account-01-label'].output.label).toBe(
      '_ujmmovf2vn55tgye',
    );
    expect(readVectors('renewal-info').byId['rfc-9773'].output.certificateId).toBe(
      'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
    );
  });

  it.each(['digest', 'digest-of-another'])('%s is SHA-256 of its key authorization', (id) => {
    const { input, output } = byId[id];
    expect(digestOf(input.keyAuthorization)).toBe(output.base64url);
    expect(Buffer.from(output.hex, 'hex').toString('base64url')).toBe(output.base64url);
  });

  it('make one chain from the account key to the value of dns-01', async () => {
    const { token, thumbprint } = byId['key-authorization'].input;
    expect(await calculateJwkThumbprint(byId.thumbprint.input.jwk)).toBe(thumbprint);
    expect(byId['key-authorization'].output.keyAuthorization).toBe(`${token}.${thumbprint}`);
    const proofs = readVectors('domain-proofs').byId;
    for (const id of ['dns-01', 'dns-account-01']) {
      const { input, output } = proofs[id];
      expect(input.keyAuthorization).toBe(`${token}.${thumbprint}`);
      expect(output.value).toBe(digestOf(input.keyAuthorization));
    }
  });

  it('of account URLs are in base32', () => {
    const { input, output } = readVectors('domain-proofs').byId['dns-account-01'];
    const letters = output.name.slice(1, 17);
    const bits = [...letters]
      .map((letter) =>
        'abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter).toString(2).padStart(5, '0'),
      )
      .join('');
    const octets = bits.match(/.{8}/g).map((octet) => Number.parseInt(octet, 2));
    const digest = Buffer.from(digestOf(input.accountUrl), 'base64url');
    expect(Buffer.from(octets)).toEqual(digest.subarray(0, 10));
  });
});
