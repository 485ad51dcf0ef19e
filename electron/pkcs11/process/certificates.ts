import { createHash, X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import {
  readStructure,
  type CertificateStructure,
} from '../../certificates/certificate-structure.ts';
import {
  contentOf,
  DerError,
  derTags,
  encodingOf,
  expectTag,
  membersOf,
} from '../../certificates/der-reader.ts';
import { unsignedInteger } from '../../certificates/der.ts';
import { limits } from '../limits.ts';
import type { CallInput, CallOutput } from '../messages.ts';
import { CryptokiError, malformed } from './cryptoki-error.ts';
import type { Cryptoki } from './cryptoki.ts';
import { requireKey } from './known-keys.ts';
import { cutText, findAll, readCertificate, type StoredCertificate } from './objects.ts';
import { publicKeyIn } from './public-key.ts';
import type { TokenSession } from './token-session.ts';

const mostCertificates = 1_000;
const mostLabel = 64;

/** Certificate and chain beside the key; those that are there stay as they are. */
export function writeCertificates(
  cryptoki: Cryptoki,
  session: TokenSession,
  { id, label, certificate, chain }: CallInput<'writeCertificates'>,
): void {
  if (!session.isWritable) throw new CryptokiError({ fault: 'read-only' });
  const own = readNew(certificate);
  const key = requireKey(cryptoki, session, id);
  if (publicKeyIn(own.der)?.spki.equals(key.spki) !== true) {
    throw new CryptokiError({ fault: 'key-mismatch' });
  }
  const stored = storedCertificates(cryptoki, session);
  const write = (entry: NewCertificate, name: { id: Buffer; label: string }): void => {
    const isThere = stored.some((other) => other.der.equals(entry.der) && other.id.equals(name.id));
    if (!isThere) create(cryptoki, session, { ...entry, ...name });
  };
  const issuers = chain.map(readNew);
  write(own, { id: Buffer.from(id, 'hex'), label });
  for (const issuer of issuers) {
    if (stored.some(({ der }) => der.equals(issuer.der))) continue;
    write(issuer, { id: idOfIssuer(issuer.structure), label: labelOfIssuer(issuer.der) });
  }
}

interface NewCertificate {
  readonly der: Buffer;
  readonly structure: CertificateStructure;
}

function readNew(octets: Uint8Array): NewCertificate {
  const der = Buffer.from(octets);
  try {
    return { der, structure: readStructure(der) };
  } catch (error) {
    if (error instanceof DerError) throw malformed('a certificate that is none', error);
    throw error;
  }
}

function create(
  cryptoki: Cryptoki,
  session: TokenSession,
  { der, structure, id, label }: NewCertificate & { readonly id: Buffer; readonly label: string },
): void {
  const template = [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: id },
    { type: pkcs11js.CKA_LABEL, value: Buffer.from(label) },
    { type: pkcs11js.CKA_SUBJECT, value: encodingOf(structure.subject) },
    { type: pkcs11js.CKA_ISSUER, value: encodingOf(structure.issuer) },
    // PKCS #11 v2.40 §4.6.3: the INTEGER with its tag and length.
    { type: pkcs11js.CKA_SERIAL_NUMBER, value: unsignedInteger(structure.serialNumber) },
    { type: pkcs11js.CKA_VALUE, value: der },
  ];
  cryptoki.call((module) => module.C_CreateObject(session.handle, template));
}

/** RFC 5280 §4.2.1.2 (1): SHA-1 of the key's bits, as NSS names them too. */
function idOfIssuer({ publicKeyInfo }: CertificateStructure): Buffer {
  const [, key] = membersOf(publicKeyInfo);
  const bits = contentOf(expectTag(key, derTags.bitString)).subarray(1);
  return createHash('sha1').update(bits).digest();
}

function labelOfIssuer(der: Buffer): string {
  const lines = new X509Certificate(der).subject.split('\n');
  const name = lines.find((line) => line.startsWith('CN='))?.slice(3) ?? lines.at(-1) ?? '';
  return cutText(name, mostLabel);
}

/** Those that fit through the limits of what main reads. */
export function readCertificates(
  cryptoki: Cryptoki,
  session: TokenSession,
): CallOutput<'readCertificates'> {
  const { mostCertificate, mostCertificates: most, mostObjectId } = limits;
  return storedCertificates(cryptoki, session)
    .filter(({ id, der }) => id.length <= mostObjectId && der.length <= mostCertificate)
    .slice(0, most)
    .map(({ id, der }) => ({ keyId: id.toString('hex'), certificate: Uint8Array.from(der) }));
}

export function storedCertificates(
  cryptoki: Cryptoki,
  session: TokenSession,
): readonly StoredCertificate[] {
  const wanted = { objectClass: pkcs11js.CKO_CERTIFICATE, most: mostCertificates };
  const { handles } = findAll(cryptoki, session, wanted);
  return handles.map((handle) => readCertificate(cryptoki, session, handle));
}
