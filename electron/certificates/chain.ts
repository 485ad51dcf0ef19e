import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { Identifier } from '../../shared/failure.ts';
import type { Purpose, ServiceUsage } from '../../shared/models/enrollment-profile.ts';
import { CertificateError } from './certificate-error.ts';
import { readPathLength, usesOf } from './certificate-details.ts';
import { readStructure, type CertificateStructure } from './certificate-structure.ts';
import { encodingOf } from './der-reader.ts';
import { anyExtendedKeyUsage, extendedKeyUsagesFor } from './extended-key-usage.ts';
import type { GeneralName } from './general-names.ts';
import { KnownIssuers } from './known-issuers.ts';
import { parseCertificate } from './pem.ts';

export interface ChainToVerify {
  /** PEM, the certificate first, each next one having issued the one before; the root may be missing. */
  readonly chain: readonly string[];
  /** DER SubjectPublicKeyInfo of the key that was to be certified. */
  readonly leafSpki: Uint8Array;
  /** PEM; when not given, the chain is checked in itself only. */
  readonly roots?: readonly string[] | undefined;
  readonly now: Date;
  /** What was ordered. */
  readonly identifiers: readonly Identifier[];
  /** When not given, whatever the CA's profile allows is right. */
  readonly purpose?: Purpose | undefined;
  /** What the request asked for in place of the purpose's usual one. */
  readonly usages?: readonly ServiceUsage[] | undefined;
  /** Spares reading authorities again that issue many certificates. */
  readonly issuers?: KnownIssuers | undefined;
}

/** A CA's clock may be ahead of ours by that much; milliseconds. */
const clockTolerance = 5 * 60_000;

/**
 * Checks that an issued certificate is what was ordered, before it is kept. What was checked of the chain is returned:
 * the server may have put anything behind its root. Throws `CertificateError`.
 */
export function verifyChain(input: ChainToVerify): readonly string[] {
  const { issuers = new KnownIssuers(), roots } = input;
  const [first, ...above] = input.chain;
  if (first === undefined) throw new CertificateError('unreadable', 'the chain is empty');
  const leaf = parseCertificate(first);
  const chain = [leaf, ...above.map((pem) => issuers.read(pem))];
  const structure = structureOf(leaf);
  checkKey(leaf, structure, input.leafSpki);
  const { path, kept } = roots
    ? anchor(
        chain,
        roots.map((pem) => issuers.read(pem)),
      )
    : { path: chain, kept: chain.length };
  checkPath(path);
  for (const certificate of path) checkValidity(certificate, input.now);
  checkLeaf(leaf, structure, input);
  return input.chain.slice(0, kept);
}

/**
 * The part of a chain that leads from its first certificate to one of these roots, that one included: names, signatures,
 * authority and dates are checked. Throws `CertificateError`.
 */
export function pathToRoot(
  chain: readonly X509Certificate[],
  { roots, now }: { readonly roots: readonly X509Certificate[]; readonly now: Date },
): readonly X509Certificate[] {
  const { path } = anchor(chain, roots);
  checkPath(path);
  for (const certificate of path) checkValidity(certificate, now);
  return path;
}

function checkKey(
  leaf: X509Certificate,
  { publicKeyInfo }: CertificateStructure,
  spki: Uint8Array,
): void {
  if (encodingOf(publicKeyInfo).equals(spki)) return;
  // A CA may write the same key in another way.
  const ours = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (!keyOf(leaf).equals(ours)) {
    throw new CertificateError('key-mismatch', 'the certificate is for another key');
  }
}

function structureOf(leaf: X509Certificate): CertificateStructure {
  try {
    return readStructure(leaf.raw);
  } catch (cause) {
    throw new CertificateError('unreadable', 'the certificate cannot be read', { cause });
  }
}

/** The chain up to the first certificate that is a trusted root or was issued by one, and that root; how many are of the chain. */
function anchor(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): { readonly path: readonly X509Certificate[]; readonly kept: number } {
  for (const [index, certificate] of chain.entries()) {
    const kept = index + 1;
    const path = chain.slice(0, kept);
    if (roots.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) {
      return { path, kept };
    }
    const root = roots.find((each) => isIssuedBy(certificate, each));
    if (root) return { path: [...path, root], kept };
  }
  throw new CertificateError('chain-broken', 'the chain does not lead to a trusted root');
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(keyOf(issuer));

// The platform reads a certificate's key only when it is asked for, and throws then.
function keyOf(certificate: X509Certificate): KeyObject {
  try {
    return certificate.publicKey;
  } catch (cause) {
    throw new CertificateError('unreadable', 'the key of a certificate cannot be read', { cause });
  }
}

/** RFC 5280 §6.1: names, signatures, CA flags and path lengths. */
function checkPath(path: readonly X509Certificate[]): void {
  for (const [index, issuer] of path.entries()) {
    const issued = path[index - 1];
    if (!issued) continue;
    if (!isIssuedBy(issued, issuer)) {
      throw new CertificateError('chain-broken', 'a certificate was not issued by the next one');
    }
    // CAs that it has below itself, not counting the leaf; self-issued ones do not count (§4.2.1.9).
    const below = path.slice(1, index).filter(({ subject, issuer: by }) => subject !== by).length;
    if (!isAuthority(issuer, below)) {
      throw new CertificateError('chain-broken', 'an issuer is not allowed to issue');
    }
  }
}

function isAuthority(certificate: X509Certificate, below: number): boolean {
  const longest = readPathLength(certificate.raw);
  return certificate.ca && (longest === undefined || longest >= below);
}

// A date that cannot be read compares as neither, so both questions are asked for a yes.
function checkValidity(certificate: X509Certificate, now: Date): void {
  if (!(certificate.validFromDate.getTime() <= now.getTime() + clockTolerance)) {
    throw new CertificateError('not-yet-valid', 'a certificate of the chain is not valid yet');
  }
  if (!(certificate.validToDate.getTime() >= now.getTime())) {
    throw new CertificateError('expired', 'a certificate of the chain has expired');
  }
}

function checkLeaf(
  leaf: X509Certificate,
  structure: CertificateStructure,
  { identifiers, purpose, usages }: ChainToVerify,
): void {
  const { alternativeNames, extendedKeyUsages } = usesOf(structure);
  const names = new Set(alternativeNames.map(({ type, value }) => nameKey(type, value)));
  // The CA may leave a permanent identifier out for privacy (draft-ietf-acme-device-attest-09).
  const expected = identifiers.filter(({ type }) => type !== 'permanent-identifier');
  if (!expected.every(({ type, value }) => names.has(nameKey(type, value)))) {
    throw new CertificateError('identifier-mismatch', 'the certificate lacks an ordered name');
  }
  const ordered = new Set(expected.map(({ type, value }) => nameKey(type, value)));
  const isExtra = (name: GeneralName): boolean =>
    orderedKinds.includes(name.type) && !ordered.has(nameKey(name.type, name.value));
  if (alternativeNames.some(isExtra)) {
    throw new CertificateError('identifier-mismatch', 'the certificate has a name nobody ordered');
  }
  if (leaf.ca || !isFor({ purpose, usages }, extendedKeyUsages)) {
    throw new CertificateError('purpose-mismatch', 'the certificate is for another purpose');
  }
}

// RFC 8555 §7.4: a certificate is for the identifiers of its order. Names of other kinds, e.g. the one for signing in to Windows
// (`upn`) or an URN, no order can have: they are added by CAs that know the person or the device, and are shown.
const orderedKinds: readonly string[] = ['dns', 'email', 'ip'];

function isFor(
  { purpose, usages }: Pick<ChainToVerify, 'purpose' | 'usages'>,
  allowed: readonly string[],
): boolean {
  if (purpose === undefined || allowed.length === 0) return true;
  if (allowed.includes(anyExtendedKeyUsage)) return true;
  return extendedKeyUsagesFor(purpose, usages).every((usage) => allowed.includes(usage));
}

const nameKey = (type: string, value: string): string => `${type}:${value.toLowerCase()}`;
