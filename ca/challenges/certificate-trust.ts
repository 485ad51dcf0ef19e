import { thumbprintOf, weaknessOf } from '../account-key.ts';
import type { State } from '../state.ts';
import { findPaths, isCurrent, isSignedBy } from '../x509/path.ts';
import type { Path } from '../x509/path.ts';
import type { ReadCertificate } from '../x509/read-certificate.ts';
import { verifyStructure } from '../x509/signature.ts';
import type { Anchor } from './anchors.ts';
import type { Bearer } from './bearer.ts';
import { belongsTo, hasIssued, isForProving, registeredFor } from './certificate-ownership.ts';

/** Which certificates prove who somebody is. */
export type CertificateTrust = {
  /** Whether a chain, leaf first, is of a certificate of the bearer's that counts now. */
  accepts(chain: readonly ReadCertificate[], bearer: Bearer): boolean;
  /** Whether an anchor issued a certificate itself; else it takes a chain that leads to one. */
  knowsIssuer(certificate: ReadCertificate): boolean;
  /** DER Names, one of which issued something in any chain that would be accepted. */
  issuersFor(bearer: Bearer): readonly Buffer[];
  /** Whether the bearer has, or may have, a certificate that would be accepted. */
  suits(bearer: Bearer): boolean;
};

export type CertificateTrustOptions = {
  readonly state: State;
  readonly clock: () => Date;
  /** This CA's own issuer. */
  readonly issuer: ReadCertificate;
  readonly anchors: readonly Anchor[];
  readonly log: (line: string) => void;
};

/** RFC 8446 §4.2.4 has no limit; a client reads so many (docs/wire-profile.md §3). */
const MAXIMUM_ISSUERS = 64;

export function createCertificateTrust(options: CertificateTrustOptions): CertificateTrust {
  const { state, clock, issuer } = options;
  const own: Anchor = {
    ...{ certificate: issuer, maps: 'own', purposes: [], onToken: false, lists: undefined },
  };
  const anchors = [own, ...options.anchors];
  const mapping = (bearer: Bearer): readonly Anchor[] =>
    options.anchors.filter((anchor) => mayServe(anchor, bearer));
  const registered = (bearer: Bearer): readonly ReadCertificate[] =>
    registeredFor(bearer, state).filter((one) => isCurrent(one, clock()));
  const knowsIssuer = (certificate: ReadCertificate): boolean =>
    anchors.some((anchor) => isSignedBy(anchor.certificate, certificate));
  // What an unknown CA issued may be under any of these, by a chain that comes with the proof.
  const above = options.anchors
    .filter(({ maps }) => maps === 'certificate' || maps === 'key')
    .map(({ certificate }) => certificate.subject);
  const registeredIssuers = (bearer: Bearer): readonly Buffer[] =>
    registered(bearer).flatMap((one) => (knowsIssuer(one) ? [one.issuer] : above));
  const issued = (bearer: Bearer): boolean => hasIssued(bearer, state, clock());
  return {
    knowsIssuer,
    accepts(chain, bearer) {
      const now = clock();
      const weakness = ({ publicKey }: ReadCertificate): string | undefined =>
        weaknessOf(publicKey);
      return findPaths({ chain, anchors, now, weaknessOf: weakness }).some(
        (path) =>
          isUnrevoked(path, now, options) &&
          isForProving(path, state) &&
          belongsTo(path, bearer, state) &&
          // RFC 8555 §11.1: nobody's account key proves anything but the account.
          state.accounts.findByThumbprint(thumbprintOf(path.certificates[0].publicKey)) ===
            undefined,
      );
    },
    issuersFor(bearer) {
      const names = [
        ...(issued(bearer) ? [issuer.subject] : []),
        ...(takesSubjects(bearer) ? registeredIssuers(bearer) : []),
        ...mapping(bearer).map(({ certificate }) => certificate.subject),
      ];
      const unique = new Map(names.map((name) => [name.toString('hex'), name]));
      return [...unique.values()].slice(0, MAXIMUM_ISSUERS);
    },
    suits(bearer) {
      const has = takesSubjects(bearer) && (registeredIssuers(bearer).length > 0 || issued(bearer));
      return has || mapping(bearer).some(({ maps }) => maps !== 'key');
    },
  };
}

function takesSubjects({ holders }: Bearer): boolean {
  return holders.some((holder) => holder !== 'device');
}

/** Whether certificates that nobody registered, under an anchor, may be the bearer's. */
function mayServe({ maps, onToken }: Anchor, bearer: Bearer): boolean {
  switch (maps) {
    case 'person-email':
      return bearer.holders.includes('person') && (onToken || !bearer.onToken);
    case 'device-serial':
      return bearer.holders.includes('device');
    case 'key':
      // Whoever renews a certificate keeps its key, and may have changed its issuer.
      return takesSubjects(bearer);
    case 'certificate':
    case 'own':
      return false;
  }
}

type Surroundings = Pick<CertificateTrustOptions, 'state' | 'log'>;

function isUnrevoked(path: Path<Anchor>, now: Date, { state, log }: Surroundings): boolean {
  const { certificates, anchor } = path;
  if (anchor.maps === 'own') {
    const [leaf] = certificates;
    const issued = state.certificates.findBySerial(leaf.serial);
    return issued?.leaf.equals(leaf.raw) === true && issued.revokedAt === undefined;
  }
  if (anchor.lists === undefined) return true;
  try {
    return isUnlisted(path, anchor.lists(), now);
  } catch (error) {
    log(`a revocation list for challenges cannot be read: ${String(error)}`);
    return false;
  }
}

/** Each certificate of the path is spoken of by a current list of its issuer's, and not as revoked. */
function isUnlisted(
  { certificates, anchor }: Path<Anchor>,
  lists: ReturnType<NonNullable<Anchor['lists']>>,
  now: Date,
): boolean {
  return certificates.every(({ serial }, index) => {
    const issuer = certificates[index + 1] ?? anchor.certificate;
    const current = lists.filter(
      (list) =>
        (issuer.words.keyUsage?.includes('cRLSign') ?? true) &&
        list.issuer.equals(issuer.subject) &&
        list.thisUpdate <= now &&
        now <= list.nextUpdate &&
        verifyStructure(list, issuer.publicKey) === 'valid',
    );
    return (
      current.length > 0 && !current.some(({ revoked }) => revoked.has(serial.toString('hex')))
    );
  });
}
