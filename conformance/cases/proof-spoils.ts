import { createHmac } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Header } from '../acme/jws.ts';
import type { Kind } from '../credentials/credentials.ts';
import { publicPem } from '../proofs/signed-proof.ts';
import type { Draft, Spoil } from '../proofs/signed-proof.ts';
import type { Opened } from '../trial.ts';
import type { Malformed } from './prover.ts';

/** One way to spoil the JWS of cert-01 or of a registered key. */
export type SpoiltProof = {
  readonly name: string;
  readonly expected: string;
  readonly clause?: string;
  readonly as: readonly ('incorrectResponse' | 'malformed' | 'unauthorized')[];
  readonly spoil: (opened: Opened<Kind>, key: KeyObject) => Spoil;
};

const wrong = ['incorrectResponse'] as const;
const refused = ['incorrectResponse', 'malformed'] as const;

const withHeader =
  (change: (header: Header) => Header): Spoil =>
  ({ header }) => ({ header: change(header) });

const adding = (more: Header): Spoil => withHeader((header) => ({ ...header, ...more }));

function without(name: string): Spoil {
  return withHeader((header) =>
    Object.fromEntries(Object.entries(header).filter(([member]) => member !== name)),
  );
}

/** Members that name keys elsewhere or change what is signed, none of which may be there. */
const forbiddenMembers: Header = {
  kid: 'https://ca.example/acme/account/1',
  x5u: 'https://ca.example/chain.pem',
  jku: 'https://ca.example/keys.json',
  b64: true,
  crit: ['exp'],
  nonce: 'LoqXcYV8q5ONbJQxbmR7SA',
  exp: 4_102_444_800,
};

/** Another JWS algorithm than the one that fits the key. */
const misfit = ({ header: { alg } }: Draft): string => (alg === 'ES256' ? 'ES384' : 'ES256');

const aboutBinding: readonly SpoiltProof[] = [
  {
    name: 'foreign-key-authorization',
    expected: 'A signature over the key authorization of another account is wrong',
    as: wrong,
    spoil:
      ({ challenge }) =>
      () => ({ payload: `${challenge.token ?? ''}.${'A'.repeat(43)}` }),
  },
  {
    name: 'other-token',
    expected: 'A signature over the token of another challenge is wrong',
    as: wrong,
    spoil:
      ({ account }) =>
      () => ({ payload: `LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0.${account.thumbprint}` }),
  },
  {
    name: 'quoted-payload',
    expected: 'The key authorization as JSON, and not as bare text, is wrong',
    as: wrong,
    spoil:
      ({ keyAuthorization }) =>
      () => ({ payload: JSON.stringify(keyAuthorization) }),
  },
  {
    name: 'other-url',
    expected: 'A signature for the url of another challenge is wrong',
    as: wrong,
    spoil: ({ challenge: { url } }) => adding({ url: `${url}0` }),
  },
  {
    name: 'other-typ',
    expected: 'A signature of another typ, made for something else, is wrong',
    as: wrong,
    spoil: () => adding({ typ: 'JWT' }),
  },
];

const aboutSignature: readonly SpoiltProof[] = [
  {
    name: 'alg-none',
    expected: 'alg none without a signature is refused',
    clause: 'RFC 7515 §5.2, RFC 8725 §3.1',
    as: refused,
    spoil:
      () =>
      ({ header }) => ({ header: { ...header, alg: 'none' }, signing: () => Buffer.alloc(0) }),
  },
  {
    name: 'alg-hs256',
    expected: 'HS256 with the public key as the key of the MAC is refused',
    clause: 'RFC 8725 §2.1',
    as: refused,
    spoil:
      (_, key) =>
      ({ header }) => ({
        header: { ...header, alg: 'HS256' },
        signing: (input) => createHmac('sha256', publicPem(key)).update(input).digest(),
      }),
  },
  {
    name: 'alg-misfit',
    expected: 'An algorithm that does not fit the key is refused',
    as: refused,
    spoil: () => (draft) => ({ header: { ...draft.header, alg: misfit(draft) } }),
  },
  {
    name: 'spoilt-signature',
    expected: 'A signature with one bit changed is wrong',
    as: wrong,
    spoil:
      () =>
      ({ signing }) => ({
        signing: (input) => {
          const signature = signing(input);
          return Buffer.from(signature.map((octet, index) => (index === 9 ? octet ^ 1 : octet)));
        },
      }),
  },
];

const aboutHeader: readonly SpoiltProof[] = [
  ...Object.entries(forbiddenMembers).map(([name, value]): SpoiltProof => ({
    name: `header-${name}`,
    expected: `A protected header with ${name} is refused, though its signature is good`,
    as: refused,
    spoil: () => adding({ [name]: value }),
  })),
  ...['typ', 'url'].map((name): SpoiltProof => ({
    name: `header-without-${name}`,
    expected: `A protected header without ${name} is refused, though its signature is good`,
    as: refused,
    spoil: () => without(name),
  })),
];

/** What is tried with every JWS that proves a key. */
export const spoiltProofs: readonly SpoiltProof[] = [
  ...aboutBinding,
  ...aboutSignature,
  ...aboutHeader,
];

/** A header with the key in it, which cert-01 does not know. */
export const withForeignKey = (): Spoil => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return adding({ jwk: publicKey.export({ format: 'jwk' }) });
};

export { adding, without };

/** Not even a compact JWS. */
export const malformedProofs: readonly Malformed[] = [
  { name: 'no member', payload: {} },
  { name: 'null', payload: { sig: null } },
  { name: 'a number', payload: { sig: 7 } },
  { name: 'an object (a flattened JWS)', payload: { sig: { protected: 'e30', signature: '' } } },
  { name: 'an empty text', payload: { sig: '' } },
  { name: 'two parts', payload: { sig: 'e30.e30' } },
  { name: 'four parts', payload: { sig: 'e30.e30.e30.e30' } },
  { name: 'no base64url', payload: { sig: 'e30=.e30=.e30=' } },
  { name: 'a header that is no JSON', payload: { sig: 'AAAA.e30.AAAA' } },
  { name: 'a header that is a list', payload: { sig: 'W10.e30.AAAA' } },
  { name: 'a header without members', payload: { sig: 'e30.e30.AAAA' } },
];
