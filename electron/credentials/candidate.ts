import { createHash } from 'node:crypto';
import type { CertificateCandidate } from '../../shared/enrollment-state.ts';
import type { CandidateFault } from '../../shared/failure.ts';
import type { Purpose } from '../../shared/models/enrollment-profile.ts';
import { thumbprintOf } from '../acme/key-authorization.ts';
import { readDetails } from '../certificates/certificate-details.ts';
import { readStructure } from '../certificates/certificate-structure.ts';
import { encodingOf } from '../certificates/der-reader.ts';
import { extendedKeyUsageName } from '../certificates/extended-key-usage.ts';
import { readPublicKey } from '../keys/public-key.ts';
import type { SignatureAlgorithm } from '../keys/signer.ts';
import type { TokenKeyReference } from '../pkcs11/token-access.ts';

/** A certificate with its chain, and what its key can say by it. */
export interface SigningCertificate {
  /** DER, the certificate first, without a self-signed root. */
  readonly chain: readonly Buffer[];
  /** DER SubjectPublicKeyInfo. */
  readonly publicSpki: Buffer;
  readonly algorithm: SignatureAlgorithm;
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** RFC 5280 §4.2.1.3; where the extension is missing, everything is allowed. */
  readonly maySign: boolean;
  /** DER Names of the issuer of each certificate of the chain. */
  readonly issuers: readonly Buffer[];
  readonly described: Pick<
    CertificateCandidate,
    'candidateId' | 'subject' | 'issuer' | 'purposes' | 'notAfter'
  >;
}

/** A certificate whose key the wallet can have a signature of. */
export interface Candidate extends SigningCertificate {
  readonly view: CertificateCandidate;
  /** Of a credential of this wallet. */
  readonly organizationId?: string;
  /** Of a credential of this wallet. */
  readonly purpose?: Purpose;
  readonly key:
    | { readonly in: 'ring'; readonly keyId: string }
    | { readonly in: 'token'; readonly key: TokenKeyReference };
}

/** Characters of a name. */
const longestName = 300;

/** Throws `CertificateError`, `DerError`, and `TypeError` for a key of a kind that the wallet does not use. */
export function signingCertificate(chain: readonly Buffer[]): SigningCertificate {
  const [leaf] = chain;
  if (leaf === undefined) throw new RangeError('a chain has one certificate at least');
  const structures = chain.map((der) => readStructure(der));
  const publicSpki = Buffer.from(encodingOf(readStructure(leaf).publicKeyInfo));
  const { algorithm, jwk } = readPublicKey(publicSpki);
  const { subject, issuer, extendedKeyUsages, keyUsages, notBefore, notAfter } = readDetails(leaf);
  return {
    ...{ chain, publicSpki, algorithm, thumbprint: thumbprintOf({ publicJwk: jwk }) },
    ...{ notBefore: new Date(notBefore), notAfter: new Date(notAfter) },
    maySign: keyUsages.length === 0 || keyUsages.includes('digitalSignature'),
    issuers: structures.map((each) => encodingOf(each.issuer)),
    described: {
      candidateId: createHash('sha256').update(leaf).digest('hex'),
      subject: subject.slice(0, longestName),
      issuer: issuer.slice(0, longestName),
      purposes: extendedKeyUsages.map(extendedKeyUsageName),
      notAfter,
    },
  };
}

/** What is asked of a certificate that is to answer a challenge. */
export interface Wanted {
  /** DER Names; undefined: the CA does not say. */
  readonly issuers: readonly Buffer[] | undefined;
  readonly algorithms: readonly string[] | undefined;
  readonly now: Date;
  /** When the order lapses: the CA may look at the certificate until then. */
  readonly until: Date | undefined;
  readonly accountThumbprint: string;
}

/** Why a certificate cannot answer; undefined: it can. */
export function misfitOf(
  candidate: SigningCertificate,
  wanted: Wanted,
): CandidateFault | undefined {
  const { notBefore, notAfter, algorithm, maySign, thumbprint } = candidate;
  const { now, until, algorithms, accountThumbprint } = wanted;
  if (now < notBefore) return 'not-yet-valid';
  if (now > notAfter || (until !== undefined && until > notAfter)) return 'expired';
  if (algorithms !== undefined && !algorithms.includes(algorithm)) return 'algorithm';
  // The account's own key says nothing that the request has not said already.
  const isStranger = maySign && thumbprint !== accountThumbprint && isFrom(candidate, wanted);
  return isStranger ? undefined : 'not-wanted';
}

/** RFC 8446 §4.2.4 means the same by its list: empty is as good as none. */
function isFrom({ issuers }: SigningCertificate, { issuers: wanted = [] }: Wanted): boolean {
  return wanted.length === 0 || issuers.some((name) => wanted.some((each) => each.equals(name)));
}

/** The best first: one that can sign now, in hardware, of that organisation, for logging in, for long. */
export function ranked(
  candidates: readonly Candidate[],
  organizationId: string,
): readonly Candidate[] {
  const merit = ({ view, organizationId: own }: Candidate): number =>
    (view.hindrance === undefined ? 8 : 0) +
    (view.place === 'token' || view.place === 'tpm' ? 4 : 0) +
    (own === organizationId ? 2 : 0) +
    (view.purposes.includes('clientAuth') ? 1 : 0);
  return [...candidates].sort(
    (one, other) => merit(other) - merit(one) || other.notAfter.getTime() - one.notAfter.getTime(),
  );
}
