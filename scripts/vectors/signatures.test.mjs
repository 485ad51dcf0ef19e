import { createHash } from 'node:crypto';
import {
  compactVerify,
  decodeProtectedHeader,
  EmbeddedJWK,
  flattenedVerify,
  importJWK,
  importX509,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { named, readVectors } from './read.mjs';

const keys = readVectors('keys').byId;
const text = (octets) => Buffer.from(octets).toString();

const pemOf = (certificate) =>
  `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----`;

/** By the key that the header brings along. */
const embedded = ({ x5c, alg }, token) =>
  x5c === undefined
    ? EmbeddedJWK(decodeProtectedHeader(token), undefined)
    : importX509(pemOf(x5c[0]), alg);

async function verify(sig) {
  const key = await embedded(decodeProtectedHeader(sig), sig);
  return compactVerify(sig, key);
}

const proofs = ['cert-01', 'ppkp-01-key', 'key-registration'];

describe.each(proofs)('%s', (name) => {
  const { good, refused, given } = readVectors(name);

  it.each(named(good))(
    'by %s verifies, and is made of its parts',
    async (_id, { output, input }) => {
      const { sig } = output.response ?? output.request;
      const { protectedHeader, payload } = await verify(sig);
      expect(protectedHeader).toEqual(JSON.parse(output.header));
      expect(protectedHeader.url).toBe(given.url);
      expect(text(payload)).toBe(output.payload);
      const [header, body] = sig.split('.');
      expect(text(Buffer.from(header, 'base64url'))).toBe(output.header);
      expect(`${header}.${body}`).toBe(output.signingInput);
      const { jwk = keys[input.key].output.jwk } = protectedHeader;
      expect(jwk).toEqual(keys[input.key].output.jwk);
    },
  );

  // What is refused for what a good signature is over, or by whom, is no vector of a bad signature.
  const alike = refused.filter(({ id }) =>
    /^(typ-|url-|foreign|other-token|token-alone|digest|payload-|key-|certificate-)/.test(id),
  );

  it.each(named(alike))('%s is refused although its signature is good', async (_id, { input }) => {
    const { sig } = input.response ?? input.request;
    await expect(verify(sig)).resolves.toBeDefined();
  });

  const wrong = refused.filter(({ id }) => /^(signature|signed)-/.test(id));

  it.each(named(wrong))('%s is no signature to others either', async (_id, { input }) => {
    const { sig } = input.response ?? input.request;
    await expect(verify(sig)).rejects.toThrow();
  });
});

describe('a registration', () => {
  it('is over the digest of URL and account', () => {
    const { good, given } = readVectors('key-registration');
    const digest = createHash('sha256')
      .update(`${given.url}.${given.thumbprint}`)
      .digest('base64url');
    for (const { output } of good) expect(output.payload).toBe(digest);
  });
});

describe('a request', () => {
  const { good, given, byId, refused } = readVectors('requests');
  const secret = Buffer.from(given.externalAccount.macKey, 'base64url');

  it.each(named(good))(
    '%s verifies, and says what is to be said',
    async (id, { input, output }) => {
      const isBinding = id === 'external-account-binding';
      const { jwk } = isBinding ? {} : keys[input.key].output;
      const key = isBinding ? secret : await importJWK(jwk, 'ES256');
      const { protectedHeader, payload } = await flattenedVerify(output.body, key);
      expect(protectedHeader).toEqual(JSON.parse(output.header));
      expect(protectedHeader.url).toBe(input.url);
      expect(text(payload)).toBe(input.payload === '' ? '' : JSON.stringify(input.payload));
      const inner = isBinding || id === 'key-change-inner';
      expect(protectedHeader.nonce).toBe(inner ? undefined : given.nonce);
    },
  );

  it('that changes the key holds the word of the new one', () => {
    expect(byId['key-change'].input.payload).toEqual(byId['key-change-inner'].output.body);
  });

  it.each([
    'alg-hs256',
    'alg-none',
    'alg-none-empty',
    'signed-by-another',
    'signature-spoiled',
    'payload-exchanged',
  ])('is refused by others as well: %s', async (id) => {
    const { input } = refused.find((vector) => vector.id === id);
    const key = await importJWK(keys.account.output.jwk, 'ES256');
    await expect(flattenedVerify(input.body, key)).rejects.toThrow();
  });
});
