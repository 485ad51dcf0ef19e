import { hash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { bigEndianUcs2 } from './der.ts';

/** What a derived key is for (RFC 7292 §B.3). */
const macKeyId = 3;
/** The block size of SHA-256, `v / 8` in RFC 7292 §B.2. */
const blockLength = 64;
const roundsInOneGo = 4_096;

/** RFC 7292 §B.1: two octets per character and a zero character at the end. */
const passwordOctets = (passphrase: string): Buffer => bigEndianUcs2(`${passphrase}\0`);

/** The key that authenticates a PKCS #12 file, by the key derivation of RFC 7292 §B.2 with SHA-256. */
export async function deriveMacKey(
  passphrase: string,
  salt: Uint8Array,
  iterations: number,
): Promise<Buffer> {
  const diversifier = Buffer.alloc(blockLength, macKeyId);
  const input = Buffer.concat([diversifier, fill(salt), fill(passwordOctets(passphrase))]);
  // One digest is as long as the key of HMAC-SHA-256, so steps 6B and 6C never run.
  let digest = hash('sha256', input, 'buffer');
  for (let round = 1; round < iterations; round += 1) {
    digest = hash('sha256', digest, 'buffer');
    // No library call does this off the main thread; other work must get its turn.
    if (round % roundsInOneGo === 0) await breathe();
  }
  return digest;
}

/** RFC 7292 §B.2, steps 2 and 3: repeated to whole blocks. */
function fill(octets: Uint8Array): Buffer {
  const length = blockLength * Math.ceil(octets.length / blockLength);
  return Buffer.alloc(length, octets);
}
