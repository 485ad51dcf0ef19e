import { createHash } from 'node:crypto';
import { entropyToMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { expect, test } from 'vitest';
import { fingerprintOf, withColons } from './fingerprint.ts';

const certificate = Buffer.from('any bytes do');

test('the words are the first 88 bits of SHA-256, eleven bits each', () => {
  // BIP 39 itself reads the first 132 bits as words; the first eight are the same.
  const digest = createHash('sha256').update(certificate).digest();
  const mnemonic = entropyToMnemonic(digest.subarray(0, 16), wordlist).split(' ');
  expect(fingerprintOf(certificate).words).toEqual(mnemonic.slice(0, 8));
});

test('the hex form is all of SHA-256', () => {
  const { hex } = fingerprintOf(certificate);
  expect(hex).toBe(createHash('sha256').update(certificate).digest('hex'));
  expect(withColons(hex)).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});
