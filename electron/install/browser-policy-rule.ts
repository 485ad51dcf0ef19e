import { DerError, type DerValue } from '../certificates/der-reader.ts';
import { readStructure } from '../certificates/certificate-structure.ts';
import { textsOf } from '../certificates/distinguished-name.ts';

/** What Chromium compares of a name; what is left out may be anything. */
export interface PrincipalPattern {
  readonly CN?: string;
  readonly L?: string;
  readonly O?: string;
  readonly OU?: string;
}

/** Which certificates are meant: those of this issuer for this subject. Of several, Chromium takes the one that lasts longest. */
export interface CertificateFilter {
  readonly ISSUER: PrincipalPattern;
  readonly SUBJECT?: PrincipalPattern;
}

/** The certificate that pages are shown without a question. */
export interface CertificateRule {
  /** As browsers match them: `https://`, host and port. */
  readonly patterns: readonly string[];
  readonly filter: CertificateFilter;
}

/** `null` when the names in the certificate tell it from no others. */
export function filterFor(certificate: Uint8Array): CertificateFilter | null {
  try {
    const { issuer, subject } = readStructure(Buffer.from(certificate));
    const filter = { ISSUER: patternOf(issuer), SUBJECT: patternOf(subject) };
    if (Object.keys(filter.ISSUER).length === 0) return null;
    return Object.keys(filter.SUBJECT).length === 0 ? { ISSUER: filter.ISSUER } : filter;
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}

/** Whether a browser would take this certificate, DER, for one that is meant. */
export function isMeant({ ISSUER, SUBJECT = {} }: CertificateFilter, certificate: Uint8Array) {
  const { issuer, subject } = readStructure(Buffer.from(certificate));
  return fits(ISSUER, issuer) && fits(SUBJECT, subject);
}

const fits = (pattern: PrincipalPattern, name: DerValue): boolean =>
  (['CN', 'L', 'O', 'OU'] as const).every((attribute) => {
    const text = pattern[attribute];
    return text === undefined || textsOf(name, attribute).includes(text);
  });

function patternOf(name: DerValue): PrincipalPattern {
  const texts = (attribute: string): readonly string[] =>
    textsOf(name, attribute).filter((text): text is string => isComparable(text));
  const [CN, otherName] = texts('CN');
  const [L, otherPlace] = texts('L');
  const [[O], [OU]] = [texts('O'), texts('OU')];
  return {
    // Of several, Chromium compares one, and does not say which.
    ...(CN !== undefined && otherName === undefined && { CN }),
    ...(L !== undefined && otherPlace === undefined && { L }),
    ...(O !== undefined && { O }),
    ...(OU !== undefined && { OU }),
  };
}

/** Half a surrogate pair has no UTF-8, and Chromium no JSON for it. */
function isComparable(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text.isWellFormed();
}

/** The origin of a page for Chromium's content settings, which would take one without a port for all ports. */
export function patternFor(site: string): string | null {
  if (!URL.canParse(site)) return null;
  const { protocol, hostname, port } = new URL(site);
  if (protocol !== 'https:' || hostname === '' || /[*[\]]/.test(hostname.replace(/^\[|\]$/g, ''))) {
    return null;
  }
  return `https://${hostname}:${port || '443'}`;
}
