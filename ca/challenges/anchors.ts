import { weaknessOf } from '../account-key.ts';
import { DerError } from '../x509/der.ts';
import { CertificateError, readCertificate, readPem } from '../x509/read-certificate.ts';
import type { ReadCertificate } from '../x509/read-certificate.ts';
import { readRevocationList } from '../x509/read-revocation-list.ts';
import type { ReadRevocationList } from '../x509/read-revocation-list.ts';

/**
 * How certificates under an anchor are held against whom an account is bound to: by issuer and serial number or by
 * the key of one that is registered; by a mail address in it; by the serial number of the device in it.
 */
export type AnchorMapping = 'certificate' | 'key' | 'person-email' | 'device-serial';

/** Somebody else's CA whose certificates prove who somebody is, in cert-01 and nowhere else. */
export type ChallengeAnchor = {
  /** One certificate of a CA or several, all under the same rules. */
  readonly pem: string;
  /**
   * Revocation lists (PEM), of the anchor and of CAs below it; a function is asked each time. With it, what no current
   * list speaks of counts as revoked; without it, revocation under this anchor is a matter of registration alone.
   */
  readonly crl?: string | (() => string);
  readonly maps: AnchorMapping;
  /** Object identifiers, of extended key usages or certificate policies, that will do in place of clientAuth. */
  readonly purposes?: readonly string[];
  /** It certifies keys on cards and tokens alone. */
  readonly onToken?: boolean;
};

export type Anchor = {
  readonly certificate: ReadCertificate;
  /** `own`: what this CA issued, by its own record. */
  readonly maps: AnchorMapping | 'own';
  readonly purposes: readonly string[];
  readonly onToken: boolean;
  /** Undefined when there are none to be looked at. */
  readonly lists: (() => readonly ReadRevocationList[]) | undefined;
};

/** What was configured can be no anchor for challenges. */
export class AnchorError extends Error {
  readonly code = 'badAnchor';
}

/** Reads what the operator configured. Throws AnchorError. */
export function readAnchors(options: readonly ChallengeAnchor[]): readonly Anchor[] {
  return options.flatMap((option) => {
    try {
      return readAnchor(option);
    } catch (cause) {
      if (cause instanceof CertificateError || cause instanceof DerError) {
        throw new AnchorError(`an anchor for challenges cannot be read: ${cause.message}`, {
          cause,
        });
      }
      throw cause;
    }
  });
}

function readAnchor(option: ChallengeAnchor): readonly Anchor[] {
  const { pem, maps, purposes = [], onToken = false } = option;
  const certificates = readPem(pem, 'CERTIFICATE').map(readCertificate);
  if (certificates.length === 0) throw new AnchorError('an anchor for challenges has no PEM');
  const lists = listsOf(option);
  if (lists?.().length === 0) throw new AnchorError('an anchor’s revocation list is missing');
  return certificates.map((certificate) => {
    checkAnchor(certificate);
    return { certificate, maps, purposes, onToken, lists };
  });
}

function checkAnchor({ words, publicKey }: ReadCertificate): void {
  if (!words.isCa) throw new AnchorError('an anchor for challenges is no certificate of a CA');
  const weakness = weaknessOf(publicKey);
  if (weakness !== undefined)
    throw new AnchorError(`an anchor for challenges is weak: ${weakness}`);
}

/** Read again only when the text is another. */
function listsOf({ crl }: ChallengeAnchor): Anchor['lists'] {
  if (crl === undefined) return undefined;
  let known: { readonly text: string; readonly lists: readonly ReadRevocationList[] } | undefined;
  return () => {
    const text = typeof crl === 'string' ? crl : crl();
    if (known?.text !== text) {
      known = { text, lists: readPem(text, 'X509 CRL').map(readRevocationList) };
    }
    return known.lists;
  };
}
