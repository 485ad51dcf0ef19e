import { X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import type { CallInput } from '../messages.ts';
import { ckr } from './ckr.ts';
import { storedCertificates } from './certificates.ts';
import { CryptokiError, isCkr } from './cryptoki-error.ts';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { hasObjects } from './known-keys.ts';
import { findById, type StoredCertificate } from './objects.ts';
import type { TokenSession } from './token-session.ts';

/** Key pair and certificates of that CKA_ID, and of the issuers beside them what no other certificate needs. */
export function removeKey(
  cryptoki: Cryptoki,
  session: TokenSession,
  { id, chain }: CallInput<'remove'>,
): void {
  if (!session.isWritable) throw new CryptokiError({ fault: 'read-only' });
  // Before login the private half is not to be seen, and would be left behind.
  if (session.state.login !== 'none' && !session.isLoggedIn) {
    throw new CryptokiError({ fault: 'pin-needed' });
  }
  const octets = Buffer.from(id, 'hex');
  session.known.delete(id);
  for (const objectClass of [pkcs11js.CKO_PRIVATE_KEY, pkcs11js.CKO_PUBLIC_KEY]) {
    for (const handle of findById(cryptoki, session, { objectClass, id: octets })) {
      destroy(cryptoki, session, handle);
    }
  }
  removeWithIssuers(cryptoki, session, {
    isOwn: (certificate) => certificate.id.equals(octets),
    mayGo: isOneOf(chain),
  });
}

/** Certificates that were written beside a key; of the issuers among them those that no other certificate needs. */
export function removeCertificates(
  cryptoki: Cryptoki,
  session: TokenSession,
  { id, certificates }: CallInput<'removeCertificates'>,
): void {
  if (!session.isWritable) throw new CryptokiError({ fault: 'read-only' });
  const octets = Buffer.from(id, 'hex');
  const isMeant = isOneOf(certificates);
  removeWithIssuers(cryptoki, session, {
    isOwn: (certificate) => isMeant(certificate) && certificate.id.equals(octets),
    mayGo: isMeant,
  });
}

const isOneOf =
  (certificates: readonly Uint8Array[]) =>
  ({ der }: StoredCertificate): boolean =>
    certificates.some((certificate) => der.equals(certificate));

interface Leaving {
  readonly isOwn: (certificate: StoredCertificate) => boolean;
  /** Of issuers that nobody needs any more: others were there before the wallet came, or are somebody else's. */
  readonly mayGo: (certificate: StoredCertificate) => boolean;
}

function removeWithIssuers(
  cryptoki: Cryptoki,
  session: TokenSession,
  { isOwn, mayGo }: Leaving,
): void {
  let stored = storedCertificates(cryptoki, session).flatMap(withContent);
  let leaving = stored.filter(isOwn);
  while (leaving.length > 0) {
    for (const { handle } of leaving) destroy(cryptoki, session, handle);
    const gone = leaving;
    const left = stored.filter((certificate) => !gone.includes(certificate));
    leaving = left.filter(
      (issuer) =>
        mayGo(issuer) &&
        issuer.content.ca &&
        gone.some(({ content }) => content.issuer === issuer.content.subject) &&
        !isNeeded(issuer, left) &&
        !hasObjects(cryptoki, session, issuer.id),
    );
    stored = left;
  }
}

type ReadCertificate = StoredCertificate & { readonly content: X509Certificate };

/** What cannot be read is nobody's issuer, and is left alone. */
function withContent(certificate: StoredCertificate): readonly ReadCertificate[] {
  try {
    return [{ ...certificate, content: new X509Certificate(certificate.der) }];
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

const isNeeded = (issuer: ReadCertificate, stored: readonly ReadCertificate[]): boolean =>
  stored.some((other) => other !== issuer && other.content.issuer === issuer.content.subject);

function destroy(cryptoki: Cryptoki, session: TokenSession, handle: Handle): void {
  try {
    cryptoki.call((module) => module.C_DestroyObject(session.handle, handle));
  } catch (error) {
    // Some modules remove the other half along with the first.
    if (!isCkr(error, ckr.CKR_OBJECT_HANDLE_INVALID)) throw error;
  }
}
