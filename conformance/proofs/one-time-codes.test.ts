import { expect, it } from 'vitest';
import { decodeBase32, hotpCode, ocraCode, totpCode } from './one-time-codes.ts';

const digits = '12345678901234567890';
const key = (length: number): Buffer => Buffer.from(digits.repeat(4).slice(0, length));

it('makes the codes of RFC 4226, appendix D', () => {
  const hotp = { secret: key(20), algorithm: 'SHA1', digits: 6 } as const;
  const codes = Array.from({ length: 10 }, (_, counter) => hotpCode(hotp, counter));
  expect(codes).toEqual([
    ...['755224', '287082', '359152', '969429', '338314'],
    ...['254676', '287922', '162583', '399871', '520489'],
  ]);
});

it.each([
  ['SHA1', 20, 59, '94287082'],
  ['SHA256', 32, 59, '46119246'],
  ['SHA512', 64, 59, '90693936'],
  ['SHA1', 20, 20_000_000_000, '65353130'],
  ['SHA256', 32, 20_000_000_000, '77737706'],
  ['SHA512', 64, 20_000_000_000, '47863826'],
] as const)('makes the code of RFC 6238, appendix B, for %s', (algorithm, length, time, code) => {
  const totp = { secret: key(length), algorithm, digits: 8, period: 30 };
  expect(totpCode(totp, Math.floor(time / 30))).toBe(code);
});

it('makes the responses of RFC 6287, appendix C.1', () => {
  const suite = 'OCRA-1:HOTP-SHA1-6:QN08';
  const responses = ['00000000', '11111111', '22222222', '99999999'].map((question) =>
    ocraCode(suite, key(20), question),
  );
  expect(responses).toEqual(['237653', '243178', '653583', '294470']);
});

it('reads base32 as authenticator apps show it', () => {
  expect(decodeBase32('JBSW Y3DP ehpk 3pxp').toString('hex')).toBe('48656c6c6f21deadbeef');
  expect(decodeBase32('MZXW6YQ=').toString()).toBe('foob');
});
