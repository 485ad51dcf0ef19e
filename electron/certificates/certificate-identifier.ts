import { CertificateError } from './certificate-error.ts';
import { readStructure } from './certificate-structure.ts';
import { contentOf, contextTag, DerError, derTags, membersOf, readWhole } from './der-reader.ts';
import { octetsOf } from './pem.ts';

const authorityKeyIdentifier = '2.5.29.35';

/**
 * How renewal information names a certificate (RFC 9773 §4.1), PEM or DER; undefined when its issuer put no key identifier
 * into it, and then nobody can ask about it.
 */
export function certificateIdentifier(certificate: string | Uint8Array): string | undefined {
  try {
    const { serialNumber, extensions } = readStructure(octetsOf(certificate));
    const extension = extensions.get(authorityKeyIdentifier);
    const keyIdentifier = extension && keyIdentifierOf(extension);
    if (keyIdentifier === undefined) return undefined;
    // The octets as they stand, with the leading 00 of a serial number whose first bit is set.
    return `${keyIdentifier.toString('base64url')}.${serialNumber.toString('base64url')}`;
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw new CertificateError('unreadable', 'the certificate cannot be named', { cause });
  }
}

/** RFC 5280 §4.2.1.1. */
function keyIdentifierOf(extension: Buffer): Buffer | undefined {
  const members = membersOf(readWhole(extension, derTags.sequence));
  const found = members.find(({ tag }) => tag === contextTag(0, 'primitive'));
  return found && contentOf(found);
}
