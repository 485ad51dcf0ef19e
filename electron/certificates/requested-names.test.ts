import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { CertificateError } from './certificate-error.ts';
import { createCertificateRequest } from './certificate-request.ts';
import {
  bitString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  utf8String,
} from './der.ts';
import { namesExactly } from './requested-names.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer = new KeyObjectSigner(privateKey);
const dns = (value: string) => ({ type: 'dns', value });

/** A request by other people's software, DER. */
function byOpenssl(subject: string, ...extensions: readonly string[]): Buffer {
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const key = ['-newkey', 'ed25519', '-nodes', '-keyout', '/dev/null'];
  const options = [...key, '-subj', subject, '-outform', 'DER', ...added];
  return execFileSync('openssl', ['req', '-new', ...options], { stdio: 'pipe' });
}

describe('a request by OpenSSL', () => {
  test('may have its one host in the common name alone (RFC 8555 §7.4)', () => {
    expect(namesExactly(byOpenssl('/CN=A.example'), [dns('a.example')])).toBe(true);
    expect(namesExactly(byOpenssl('/CN=b.example'), [dns('a.example')])).toBe(false);
    expect(namesExactly(byOpenssl('/O=Example'), [dns('a.example')])).toBe(false);
  });

  test('may have somebody’s name there, and names of kinds that are not ordered', () => {
    const names = 'subjectAltName=DNS:a.example,DNS:*.b.example,email:x@a.example,URI:urn:x';
    const csr = byOpenssl('/CN=Alex Example', 'keyUsage=digitalSignature', names);
    const ordered = [{ type: 'email', value: 'x@a.example' }, dns('*.b.example'), dns('a.example')];
    expect(namesExactly(csr, ordered)).toBe(true);
    expect(namesExactly(csr, [...ordered, { type: 'permanent-identifier', value: '7' }])).toBe(
      true,
    );
    expect(namesExactly(csr, ordered.slice(1))).toBe(false);
    expect(namesExactly(csr, [...ordered, dns('c.example')])).toBe(false);
  });

  test('has addresses, however they are written', () => {
    const csr = byOpenssl('/CN=x', 'subjectAltName=IP:192.0.2.1,IP:2001:db8::1');
    const [four, six] = ['192.0.2.1', '2001:0DB8:0::0001'].map((value) => ({ type: 'ip', value }));
    expect(
      namesExactly(
        csr,
        [six, four].flatMap((each) => each ?? []),
      ),
    ).toBe(true);
    expect(
      namesExactly(
        csr,
        [four].flatMap((each) => each ?? []),
      ),
    ).toBe(false);
  });
});

describe('names in a second place are not overlooked:', () => {
  const names = (host: string): Buffer => {
    const generalNames = sequence(implicit(2, Buffer.from(host)));
    return sequence(sequence(objectIdentifier('2.5.29.17'), octetString(generalNames)));
  };
  const attribute = (oid: string, ...values: readonly Buffer[]): Buffer =>
    sequence(objectIdentifier(oid), setOf(...values));
  /** Nobody looks at the signature here. */
  const request = (...attributes: readonly Buffer[]): Buffer => {
    const toBeSigned = [integer(0), sequence(), signer.publicSpki];
    const info = sequence(...toBeSigned, explicit(0, Buffer.concat(attributes)));
    return sequence(info, sequence(), bitString(Buffer.alloc(8)));
  };
  const [standard, microsoft] = ['1.2.840.113549.1.9.14', '1.3.6.1.4.1.311.2.1.14'] as const;
  const [good, bad] = [names('a.example'), names('bank.example')];

  test.each([
    ['a second value', request(attribute(standard, good, bad))],
    ['a second attribute', request(attribute(standard, good), attribute(standard, bad))],
    ['the same twice', request(attribute(standard, good, good))],
    ['Microsoft’s attribute', request(attribute(standard, good), attribute(microsoft, bad))],
    ['only Microsoft’s attribute', request(attribute(microsoft, good))],
  ])('%s', (_title, csr) => {
    expect(namesExactly(csr, [dns('a.example')])).toBe(false);
    expect(namesExactly(csr, [dns('a.example'), dns('bank.example')])).toBe(false);
  });

  test('while other attributes are nobody’s business', () => {
    const password = attribute('1.2.840.113549.1.9.7', utf8String('secret'));
    const csr = request(password, attribute(standard, good));
    expect(namesExactly(csr, [dns('a.example')])).toBe(true);
  });
});

test('a request of ours is for what it was made for, and with any octets changed is read or refused', async () => {
  const identifiers = [dns('a.example'), { type: 'ip', value: '2001:db8::1' }];
  const csr = Buffer.from(await createCertificateRequest({ signer, identifiers }));
  expect(namesExactly(csr, identifiers)).toBe(true);
  const change = fc.record({ at: fc.nat(csr.length - 1), to: fc.nat(255), cut: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = Buffer.from(csr);
      for (const { at, to } of changes) changed[at] = to;
      const { at = 0, cut } = changes[0] ?? {};
      try {
        expect(namesExactly(cut ? changed.subarray(0, at) : changed, identifiers)).toBeTypeOf(
          'boolean',
        );
      } catch (error) {
        expect(error).toBeInstanceOf(CertificateError);
      }
    }),
    { numRuns: 500 },
  );
});
