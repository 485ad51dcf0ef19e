import { createHash, timingSafeEqual } from 'node:crypto';
import { importAccountKey } from '../account-key.ts';
import type { AccountKey } from '../account-key.ts';
import { isBase64Url, readJsonObject } from '../jws.ts';
import type { JwsHeader } from '../jws.ts';
import { verifySignature } from '../jws-algorithms.ts';
import { Problem } from '../problems.ts';

/** A compact JWS by the key that its header names, not judged yet. */
export type KeyProof = {
  readonly key: AccountKey;
  readonly header: JwsHeader;
  readonly payload: Buffer;
  readonly input: string;
  readonly signature: Buffer;
};

const longest = 16_384;

/** Reads a proof with exactly the header `{alg, typ, jwk, url}`. Throws `malformed`. */
export function readKeyProof(value: unknown): KeyProof {
  const parts = typeof value === 'string' && value.length <= longest ? value.split('.') : [];
  const [header, payload, signature] = parts;
  if (
    parts.length !== 3 ||
    header === undefined ||
    payload === undefined ||
    signature === undefined ||
    !parts.every(isBase64Url)
  ) {
    throw new Problem('malformed', 'The "sig" is no compact JWS.');
  }
  const members = readJsonObject(Buffer.from(header, 'base64url'), 'The header of the "sig"');
  if (Object.keys(members).sort().join() !== 'alg,jwk,typ,url') {
    const detail =
      'The header of the "sig" must have "alg", "typ", "jwk" and "url", and nothing else.';
    throw new Problem('malformed', detail);
  }
  if (!['alg', 'typ', 'url'].every((name) => typeof members[name] === 'string')) {
    const detail = 'In the header of the "sig", alg, typ and url must be text.';
    throw new Problem('malformed', detail);
  }
  return {
    key: readPublicJwk(members['jwk']),
    header: members,
    payload: Buffer.from(payload, 'base64url'),
    input: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** RFC 7638 §3.2: what a public key needs, without any other member. */
const requiredMembers = ['crv,kty,x', 'crv,kty,x,y', 'e,kty,n'];

/** A JWK with its required members only. Throws `malformed`, or `badPublicKey` for one that is not fit to sign with. */
export function readPublicJwk(value: unknown): AccountKey {
  const names = typeof value === 'object' && value !== null ? Object.keys(value).sort().join() : '';
  if (!requiredMembers.includes(names)) {
    throw new Problem(
      'malformed',
      'The "jwk" must have the required members of a public key only.',
    );
  }
  return importAccountKey(value);
}

export type Expected = {
  readonly typ: string;
  readonly url: string;
  /** ASCII. */
  readonly payload: string;
};

/** Whether the proof is over exactly what was expected, by the key in it. */
export function provesKey(proof: KeyProof, expected: Expected): boolean {
  const { header, key, payload, input, signature } = proof;
  const { alg } = header as { readonly alg?: unknown };
  if (typeof alg !== 'string' || !key.algorithms.includes(alg)) return false;
  if (header['typ'] !== expected.typ || header['url'] !== expected.url) return false;
  if (!timingSafeEqual(sha256(payload), sha256(Buffer.from(expected.payload)))) return false;
  return verifySignature({ algorithm: alg, key: key.key, input, signature });
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
