import pkcs11js from 'pkcs11js';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { booleanIn, numberIn } from './cryptoki.ts';
import type { PublicAttributes } from './public-key.ts';
import type { TokenSession } from './token-session.ts';

// The objects of a token: keys and certificates that are kept there (CKA_TOKEN).

/** CKO_PRIVATE_KEY, CKO_PUBLIC_KEY or CKO_CERTIFICATE. */
export type ObjectClass = number;

/** More than that with one CKA_ID are not looked at. */
const mostAlike = 32;

export function findById(
  cryptoki: Cryptoki,
  session: TokenSession,
  wanted: { readonly objectClass: ObjectClass; readonly id: Buffer },
): readonly Handle[] {
  const template = [
    { type: pkcs11js.CKA_CLASS, value: wanted.objectClass },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: wanted.id },
  ];
  return cryptoki.find(session.handle, template, mostAlike).handles;
}

export function findAll(
  cryptoki: Cryptoki,
  session: TokenSession,
  { objectClass, most }: { readonly objectClass: ObjectClass; readonly most: number },
): { handles: readonly Handle[]; more: number } {
  const template = [
    { type: pkcs11js.CKA_CLASS, value: objectClass },
    { type: pkcs11js.CKA_TOKEN, value: true },
  ];
  return cryptoki.find(session.handle, template, most);
}

/** What both halves of a key pair say. */
export interface NamedKey {
  readonly id: Buffer;
  readonly label: string;
  readonly keyType: number | null;
  readonly alwaysAuthenticate: boolean;
}

export function readPrivateKey(cryptoki: Cryptoki, session: TokenSession, key: Handle): NamedKey {
  const { CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_ALWAYS_AUTHENTICATE } = pkcs11js;
  const types = [CKA_ID, CKA_LABEL, CKA_KEY_TYPE, CKA_ALWAYS_AUTHENTICATE];
  const [id, label, keyType, always] = cryptoki.attributes(session.handle, key, types);
  return named(id, label, keyType, always);
}

export function readPublicKey(cryptoki: Cryptoki, session: TokenSession, key: Handle): NamedKey {
  const { CKA_ID, CKA_LABEL, CKA_KEY_TYPE } = pkcs11js;
  const types = [CKA_ID, CKA_LABEL, CKA_KEY_TYPE];
  const [id, label, keyType] = cryptoki.attributes(session.handle, key, types);
  return named(id, label, keyType, undefined);
}

function named(
  id: Buffer | undefined,
  label: Buffer | undefined,
  ...[keyType, always]: readonly (Buffer | undefined)[]
): NamedKey {
  return {
    id: id ?? Buffer.of(),
    label: labelOf(label),
    keyType: numberIn(keyType),
    alwaysAuthenticate: booleanIn(always) === true,
  };
}

/** What the public half is, as far as the object says: a private key object tells a part of it as well. */
export function readPublicAttributes(
  cryptoki: Cryptoki,
  { session, key }: { readonly session: TokenSession; readonly key: Handle },
  keyType: number | null,
): PublicAttributes {
  if (keyType === pkcs11js.CKK_RSA) {
    const types = [pkcs11js.CKA_MODULUS, pkcs11js.CKA_PUBLIC_EXPONENT];
    const [modulus, publicExponent] = cryptoki.attributes(session.handle, key, types);
    return { keyType, modulus: filled(modulus), publicExponent: filled(publicExponent) };
  }
  const types = [pkcs11js.CKA_EC_PARAMS, pkcs11js.CKA_EC_POINT];
  const [ecParams, ecPoint] = cryptoki.attributes(session.handle, key, types);
  return { keyType, ecParams: filled(ecParams), ecPoint: filled(ecPoint) };
}

const filled = (value: Buffer | undefined): Buffer | undefined =>
  value === undefined || value.length === 0 ? undefined : value;

export interface StoredCertificate {
  readonly handle: Handle;
  readonly id: Buffer;
  readonly label: string;
  readonly der: Buffer;
}

export function readCertificate(
  cryptoki: Cryptoki,
  session: TokenSession,
  handle: Handle,
): StoredCertificate {
  const types = [pkcs11js.CKA_ID, pkcs11js.CKA_LABEL, pkcs11js.CKA_VALUE];
  const [id, label, der] = cryptoki.attributes(session.handle, handle, types);
  return { handle, id: id ?? Buffer.of(), label: labelOf(label), der: der ?? Buffer.of() };
}

const mostLabel = 256;

function labelOf(label: Buffer | undefined): string {
  if (label === undefined) return '';
  const text = label
    .subarray(0, 4 * mostLabel)
    .toString('utf8')
    .replace(/\0+$/, '');
  return cutText(text, mostLabel);
}

/** At most so many UTF-16 units, and no half of a character. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}
