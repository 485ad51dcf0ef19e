import { createHmac } from 'node:crypto';
import type { Hash, Hotp, Totp } from '../credentials/credentials.ts';

/** RFC 4226 §5.3. */
export function hotpCode(
  { secret, algorithm, digits }: Pick<Hotp, 'secret' | 'algorithm' | 'digits'>,
  counter: number,
): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  return truncate(hmac(algorithm, secret, moving), digits);
}

/** RFC 6238 §4.2, of a time step. */
export function totpCode(totp: Totp, step: number): string {
  return hotpCode(totp, step);
}

/** RFC 6287 §5.1, for a suite whose only data input is a decimal question. */
export function ocraCode(suite: string, key: Buffer, question: string): string {
  const [, bits = '1', digits = '6'] = /^OCRA-1:HOTP-SHA(\d+)-(\d+):QN\d\d$/.exec(suite) ?? [];
  const number = BigInt(question).toString(16).padEnd(256, '0');
  const message = Buffer.concat([Buffer.from(`${suite}\0`), Buffer.from(number, 'hex')]);
  return truncate(hmac(`SHA${bits}` as Hash, key, message), Number(digits));
}

function hmac(hash: Hash, key: Buffer, message: Buffer): Buffer {
  return createHmac(hash.toLowerCase(), key).update(message).digest();
}

function truncate(digest: Buffer, digits: number): string {
  const offset = (digest.at(-1) ?? 0) & 0xf;
  const value = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(value % 10 ** digits).padStart(digits, '0');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6, as authenticator apps take it: any case, spaces, with or without padding. */
export function decodeBase32(text: string): Buffer {
  const bits = Array.from(text.toUpperCase().replace(/[ =]/g, ''), (character) =>
    alphabet.indexOf(character).toString(2).padStart(5, '0'),
  ).join('');
  const octets = bits.match(/.{8}/g) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)));
}
