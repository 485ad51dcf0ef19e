import { beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { CertificateError } from './certificate-error.ts';
import { KnownIssuers } from './known-issuers.ts';

let authorities: readonly string[];

beforeAll(async () => {
  const made = await Promise.all(Array.from({ length: 17 }, () => TestAuthority.root()));
  authorities = made.map(({ certificate }) => certificate);
});

describe('the certificate of an authority', () => {
  test('is read once', () => {
    const issuers = new KnownIssuers();
    const [first = '', second = ''] = authorities;
    const read = issuers.read(first);
    expect(issuers.read(second)).not.toBe(read);
    expect(issuers.read(first)).toBe(read);
    expect(read.toString().trim()).toBe(first.trim());
  });

  test('is forgotten behind sixteen others', () => {
    const issuers = new KnownIssuers();
    const [first = '', ...others] = authorities;
    const read = issuers.read(first);
    for (const other of others) issuers.read(other);
    expect(issuers.read(first)).not.toBe(read);
  });

  test('that is none is none every time', () => {
    const issuers = new KnownIssuers();
    for (let count = 0; count < 2; count += 1) {
      expect(() => issuers.read('nothing')).toThrow(CertificateError);
    }
  });
});
