import { CertificateError } from './certificate-error.ts';
import { DerError, derTags, encodingOf, expectTag, membersOf, readWhole } from './der-reader.ts';
import { octetsOf } from './pem.ts';

/** The SubjectPublicKeyInfo of a PKCS #10 request (RFC 2986 §4), both DER: the key that a certificate for it must have. */
export function requestedKey(csr: Uint8Array): Buffer {
  try {
    const [info] = membersOf(readWhole(octetsOf(csr), derTags.sequence));
    const [, , publicKeyInfo] = membersOf(expectTag(info, derTags.sequence));
    return encodingOf(expectTag(publicKeyInfo, derTags.sequence));
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CertificateError('unreadable', 'this is no certificate request', { cause });
  }
}
