import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { algorithmOf, compact, publicJwk, signingBy } from '../acme/jws.ts';
import type { Header, Signing } from '../acme/jws.ts';
import type { CertificateWithKey } from '../credentials/credentials.ts';

/** The parts of a compact JWS before it is made. */
export type Draft = {
  readonly header: Header;
  readonly payload: string;
  readonly signing: Signing;
};

/** What replaces parts of a draft. */
export type Spoil = (draft: Draft) => Partial<Draft>;

export const asItIs: Spoil = () => ({});

type About = { readonly url: string; readonly payload: string };

/** The `sig` of cert-01. */
export function certificateProof(
  { chain, key }: CertificateWithKey,
  { url, payload }: About,
  spoil: Spoil = asItIs,
): string {
  const x5c = chain.map((certificate) => certificate.toString('base64'));
  const header = { alg: algorithmOf(key), typ: 'acme-cert-01+jws', x5c, url };
  return make({ header, payload, signing: signingBy(key) }, spoil);
}

/** The `sig` of ppkp-01 by a registered key, or of a key that is being registered. */
export function keyProof(
  { key, typ }: { readonly key: KeyObject; readonly typ: string },
  { url, payload }: About,
  spoil: Spoil = asItIs,
): string {
  const header = { alg: algorithmOf(key), typ, jwk: publicJwk(key), url };
  return make({ header, payload, signing: signingBy(key) }, spoil);
}

function make(draft: Draft, spoil: Spoil): string {
  const { header, payload, signing } = { ...draft, ...spoil(draft) };
  return compact(header, payload, signing);
}

/** The public key as PEM, which careless servers take for the key of a MAC. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
