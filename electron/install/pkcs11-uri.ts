import type { TokenKey } from './install-target.ts';

/** What of a key on a token a program looks for by RFC 7512. Never has a `pin-value`. */
export function pkcs11Uri(
  { token, keyId }: Pick<TokenKey, 'token' | 'keyId'>,
  type: 'cert' | 'private',
): string {
  const id = keyId.replaceAll(/../g, '%$&');
  const { label, serial } = token;
  const whose = isTelling(serial)
    ? `serial=${spelt(serial.toWellFormed())}`
    : `token=${spelt(label.toWellFormed())}`;
  return `pkcs11:${whose};id=${id};type=${type}`;
}

/** Cards may change their label, and modules may give all tokens one serial number: zeros, or none. */
export function isTelling(serial: string): boolean {
  return /[^0]/.test(serial);
}

/** RFC 7512 §2.3 leaves fewer characters as they are than a URL component does. */
function spelt(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}
