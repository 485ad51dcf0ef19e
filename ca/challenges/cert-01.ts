import { timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { curveAlgorithms, rsaAlgorithms, verifySignature } from '../jws-algorithms.ts';
import type { SignedResponse } from '../approvals/evidence.ts';
import type { State } from '../state.ts';
import { publicKeyInfoOf } from '../x509/public-key-info.ts';
import { bearerOf, subjectOf } from './bearer.ts';
import { approvedBy } from '../approvals/key-authorization.ts';
import { readCertificateResponse } from './certificate-response.ts';
import type { CertificateResponse } from './certificate-response.ts';
import type { CertificateTrust } from './certificate-trust.ts';
import type { AnsweredChallengeType, ChallengeResponse, Verdict } from './challenge-type.ts';
import type { Throttle } from './throttle.ts';

export type CertOptions = {
  readonly state: State;
  readonly throttle: Throttle;
  readonly trust: CertificateTrust;
};

const TYPE = 'acme-cert-01+jws';
const TRIES = 3;

/** In the order of preference: what a server asks for first, a card may not have. */
const algorithms: readonly string[] = [
  ...Object.values(curveAlgorithms),
  'EdDSA',
  ...rsaAlgorithms,
];

/** A certificate that somebody has already proves who they are, by a signature over the key authorization. */
export function createCert({ state, throttle, trust }: CertOptions): AnsweredChallengeType {
  return {
    kind: 'answered',
    type: 'cert-01',
    suits: (asking) => trust.suits(bearerOf(asking, state)),
    describe({ account, person, authorization }) {
      const { identifier, profile } = authorization;
      const approving = approvedBy(authorization);
      const bearer = bearerOf({ account, person, identifier, profile, approving }, state);
      const issuers = trust.issuersFor(bearer).map((name) => name.toString('base64url'));
      return { ...(issuers.length > 0 ? { issuers } : {}), algs: algorithms };
    },
    answer(response) {
      const read = readCertificateResponse(response.payload);
      return state.transaction((): Verdict => {
        const bearer = bearerOf(response, state);
        const subject = subjectOf(bearer);
        if (subject === undefined) return { outcome: 'unusable' };
        const { challenge } = response;
        const attempt = throttle.admit({ credential: `cert:${subject}`, challenge, tries: TRIES });
        if (attempt.outcome !== 'admitted') return attempt;
        if (!isSignedFor(read, response)) return attempt.fail();
        if (!trust.accepts(read.chain, bearer)) return { outcome: 'unusable' };
        return attempt.succeed(response.approving && signedBy(read, response));
      });
    },
  };
}

function signedBy(
  { chain: [leaf] }: CertificateResponse,
  { payload, keyAuthorization }: ChallengeResponse,
): SignedResponse {
  // Read as text before it was believed.
  const { sig } = payload as { readonly sig: string };
  return {
    publicKeyInfo: publicKeyInfoOf(leaf.publicKey),
    evidence: { type: 'certificate', keyAuthorization, sig },
  };
}

/** Whether the leaf's key signed this key authorization for this challenge (docs/wire-profile.md §3, 1 to 5). */
function isSignedFor(
  { algorithm, type, url, payload, chain: [leaf], signingInput, signature }: CertificateResponse,
  { challengeUrl, keyAuthorization }: ChallengeResponse,
): boolean {
  return (
    algorithms.includes(algorithm) &&
    type === TYPE &&
    url === challengeUrl &&
    isEqual(payload, Buffer.from(keyAuthorization, 'ascii')) &&
    fits(algorithm, leaf.publicKey) &&
    verifySignature({ algorithm, key: leaf.publicKey, input: signingInput, signature })
  );
}

function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** RFC 7518 §3.1, RFC 8037 §3.1: each kind of key has its algorithms. */
function fits(algorithm: string, key: KeyObject): boolean {
  switch (key.asymmetricKeyType) {
    case 'ec':
      return curveAlgorithms[key.asymmetricKeyDetails?.namedCurve ?? ''] === algorithm;
    case 'rsa':
      return rsaAlgorithms.includes(algorithm);
    case 'ed25519':
      return algorithm === 'EdDSA';
    default:
      return false;
  }
}
