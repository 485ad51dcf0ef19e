import pkcs11js from 'pkcs11js';
import type { CallOutput } from '../messages.ts';
import { CryptokiError } from './cryptoki-error.ts';
import { booleanIn, type Cryptoki, type Handle } from './cryptoki.ts';
import {
  findById,
  readCertificate,
  readPrivateKey,
  readPublicAttributes,
  readPublicKey,
  type NamedKey,
} from './objects.ts';
import { algorithmOf, publicKeyIn, publicKeyOf, type PublicKey } from './public-key.ts';
import type { TokenSession } from './token-session.ts';

/** A private key that can be used now, with what proves its signatures. */
export interface TokenKey extends PublicKey {
  readonly handle: Handle;
  readonly alwaysAuthenticate: boolean;
}

/** What is told of a key. */
export function foundKey(
  cryptoki: Cryptoki,
  session: TokenSession,
  { handle, type, spki, alwaysAuthenticate }: TokenKey,
): CallOutput<'generateKeyPair'> {
  const isExtractable = mayLeave(cryptoki, session, handle);
  const origin = originOf(cryptoki, session, handle);
  return { type, publicSpki: spki, alwaysAuthenticate, isExtractable, ...origin };
}

/** Unless both are said: a module may answer CKR_OK to what was asked for, and do as it likes. */
function mayLeave(cryptoki: Cryptoki, session: TokenSession, key: Handle): boolean {
  const { CKA_SENSITIVE, CKA_EXTRACTABLE } = pkcs11js;
  const [sensitive, extractable] = cryptoki
    .attributes(session.handle, key, [CKA_SENSITIVE, CKA_EXTRACTABLE])
    .map(booleanIn);
  return sensitive !== true || extractable !== false;
}

function originOf(cryptoki: Cryptoki, session: TokenSession, key: Handle) {
  const { CKA_NEVER_EXTRACTABLE, CKA_LOCAL } = pkcs11js;
  const [never, local] = cryptoki
    .attributes(session.handle, key, [CKA_NEVER_EXTRACTABLE, CKA_LOCAL])
    .map(booleanIn);
  return { neverExtractable: never === true, local: local === true };
}

/** Looks for the key pair; see `TokenAccess.findKey`. */
export function findKey(
  cryptoki: Cryptoki,
  session: TokenSession,
  id: string,
): CallOutput<'findKey'> {
  const key = findTokenKey(cryptoki, session, id);
  if (key !== null) return foundKey(cryptoki, session, key);
  return hasObjects(cryptoki, session, Buffer.from(id, 'hex')) ? 'incomplete' : null;
}

/** The key to sign with. Throws `pin-needed` where it may be there and is not to be seen, else `key-not-found`. */
export function requireKey(cryptoki: Cryptoki, session: TokenSession, id: string): TokenKey {
  const key = session.known.get(id) ?? findTokenKey(cryptoki, session, id);
  if (key === null) {
    const isHidden = session.state.login !== 'none' && !session.isLoggedIn;
    throw new CryptokiError({ fault: isHidden ? 'pin-needed' : 'key-not-found' });
  }
  session.known.set(id, key);
  return key;
}

function findTokenKey(cryptoki: Cryptoki, session: TokenSession, id: string): TokenKey | null {
  const privateKey = findPrivateKey(cryptoki, session, id);
  if (privateKey === null) return null;
  const publicKey = findPublicKey(cryptoki, session, { id, privateKey });
  if (publicKey === null) return null;
  const { handle, alwaysAuthenticate } = privateKey;
  return { ...publicKey, handle, alwaysAuthenticate };
}

type PrivateKey = NamedKey & { readonly handle: Handle };

export function findPrivateKey(
  cryptoki: Cryptoki,
  session: TokenSession,
  id: string,
): PrivateKey | null {
  const wanted = { objectClass: pkcs11js.CKO_PRIVATE_KEY, id: Buffer.from(id, 'hex') };
  const [handle] = findById(cryptoki, session, wanted);
  return handle === undefined ? null : { ...readPrivateKey(cryptoki, session, handle), handle };
}

interface Wanted {
  readonly id: string;
  readonly privateKey: PrivateKey;
}

/** From its own object, from what the private half tells, or from the certificate: smart cards lack one or another. */
function findPublicKey(
  cryptoki: Cryptoki,
  session: TokenSession,
  { id, privateKey }: Wanted,
): PublicKey | null {
  const octets = Buffer.from(id, 'hex');
  const publicKeys = findById(cryptoki, session, {
    objectClass: pkcs11js.CKO_PUBLIC_KEY,
    id: octets,
  });
  for (const key of publicKeys) {
    const { keyType } = readPublicKey(cryptoki, session, key);
    const found = publicKeyAt(cryptoki, { session, key }, keyType);
    if (keyType === privateKey.keyType && found !== null) return found;
  }
  const place = { session, key: privateKey.handle };
  return (
    publicKeyAt(cryptoki, place, privateKey.keyType) ?? inCertificate(cryptoki, session, octets)
  );
}

function publicKeyAt(
  cryptoki: Cryptoki,
  place: { readonly session: TokenSession; readonly key: Handle },
  keyType: number | null,
): PublicKey | null {
  const attributes = readPublicAttributes(cryptoki, place, keyType);
  const { type } = algorithmOf(attributes);
  const isWhole = attributes.modulus !== undefined || attributes.ecPoint !== undefined;
  return type === null || !isWhole ? null : publicKeyOf(attributes, type);
}

function inCertificate(cryptoki: Cryptoki, session: TokenSession, id: Buffer): PublicKey | null {
  const wanted = { objectClass: pkcs11js.CKO_CERTIFICATE, id };
  const [handle] = findById(cryptoki, session, wanted);
  if (handle === undefined) return null;
  return publicKeyIn(readCertificate(cryptoki, session, handle).der);
}

/** Either half of a key pair. */
export function hasObjects(cryptoki: Cryptoki, session: TokenSession, id: Buffer): boolean {
  return [pkcs11js.CKO_PRIVATE_KEY, pkcs11js.CKO_PUBLIC_KEY].some(
    (objectClass) => findById(cryptoki, session, { objectClass, id }).length > 0,
  );
}
