import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { bigEndianUcs2 } from './der.ts';

/** What a derived key is for (RFC 7292 §B.3). */
const purposes = { encryption: 1, vector: 2, mac: 3 } as const;
/** The block size of SHA-1 and SHA-256, `v / 8` in RFC 7292 §B.2. */
const blockLength = 64;
const roundsInOneGo = 4_096;

export interface Pkcs12Derivation {
  readonly hash: 'sha1' | 'sha256';
  readonly purpose: keyof typeof purposes;
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Octets. */
  readonly length: number;
}

/** RFC 7292 §B.1: two octets per character and a zero character at the end. */
const passwordOctets = (passphrase: string): Buffer => bigEndianUcs2(`${passphrase}\0`);

/** The key derivation of PKCS #12 (RFC 7292 §B.2). */
export async function derivePkcs12Key(wanted: Pkcs12Derivation): Promise<Buffer> {
  const { purpose, passphrase, salt, length } = wanted;
  const diversifier = Buffer.alloc(blockLength, purposes[purpose]);
  let input: Buffer = Buffer.concat([fill(salt), fill(passwordOctets(passphrase))]);
  let key: Buffer = Buffer.alloc(0);
  for (;;) {
    const digest = await repeated(Buffer.concat([diversifier, input]), wanted);
    key = Buffer.concat([key, digest]);
    if (key.length >= length) return key.subarray(0, length);
    input = stirred(input, fill(digest));
  }
}

/** Step 6A. */
async function repeated(input: Buffer, { hash: name, iterations }: Pkcs12Derivation) {
  let digest = hash(name, input, 'buffer');
  for (let round = 1; round < iterations; round += 1) {
    digest = hash(name, digest, 'buffer');
    // No library call does this off the main thread; other work must get its turn.
    if (round % roundsInOneGo === 0) await breathe();
  }
  return digest;
}

/** Steps 6B and 6C: each block of the input as a number, plus that of the digest, plus one. */
function stirred(input: Buffer, addend: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let start = 0; start < input.length; start += blockLength) {
    blocks.push(sumOf(input.subarray(start, start + blockLength), addend));
  }
  return Buffer.concat(blocks);
}

function sumOf(block: Buffer, addend: Buffer): Buffer {
  const sum = Buffer.alloc(blockLength);
  let carry = 1;
  for (let place = blockLength - 1; place >= 0; place -= 1) {
    carry += (block[place] ?? 0) + (addend[place] ?? 0);
    sum[place] = carry & 0xff;
    carry >>= 8;
  }
  return sum;
}

/** Steps 2, 3 and 6B: repeated to whole blocks. */
function fill(octets: Uint8Array): Buffer {
  const length = blockLength * Math.ceil(octets.length / blockLength);
  return Buffer.alloc(length, octets);
}
