import { X509Certificate } from 'node:crypto';
import type { ProofLink } from '../../../shared/failure.ts';
import { CertificateError } from '../../certificates/certificate-error.ts';
import { readDetails } from '../../certificates/certificate-details.ts';
import { readStructure } from '../../certificates/certificate-structure.ts';
import { encodingOf } from '../../certificates/der-reader.ts';
import { anyExtendedKeyUsage } from '../../certificates/extended-key-usage.ts';
import { isOnRevocationList, revocationListUrls } from '../../certificates/revocation-list.ts';

/** Gets a list of revoked certificates, DER; rejects when it is not to be had. On this computer it is only where that is said. */
export type ReadRevocationList = (
  url: string,
  options: { readonly mayStayHere: boolean },
) => Promise<Uint8Array>;

export interface RefusedCredential {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, its issuer first; also a root, where it is known. */
  readonly issuers: readonly Uint8Array[];
  /** DER names of those whose certificates the server asked for. */
  readonly askedFor: readonly Buffer[];
}

export interface OwnLookOptions {
  readonly now: () => Date;
  readonly readRevocationList?: ReadRevocationList | undefined;
  readonly mayStayHere?: boolean | undefined;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';
/** Of lists: each may take its time to say nothing. */
const mostAddresses = 3;

/** Why a server that says no more than no would refuse this certificate, as far as that shows from here; `null`: it does not. */
export async function ownLook(
  credential: RefusedCredential,
  options: OwnLookOptions,
): Promise<ProofLink | null> {
  const { validFromDate, validToDate, raw } = new X509Certificate(credential.certificate);
  const now = options.now();
  if (validToDate < now || validFromDate > now) return 'expired';
  const { extendedKeyUsages } = readDetails(raw);
  // RFC 5216 §5.3 with RFC 5280 §4.2.1.12.
  const isForClients = [clientAuth, anyExtendedKeyUsage].some((oid) =>
    extendedKeyUsages.includes(oid),
  );
  if (extendedKeyUsages.length > 0 && !isForClients) return 'purpose';
  if (isOfOthers(credential)) return 'wrong-ca';
  return (await isRevoked(credential, options)) ? 'revoked' : null;
}

/** The server named those that it trusts, and none of them vouches for this certificate. */
function isOfOthers({ certificate, issuers, askedFor }: RefusedCredential): boolean {
  if (askedFor.length === 0) return false;
  return !issuerNames(new X509Certificate(certificate), issuers).some((name) =>
    askedFor.some((asked) => asked.equals(name)),
  );
}

/** DER names of those who vouch for a certificate, the nearest first, as far as they are known. */
function issuerNames(leaf: X509Certificate, issuers: readonly Uint8Array[]): readonly Buffer[] {
  const names: Buffer[] = [];
  let current: X509Certificate | undefined = leaf;
  while (current !== undefined && names.length <= issuers.length) {
    const certificate: X509Certificate = current;
    names.push(encodingOf(readStructure(certificate.raw).issuer));
    current = issuers
      .map((der) => new X509Certificate(der))
      .find((each) => certificate.checkIssued(each) && !certificate.raw.equals(each.raw));
  }
  return names;
}

/** A list that is not to be had, or is none, says nothing. */
async function isRevoked(
  { certificate, issuers }: RefusedCredential,
  { readRevocationList, mayStayHere = false }: OwnLookOptions,
): Promise<boolean> {
  const leaf = new X509Certificate(certificate);
  const issuer = issuers.find((der) => leaf.checkIssued(new X509Certificate(der)));
  if (readRevocationList === undefined || issuer === undefined) return false;
  for (const url of revocationListUrls(certificate).slice(0, mostAddresses)) {
    const list = await readRevocationList(url, { mayStayHere }).catch(() => null);
    if (list === null) continue;
    try {
      if (isOnRevocationList(list, certificate, issuer)) return true;
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
    }
  }
  return false;
}
