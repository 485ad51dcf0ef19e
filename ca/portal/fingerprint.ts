import { createHash } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';

/** A certificate's SHA-256 in the two forms that people compare (docs/enrollment-profile.md). */
export type Fingerprint = {
  /** Lower-case hex, 64 digits. */
  readonly hex: string;
  /** The first 88 bits, as eight words of the BIP 39 English list. */
  readonly words: readonly string[];
};

const bitsPerWord = 11n;
const words = 8;

export function fingerprintOf(certificate: Uint8Array): Fingerprint {
  const digest = createHash('sha256').update(certificate).digest('hex');
  const bits = BigInt(`0x${digest.slice(0, (words * Number(bitsPerWord)) / 4)}`);
  return {
    hex: digest,
    words: Array.from({ length: words }, (_, position) => {
      const shift = bitsPerWord * BigInt(words - 1 - position);
      const index = Number((bits >> shift) & ((1n << bitsPerWord) - 1n));
      return wordlist[index] ?? '';
    }),
  };
}

/** `AB:CD:…`, as openssl and browsers print it. */
export function withColons(hex: string): string {
  return (hex.toUpperCase().match(/../g) ?? []).join(':');
}
