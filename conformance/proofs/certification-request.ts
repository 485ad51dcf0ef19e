import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { oid, tags, write } from './der.ts';

const { sequence, set, integer, bitString, octetString, utf8 } = tags;

/** What a request asks for. */
export type Wanted = {
  /** P-256. */
  readonly key: KeyObject;
  readonly commonName: string;
  readonly domains: readonly string[];
  /** Dotted. */
  readonly usages: readonly string[];
};

/** PKCS #10 (RFC 2986) with the extensions of docs/wire-profile.md §6, base64url of its DER. */
export function certificationRequest({ key, commonName, domains, usages }: Wanted): string {
  const name = write(
    sequence,
    write(set, attribute('2.5.4.3', write(utf8, Buffer.from(commonName)))),
  );
  const extensions = write(
    sequence,
    // RFC 5280 §4.2.1.3: digitalSignature alone.
    extension('2.5.29.15', Buffer.of(bitString, 2, 7, 0x80)),
    extension('2.5.29.37', write(sequence, ...usages.map(oid))),
    extension('2.5.29.17', write(sequence, ...domains.map((one) => write(0x82, Buffer.from(one))))),
  );
  const requested = attribute('1.2.840.113549.1.9.14', write(set, extensions));
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const info = write(
    ...([sequence, Buffer.of(integer, 1, 0), name, spki, write(0xa0, requested)] as const),
  );
  const algorithm = write(sequence, oid('1.2.840.10045.4.3.2'));
  const signature = write(bitString, Buffer.of(0), sign('sha256', info, key));
  return write(sequence, info, algorithm, signature).toString('base64url');
}

const attribute = (type: string, value: Buffer): Buffer => write(sequence, oid(type), value);

const extension = (type: string, value: Buffer): Buffer =>
  write(sequence, oid(type), write(octetString, value));
