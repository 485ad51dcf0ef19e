import { createHash } from 'node:crypto';

/** Java wants one, whatever there is to be kept: what is in here is public. */
export const trustStorePassword = 'changeit';

/**
 * A keystore of Java's own kind (JKS, `sun.security.provider.JavaKeyStore`) that trusts these certificates, DER. `keytool` would
 * start a virtual machine for each of them.
 */
export function javaTrustStore(certificates: readonly Uint8Array[], now: Date): Buffer {
  const head = [word(0xfe_ed_fe_ed), word(2), word(certificates.length)];
  const entries = certificates.flatMap((der, number) => [
    // A trusted certificate.
    word(2),
    text(`c${number}`),
    time(now),
    text('X.509'),
    word(der.length),
    der,
  ]);
  const store = Buffer.concat([...head, ...entries]);
  const password = Buffer.from(trustStorePassword, 'utf16le').swap16();
  const digest = createHash('sha1').update(password).update('Mighty Aphrodite').update(store);
  return Buffer.concat([store, digest.digest()]);
}

function word(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

function time(at: Date): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigInt64BE(BigInt(at.getTime()));
  return octets;
}

function text(ascii: string): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(ascii.length);
  return Buffer.concat([octets, Buffer.from(ascii, 'latin1')]);
}
