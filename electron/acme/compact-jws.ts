import { createHash, type JsonWebKey } from 'node:crypto';
import type { Signer } from '../keys/signer.ts';
import { tokenKind, type Challenge } from './challenge.ts';
import { joinKeyAuthorization } from './key-authorization.ts';
import { AcmeProtocolError } from './protocol-error.ts';

/** Says what a proof is, so that it is none for anything else (RFC 7515 §4.1.9, RFC 8725 §3.11). */
export type ProofHeader =
  | {
      readonly typ: 'acme-cert-01+jws';
      /** Standard base64 of the DER, the certificate first (RFC 7515 §4.1.6). */
      readonly x5c: readonly string[];
    }
  | { readonly typ: 'acme-ppkp-01+jws'; readonly jwk: Readonly<JsonWebKey> };

export interface SignedChallenge {
  readonly challenge: Pick<Challenge, 'url' | 'token'>;
  /** Of the account that is to be proven for (RFC 7638). */
  readonly thumbprint: string;
  /** Of the document that is approved by it (docs/approvals.md §4). */
  readonly approvalDigest?: string | undefined;
}

/**
 * A key's word for an account, about one challenge (docs/wire-profile.md): header and payload have one shape, and of the
 * server's there is nothing in it but the challenge's own URL and a token of base64url, so that the key signs nothing that
 * another protocol would take. Throws `AcmeProtocolError` `token-malformed` before anything is signed.
 */
export async function signChallenge(
  signer: Signer,
  header: ProofHeader,
  { challenge, thumbprint, approvalDigest }: SignedChallenge,
): Promise<string> {
  const { url, token } = challenge;
  if (token === undefined || tokenKind({ token }) !== 'sound') {
    throw new AcmeProtocolError('token-malformed', 'signing a challenge', { url });
  }
  const payload = joinKeyAuthorization(token, thumbprint, approvalDigest);
  return signCompact(signer, { alg: signer.algorithm, ...header, url }, payload);
}

/**
 * A new key's word that it is to be registered by an account, at one resource (docs/wire-profile.md §4.3): of the
 * server's there is nothing in it but that resource's URL.
 */
export async function signRegistration(
  signer: Signer,
  { url, thumbprint }: { readonly url: string; readonly thumbprint: string },
): Promise<string> {
  const typ = 'acme-key-registration+jws';
  const payload = createHash('sha256').update(`${url}.${thumbprint}`).digest('base64url');
  return signCompact(signer, { alg: signer.algorithm, typ, jwk: signer.publicJwk, url }, payload);
}

async function signCompact(signer: Signer, header: object, payload: string): Promise<string> {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  const signature = await signer.sign(Buffer.from(signed, 'ascii'));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');
