import { webcrypto, X509Certificate } from 'node:crypto';
import type { AcmeClient, AcmeReply, ChallengeObject } from './acme-client.ts';
import type { Issued, Keys } from './foreign-ca.ts';

/** A JWS as it is about to be signed, for a test to spoil. */
export type Draft = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: string;
};

export type Spoil = (draft: Draft) => Partial<Draft>;

const standard = (chain: readonly { readonly rawData: ArrayBuffer }[]): readonly string[] =>
  chain.map(({ rawData }) => Buffer.from(rawData).toString('base64'));

/** Chain and key of what a CA answered with as PEM. */
export function credentialOf(pem: string, keys: Keys): Pick<Issued, 'chain' | 'keys'> {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const chain = blocks.map((block) => ({ rawData: copyOf(new X509Certificate(block).raw) }));
  return { chain: chain as unknown as Issued['chain'], keys };
}

function copyOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** The response of cert-01, by the standard's words and without the code of either side. */
export async function signProof(
  { chain, keys }: Pick<Issued, 'chain' | 'keys'>,
  { url, keyAuthorization }: { readonly url: string; readonly keyAuthorization: string },
  spoil: Spoil = () => ({}),
): Promise<string> {
  const alg = algorithmOf(keys.privateKey);
  const draft = {
    header: { alg, typ: 'acme-cert-01+jws', x5c: standard(chain), url },
    payload: keyAuthorization,
  };
  const { header, payload } = { ...draft, ...spoil(draft) };
  const encoded = [JSON.stringify(header), payload].map((text) =>
    Buffer.from(text).toString('base64url'),
  );
  const input = encoded.join('.');
  const how = { name: keys.privateKey.algorithm.name, hash: hashOf(alg), saltLength: 32 };
  const signature = await webcrypto.subtle.sign(how, keys.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function algorithmOf({ algorithm }: webcrypto.CryptoKey): string {
  const { namedCurve } = algorithm as webcrypto.EcKeyAlgorithm;
  switch (algorithm.name) {
    case 'ECDSA':
      return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[namedCurve] ?? '';
    case 'RSA-PSS':
      return 'PS256';
    case 'Ed25519':
      return 'EdDSA';
    default:
      return 'RS256';
  }
}

function hashOf(alg: string): string {
  return alg === 'EdDSA' ? 'SHA-512' : `SHA-${alg.slice(2)}`;
}

/** RFC 8555 §8.1. */
export async function keyAuthorizationOf(client: AcmeClient, token: string): Promise<string> {
  const { crv, e, kty, n, x, y } = client.keys.jwk;
  const canonical = Buffer.from(JSON.stringify({ crv, e, kty, n, x, y }));
  const thumbprint = Buffer.from(await webcrypto.subtle.digest('SHA-256', canonical));
  return `${token}.${thumbprint.toString('base64url')}`;
}

/** Answers a challenge with a certificate. */
export async function proveWith(
  client: AcmeClient,
  { url, token }: ChallengeObject,
  credential: Pick<Issued, 'chain' | 'keys'>,
  spoil?: Spoil,
): Promise<AcmeReply> {
  const keyAuthorization = await keyAuthorizationOf(client, token);
  const sig = await signProof(credential, { url, keyAuthorization }, spoil);
  return client.post(url, { sig });
}
