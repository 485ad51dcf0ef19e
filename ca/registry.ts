import { X509Certificate } from 'node:crypto';
import { weaknessOf } from './account-key.ts';
import type { CertificateTrust } from './challenges/certificate-trust.ts';
import { checkIdentifier, isWildcard } from './identifiers.ts';
import type { State } from './state.ts';
import type { DomainOwner } from './state/registered-domains.ts';
import { newId } from './state/rows.ts';
import type { SubjectCertificate, SubjectName } from './state/subject-certificates.ts';
import { CertificateError, readCertificate, readPem } from './x509/read-certificate.ts';

export type { DomainOwner } from './state/registered-domains.ts';
export type { SubjectName } from './state/subject-certificates.ts';

/** What cannot be registered, and why. */
export class RegistryError extends Error {
  readonly code: 'unreadable' | 'expired' | 'weak' | 'alreadyRegistered' | 'badDomain' | 'unknown';

  constructor(code: RegistryError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A certificate as a person reads about it. */
export type CertificateSummary = {
  /** Of the registration; undefined for one that this CA issued and nobody registered. */
  readonly id: string | undefined;
  readonly pem: string;
  /** As OpenSSL words it, one attribute per line. */
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serialNumber: string;
  readonly notAfter: Date;
  readonly onToken: boolean;
  /** Whether who issued it is trusted for challenges; else it counts only with a chain to somebody who is. */
  readonly knownIssuer: boolean;
};

/** Whose certificates and domain names are whose, by the word of an administrator. */
export type Registry = {
  /** Takes the first certificate of a PEM text, and forgets earlier failures with certificates. Throws RegistryError. */
  addCertificate(
    subject: SubjectName,
    pem: string,
    details?: { readonly onToken?: boolean },
  ): string;
  certificates(subject: SubjectName): readonly CertificateSummary[];
  /** Whether the key is on a card or token, which administrators' certificates ask for. */
  markOnToken(id: string, onToken: boolean): void;
  removeCertificate(id: string): void;
  /** What this CA issued to the person or service and is good still, without what is registered. */
  issued(subject: SubjectName): readonly CertificateSummary[];
  /** Whether a person may prove themselves with any certificate for their address that this CA issued to them. */
  acceptsIssued(personId: string): boolean;
  acceptIssued(personId: string, accepted: boolean): void;
  /** By the alphabet: each that was ever given an external account key. */
  services(): readonly string[];
  domains(owner: DomainOwner): readonly string[];
  /** Throws RegistryError for what is no DNS name, and for a wildcard. */
  addDomain(owner: DomainOwner, name: string): void;
  removeDomain(owner: DomainOwner, name: string): void;
};

export type RegistryOptions = {
  readonly state: State;
  readonly clock: () => Date;
  readonly trust: Pick<CertificateTrust, 'knowsIssuer'>;
};

export function createRegistry({ state, clock, trust }: RegistryOptions): Registry {
  const { subjectCertificates, registeredDomains, throttles } = state;
  const find = (id: string): SubjectCertificate => {
    const found = subjectCertificates.find(id);
    if (found === undefined) throw new RegistryError('unknown', 'no certificate has this id');
    return found;
  };
  return {
    addCertificate: (subject, pem, { onToken = false } = {}) =>
      state.transaction(() => {
        const certificate = usableCertificate(pem, clock());
        const id = newId();
        const addedAt = clock();
        if (!subjectCertificates.add({ id, subject, certificate, onToken, addedAt })) {
          throw new RegistryError('alreadyRegistered', 'the certificate is registered already');
        }
        throttles.forget(`cert:${subject}`);
        return id;
      }),
    certificates: (subject) =>
      subjectCertificates.of(subject).map(({ id, certificate, onToken }) =>
        summaryOf(certificate, {
          ...{ id, onToken },
          knownIssuer: trust.knowsIssuer(readCertificate(certificate)),
        }),
      ),
    markOnToken: (id, onToken) => subjectCertificates.mark(find(id).id, onToken),
    removeCertificate: (id) => subjectCertificates.remove(id),
    issued: (subject) =>
      issuedTo(subject, state, clock())
        .filter(({ leaf }) => subjectCertificates.findByCertificate(leaf) === undefined)
        .map(({ leaf }) => summaryOf(leaf, { id: undefined, onToken: false, knownIssuer: true })),
    acceptsIssued: (personId) => subjectCertificates.acceptsIssued(`person:${personId}`),
    acceptIssued: (personId, accepted) =>
      subjectCertificates.acceptIssued(`person:${personId}`, accepted),
    services: () => {
      const names = state.invitations.list().flatMap(({ service }) => service ?? []);
      return [...new Set(names)].sort();
    },
    domains: (owner) => registeredDomains.of(owner),
    addDomain: (owner, name) => registeredDomains.add(owner, usableDomain(name)),
    removeDomain: (owner, name) => registeredDomains.remove(owner, name),
  };
}

function usableCertificate(pem: string, now: Date): Buffer {
  const [bytes] = readPem(pem, 'CERTIFICATE');
  if (bytes === undefined) throw new RegistryError('unreadable', 'there is no PEM certificate');
  try {
    const { raw, publicKey, notAfter } = readCertificate(bytes);
    if (notAfter < now) throw new RegistryError('expired', 'the certificate has expired');
    const weakness = weaknessOf(publicKey);
    if (weakness !== undefined) throw new RegistryError('weak', weakness);
    checkReadable(raw);
    return raw;
  } catch (cause) {
    if (!(cause instanceof CertificateError)) throw cause;
    throw new RegistryError('unreadable', cause.message, { cause });
  }
}

/** OpenSSL looks at more of it than proofs do; what it cannot read could be neither listed nor removed. */
function checkReadable(raw: Buffer): void {
  try {
    readable(raw);
  } catch (cause) {
    throw new RegistryError('unreadable', 'OpenSSL cannot read it', { cause });
  }
}

/** Throws RegistryError for what is no DNS name, and for a wildcard. */
export function usableDomain(name: string): string {
  const { identifier } = checkIdentifier({ type: 'dns', value: name.trim() });
  if (identifier !== undefined && !isWildcard(identifier.value)) return identifier.value;
  throw new RegistryError('badDomain', 'this is no DNS name');
}

function issuedTo(subject: SubjectName, { certificates }: State, now: Date) {
  const [kind] = subject.split(':', 1);
  const name = subject.slice(subject.indexOf(':') + 1);
  return kind === 'person' ? certificates.ofPerson(name, now) : certificates.ofService(name, now);
}

function summaryOf(
  certificate: Buffer,
  details: Pick<CertificateSummary, 'id' | 'onToken' | 'knownIssuer'>,
): CertificateSummary {
  const { subject, issuer, serialNumber, validToDate, ...rest } = readable(certificate);
  return { ...details, ...rest, subject, issuer, serialNumber, notAfter: validToDate };
}

function readable(certificate: Buffer) {
  const read = new X509Certificate(certificate);
  const { issuer, serialNumber, validToDate } = read;
  // Undefined, whatever the typings say, for a subject without attributes.
  const subject = (read.subject as string | undefined) ?? '';
  return { subject, issuer, serialNumber, validToDate, pem: read.toString() };
}
