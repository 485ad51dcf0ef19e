import { randomInt } from 'node:crypto';
import type { Malformed } from './prover.ts';

const nothing: readonly Malformed[] = [
  { name: 'no member', payload: {} },
  { name: 'null', payload: { otp: null } },
  { name: 'a list', payload: { otp: ['287082'] } },
  { name: 'an object', payload: { otp: { value: '287082' } } },
  { name: 'an empty text', payload: { otp: '' } },
  { name: 'another member', payload: { password: '287082' } },
  { name: 'a list in place of the object', payload: ['287082'] },
  { name: 'a text in place of the object', payload: '287082' },
];

/** For totp-01 and hotp-01: a number in place of the text first of all. */
export const malformedDigits: readonly Malformed[] = [
  { name: 'a number', payload: { otp: 287082 } },
  ...nothing,
  { name: 'five digits', payload: { otp: '28708' } },
  { name: 'nine digits', payload: { otp: '287082287' } },
  { name: 'a letter', payload: { otp: '28708a' } },
  { name: 'a space', payload: { otp: '287 082' } },
  { name: 'a line break', payload: { otp: '287082\n' } },
  { name: 'digits that are not ASCII', payload: { otp: '２８７０８２' } },
];

/** For otp-01. */
export const malformedTexts: readonly Malformed[] = [
  { name: 'a number', payload: { otp: 287082 } },
  ...nothing,
  { name: '65 characters', payload: { otp: '8'.repeat(65) } },
  { name: 'a control character', payload: { otp: '2870\u001b82' } },
  { name: 'characters that are not ASCII', payload: { otp: '２８７０８２' } },
];

/** A code that is none of those. */
export function codeOtherThan(codes: readonly string[], digits: number): string {
  for (;;) {
    const code = String(randomInt(10 ** digits)).padStart(digits, '0');
    if (!codes.includes(code)) return code;
  }
}
