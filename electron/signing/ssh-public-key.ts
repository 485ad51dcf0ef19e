import type { KeyObject } from 'node:crypto';

/** As in `authorized_keys` (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4), without a comment. Throws `TypeError` for other keys. */
export function sshPublicKey(key: KeyObject): string {
  const { kty, crv, n = '', e = '', x = '', y = '' } = key.export({ format: 'jwk' });
  if (kty === 'RSA') return line('ssh-rsa', [integer(octets(e)), integer(octets(n))]);
  if (kty === 'OKP' && crv === 'Ed25519') return line('ssh-ed25519', [octets(x)]);
  const curve = kty === 'EC' && crv !== undefined ? curves[crv] : undefined;
  if (curve === undefined) throw new TypeError('SSH has no such keys');
  // SEC 1 §2.3.3: an uncompressed point.
  const point = Buffer.concat([Uint8Array.of(4), octets(x), octets(y)]);
  return line(`ecdsa-sha2-${curve}`, [Buffer.from(curve), point]);
}

const curves: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384' };

const octets = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** RFC 4251 §5, `mpint`: the highest bit is the sign. */
const integer = (value: Buffer): Buffer =>
  (value[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), value]) : value;

function line(name: string, parts: readonly Buffer[]): string {
  const fields = [Buffer.from(name), ...parts].map((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return Buffer.concat([length, part]);
  });
  return `${name} ${Buffer.concat(fields).toString('base64')}`;
}
