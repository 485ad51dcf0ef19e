import { createHmac } from 'node:crypto';

/** What makes codes, worked out here without a word from the CA that judges them. */

/** The code of a token that counts (RFC 4226 §5.3), SHA-1; the secret as authenticator apps get it. */
export function hotpCode(secret: string, counter: number, digits: number): string {
  const moved = Buffer.alloc(8);
  moved.writeBigUInt64BE(BigInt(counter));
  return truncated(createHmac('sha1', fromBase32(secret)).update(moved).digest(), digits);
}

/** What a token answers to a number (RFC 6287), for suites `OCRA-1:HOTP-<hash>-<digits>:QN08`; `key` is hexadecimal. */
export function ocraAnswer(suite: string, key: string, question: string): string {
  const [, hash = '', digits = ''] = /^OCRA-1:HOTP-SHA(1|256)-(\d):QN08$/.exec(suite) ?? [];
  const input = new Uint8Array(suite.length + 1 + 128);
  input.set(new TextEncoder().encode(suite));
  // RFC 6287 §5.1: the number in hexadecimal, half octet by half octet from the left.
  Array.from(BigInt(question).toString(16)).forEach((digit, index) => {
    const at = suite.length + 1 + (index >> 1);
    input[at] = (input[at] ?? 0) | (Number.parseInt(digit, 16) << (index % 2 === 0 ? 4 : 0));
  });
  const mac = createHmac(`sha${hash}`, Buffer.from(key, 'hex')).update(input).digest();
  return truncated(mac, Number(digits));
}

function truncated(mac: Buffer, digits: number): string {
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const value = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return value.toString().padStart(digits, '0').slice(-digits);
}

/** RFC 4648 §6. */
function fromBase32(text: string): Buffer {
  const bits = Array.from(text.replace(/=+$/, ''), (sign) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(sign).toString(2).padStart(5, '0'),
  ).join('');
  const octets = bits.match(/.{8}/g) ?? [];
  return Buffer.from(octets.map((octet) => Number.parseInt(octet, 2)));
}
