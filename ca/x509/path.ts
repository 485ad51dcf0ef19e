import type { ReadCertificate } from './read-certificate.ts';
import { verifyStructure } from './signature.ts';

/** A leaf, and what certifies it, one by the next, up to what a trust anchor certified itself. */
export type Path<Anchor> = {
  /** Leaf first, without the anchor. */
  readonly certificates: readonly [ReadCertificate, ...ReadCertificate[]];
  readonly anchor: Anchor;
};

export type HasCertificate = { readonly certificate: ReadCertificate };

/** Why a key is too weak to count on; undefined when it is not. */
export type Weakness = (certificate: ReadCertificate) => string | undefined;

export type PathOptions<Anchor> = {
  /** Leaf first, each certified by the next (RFC 7515 §4.1.6). */
  readonly chain: readonly ReadCertificate[];
  readonly anchors: readonly Anchor[];
  readonly now: Date;
  readonly weaknessOf: Weakness;
};

/**
 * Every valid path from the leaf of a chain to a trust anchor (RFC 5280 §6.1). An anchor is taken wherever it first
 * fits; what the chain holds above that place is not looked at. Names are compared octet by octet, and what is
 * critical and not understood, name constraints above all, ends the path.
 */
export function findPaths<Anchor extends HasCertificate>(
  options: PathOptions<Anchor>,
): readonly Path<Anchor>[] {
  const { chain, anchors, now, weaknessOf } = options;
  const paths: Path<Anchor>[] = [];
  const sound = (certificate: ReadCertificate): boolean =>
    isCurrent(certificate, now) &&
    !certificate.words.hasUnknownCritical &&
    weaknessOf(certificate) === undefined;
  for (const [index, certificate] of chain.entries()) {
    if (!sound(certificate)) break;
    const [leaf, ...rest] = chain.slice(0, index + 1);
    if (leaf === undefined) break;
    const certificates = [leaf, ...rest] as const;
    for (const anchor of anchors) {
      if (sound(anchor.certificate) && certifies(anchor.certificate, certificate, index)) {
        paths.push({ certificates, anchor });
      }
    }
    const next = chain[index + 1];
    if (next === undefined || !certifies(next, certificate, index)) break;
  }
  return paths;
}

/** `below`: how many certificates of CAs the path has between the issuer and the leaf. */
function certifies(issuer: ReadCertificate, subject: ReadCertificate, below: number): boolean {
  const { words } = issuer;
  const mayCertify =
    words.isCa &&
    (words.keyUsage?.includes('keyCertSign') ?? true) &&
    (words.pathLength === undefined || words.pathLength >= below);
  return mayCertify && isSignedBy(issuer, subject);
}

/** Whether one carries the name, and the other's key made the signature. */
export function isSignedBy(issuer: ReadCertificate, subject: ReadCertificate): boolean {
  return (
    issuer.subject.equals(subject.issuer) && verifyStructure(subject, issuer.publicKey) === 'valid'
  );
}

export function isCurrent(
  { notBefore, notAfter }: Pick<ReadCertificate, 'notBefore' | 'notAfter'>,
  now: Date,
): boolean {
  return notBefore <= now && now <= notAfter;
}
