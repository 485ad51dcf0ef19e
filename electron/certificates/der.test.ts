import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import {
  bmpString,
  explicit,
  implicit,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  utf8String,
} from './der.ts';

const read = (der: Uint8Array): string =>
  execFileSync('openssl', ['asn1parse', '-inform', 'der', '-i'], { input: der, encoding: 'utf8' });

describe('an encoding', () => {
  test.each([
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [255, '020200ff'],
    [256, '02020100'],
    [100_000, '02030186a0'],
  ])('of the integer %d is %s', (value, hex) => {
    expect(integer(value).toString('hex')).toBe(hex);
  });

  test.each([
    ['1.2.840.113549.1.7.1', '06092a864886f70d010701'],
    ['2.5.29.17', '0603551d11'],
    ['2.999', '06028837'],
    [
      '2.25.329800735698586629295641978511506172918',
      '06146983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776',
    ],
  ])('of the identifier %s is %s', (text, hex) => {
    expect(objectIdentifier(text).toString('hex')).toBe(hex);
  });

  test.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [256, '04820100'],
    [70_000, '0483011170'],
  ])('of %d octets begins with %s', (length, hex) => {
    const encoded = octetString(new Uint8Array(length));
    expect(encoded.subarray(0, hex.length / 2).toString('hex')).toBe(hex);
    expect(encoded.length).toBe(hex.length / 2 + length);
  });

  test('of a set is in order, however it was given', () => {
    const [one, two] = [octetString(Buffer.from([2])), octetString(Buffer.from([1]))];
    expect(setOf(one, two)).toEqual(setOf(two, one));
  });

  test('of everything together is read by OpenSSL', () => {
    const text = read(
      sequence(
        integer(5),
        nullValue(),
        utf8String('ü'),
        explicit(0, bmpString('x')),
        implicit(1, Buffer.from('a')),
        setOf(objectIdentifier('2.5.4.3')),
      ),
    );
    expect(
      text.match(/prim: .+|cons: .+/g)?.map((line) => line.replace(/\s+/g, ' ').trim()),
    ).toEqual([
      'cons: SEQUENCE',
      'prim: INTEGER :05',
      'prim: NULL',
      'prim: UTF8STRING :ü',
      'cons: cont [ 0 ]',
      'prim: BMPSTRING',
      'prim: cont [ 1 ]',
      'cons: SET',
      'prim: OBJECT :commonName',
    ]);
  });
});
