import { isBase64Url } from './jws.ts';

/** What names a certificate in RFC 9773 §4.1: its issuer's key and its serial number. */
export type CertificateId = {
  readonly keyIdentifier: Buffer;
  /** The content octets of the serial number's DER. */
  readonly serial: Buffer;
};

/** Reads the one spelling that a certificate's name has; undefined for any other text. */
export function readCertificateId(text: string): CertificateId | undefined {
  const [first = '', second = '', ...rest] = text.split('.');
  if (rest.length > 0 || first === '' || second === '') return undefined;
  if (!isBase64Url(first) || !isBase64Url(second)) return undefined;
  const serial = Buffer.from(second, 'base64url');
  if (!isMinimal(serial)) return undefined;
  return { keyIdentifier: Buffer.from(first, 'base64url'), serial };
}

/** `serial`: big-endian, with or without zeros before it. */
export function writeCertificateId(keyIdentifier: Buffer, serial: Buffer): string {
  const start = serial.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? Buffer.of(0) : serial.subarray(start);
  const content = (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.of(0), digits]);
  return `${keyIdentifier.toString('base64url')}.${content.toString('base64url')}`;
}

/** X.690 §8.3.2; RFC 5280 §4.1.2.2 knows no negative serial number, and none longer than 20 octets. */
function isMinimal(serial: Buffer): boolean {
  const [first = 0, second] = serial;
  if (serial.length > 20 || first >= 0x80) return false;
  return first !== 0 || second === undefined || second >= 0x80;
}
