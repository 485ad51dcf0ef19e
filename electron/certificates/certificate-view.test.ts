import { generateKeyPairSync } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../testing/test-authority.ts';
import { CertificateError } from './certificate-error.ts';
import { describeCertificate } from './certificate-view.ts';
import { certificateFingerprint, derOf, pemOf, readChain } from './pem.ts';

let root: TestAuthority;
let leaf: string;

beforeAll(async () => {
  root = await TestAuthority.root({ name: 'Ünited Root' });
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  leaf = await root.issue({
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    subject: 'CN=Alex Demo, O=Example',
    names: [
      { type: 'email', value: 'alex@example.test' },
      { type: 'dns', value: 'host.example' },
    ],
    extendedKeyUsages: ['1.3.6.1.5.5.7.3.2', '1.2.3.4'],
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2026-12-31T23:59:59Z'),
  });
});

describe('a certificate', () => {
  test('is described', () => {
    expect(describeCertificate(leaf)).toMatchObject({
      subject: 'CN=Alex Demo, O=Example',
      issuer: 'CN=Ünited Root',
      serialNumber: expect.stringMatching(/^[0-9a-f]+$/) as string,
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2026-12-31T23:59:59.000Z',
      subjectAltNames: ['email:alex@example.test', 'dns:host.example'],
      keyUsages: ['digitalSignature'],
      extendedKeyUsages: ['clientAuth', '1.2.3.4'],
      sha256: certificateFingerprint(leaf),
      pem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----\n/) as string,
    });
  });

  test('is described the same from DER', () => {
    expect(describeCertificate(derOf(leaf))).toEqual(describeCertificate(leaf));
  });

  test('without extensions is described too', () => {
    const described = describeCertificate(root.certificate);
    expect(described).toMatchObject({ subjectAltNames: [], extendedKeyUsages: [] });
    expect(described.keyUsages).toEqual(['keyCertSign', 'cRLSign']);
  });

  test('has a fingerprint in lower-case hex', () => {
    expect(certificateFingerprint(leaf)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is the same from PEM to DER and back', () => {
    expect(pemOf(derOf(leaf))).toBe(pemOf(derOf(pemOf(derOf(leaf)))));
  });
});

describe('a chain', () => {
  test('is read with text and line ends of any kind around it', () => {
    const text = `subject=x\r\n${leaf.replaceAll('\n', '\r\n')}\r\n\r\nissuer\n${root.certificate}`;
    expect(readChain(text).map(certificateFingerprint)).toEqual([
      certificateFingerprint(leaf),
      certificateFingerprint(root.certificate),
    ]);
  });

  test('is read or refused, whatever the text', () => {
    const piece = fc.constantFrom(
      '-----BEGIN CERTIFICATE-----',
      '-----END CERTIFICATE-----',
      '\n',
      'MIIB',
      '-----',
      leaf,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          expect(readChain(pieces.join('')).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CertificateError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of octets that were changed is read or refused', () => {
    const der = derOf(leaf);
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (position, octet) => {
        const changed = Buffer.from(der);
        changed[position] = octet;
        try {
          describeCertificate(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(CertificateError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
