import { createHash } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { SignerFingerprint } from '../../shared/models/organization.ts';

const wordCount = 8;
const bitsPerWord = 11;

/** SHA-256 of a certificate (DER), as hex and as eight words of the BIP 39 English list. */
export function signerFingerprint(certificate: Uint8Array): SignerFingerprint {
  const hex = sha256Hex(certificate);
  return { hex, words: wordsOf(hex) };
}

/** Lower-case hex. */
export function sha256Hex(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The first 88 bits, 11 at a time: what a person reads aloud and nobody can search a collision for in passing. */
function wordsOf(hex: string): string[] {
  const digits = (wordCount * bitsPerWord) / 4;
  const bits = BigInt(`0x${hex.slice(0, digits)}`)
    .toString(2)
    .padStart(digits * 4, '0');
  return (bits.match(/.{11}/g) ?? []).map((index) => wordAt(Number.parseInt(index, 2)));
}

function wordAt(index: number): string {
  const word = wordlist[index];
  if (word === undefined) throw new RangeError(`the word list has no word ${index}`);
  return word;
}
