import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import type { Purpose } from '../../shared/models/enrollment-profile.ts';
import { createCertificateRequest, type CertificateRequestDetails } from './certificate-request.ts';
import { UnsupportedName } from './subject-alternative-name.ts';

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const keys: readonly (readonly [string, () => KeyObject, RegExp])[] = [
  ['P-256', p256, /ecdsa-with-SHA256/],
  [
    'P-384',
    () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
    /ecdsa-with-SHA384/,
  ],
  [
    'RSA-3072',
    () => generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey,
    /sha256WithRSAEncryption/,
  ],
  ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, /ED25519/i],
];
const shared = new KeyObjectSigner(p256());

/** What OpenSSL makes of it, once it has verified the signature. */
function read(csr: Uint8Array): string {
  return execFileSync(
    'openssl',
    ['req', '-inform', 'der', '-verify', '-noout', '-text', '-nameopt', 'utf8'],
    {
      input: csr,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  );
}

const asn1 = (csr: Uint8Array): string =>
  execFileSync('openssl', ['asn1parse', '-inform', 'der', '-i'], { input: csr, encoding: 'utf8' });

const request = (details: Partial<CertificateRequestDetails> = {}): Promise<Uint8Array> =>
  createCertificateRequest({
    signer: shared,
    purpose: 'client',
    identifiers: [{ type: 'email', value: 'alex@example.test' }],
    ...details,
  });

describe('a request', () => {
  test.each(keys)('is signed by a %s key', async (_name, makeKey, algorithm) => {
    const text = read(await request({ signer: new KeyObjectSigner(makeKey()) }));
    expect(text).toMatch(algorithm);
    expect(text).toContain('email:alex@example.test');
  });

  test.each<[Purpose, string]>([
    ['client', 'TLS Web Client Authentication'],
    ['device', 'TLS Web Client Authentication'],
    ['service', 'TLS Web Client Authentication'],
    ['codeSigning', 'Code Signing'],
    ['documentSigning', '1.3.6.1.5.5.7.3.36'],
    ['email', 'E-mail Protection'],
  ])('for the purpose %s asks for %s', async (purpose, usage) => {
    const text = read(await request({ purpose }));
    expect(text).toMatch(new RegExp(`Extended Key Usage: *\n *${usage}`));
  });

  test('for a service asks for what its offer says, and for nothing else', async () => {
    const usages = ['serverAuth', 'clientAuth'] as const;
    const asked = async (...wanted: (typeof usages)[number][]): Promise<string | undefined> => {
      const text = read(await request({ purpose: 'service', usages: wanted }));
      return /Extended Key Usage: *\n *(.*?) *\n/.exec(text)?.[1];
    };
    expect(await asked('serverAuth')).toBe('TLS Web Server Authentication');
    expect(await asked('clientAuth')).toBe('TLS Web Client Authentication');
    expect(await asked(...usages)).toBe(
      'TLS Web Server Authentication, TLS Web Client Authentication',
    );
  });

  test('for anything but mail asks to sign and nothing else', async () => {
    expect(read(await request())).toMatch(/Key Usage: critical\n *Digital Signature\n/);
    expect(read(await request({ purpose: 'email' }))).toMatch(/Digital Signature, Key Agreement\n/);
    const rsa = new KeyObjectSigner(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
    expect(read(await request({ purpose: 'email', signer: rsa }))).toMatch(
      /Digital Signature, Key Encipherment\n/,
    );
  });

  test('names all that was ordered', async () => {
    const text = read(
      await request({
        identifiers: [
          { type: 'email', value: 'alex@example.test' },
          { type: 'dns', value: '*.example.test' },
          { type: 'ip', value: '192.0.2.1' },
          { type: 'ip', value: '2001:db8::1' },
        ],
        userPrincipalName: 'älex@corp.example',
      }),
    );
    expect(text).toContain(
      'email:alex@example.test, DNS:*.example.test, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, othername: UPN::älex@corp.example',
    );
  });

  test('names a device as RFC 4043 writes it', async () => {
    const identifiers = [{ type: 'permanent-identifier', value: 'SN-0042/1.3.6.1.4.1.99999.1' }];
    const csr = await request({ identifiers });
    expect(read(csr)).toContain('othername: Permanent Identifier:');
    // [0] { OID, [0] { SEQUENCE { UTF8String, OID } } } (RFC 4043 §2)
    const name = Buffer.concat([
      Buffer.from('06082b06010505070803', 'hex'),
      Buffer.from('a016', 'hex'),
      Buffer.from('3014', 'hex'),
      Buffer.from('0c07', 'hex'),
      Buffer.from('SN-0042'),
      Buffer.from('06092b06010401868d1f01', 'hex'),
    ]);
    expect(Buffer.from(csr).includes(name)).toBe(true);
  });

  test('names a device without an assigner', async () => {
    const csr = await request({
      identifiers: [{ type: 'permanent-identifier', value: 'SN-0042' }],
    });
    expect(Buffer.from(csr).includes(Buffer.from('a00b30090c07534e2d30303432', 'hex'))).toBe(true);
  });

  test('has an empty subject, and then a critical name, unless there is a common name', async () => {
    const without = read(await request());
    expect(without).toMatch(/Subject: *\n/);
    expect(without).toContain('Subject Alternative Name: critical');
    const named = read(await request({ commonName: 'Älex #1, "the" +first' }));
    expect(named).toContain('CN=Älex #1, "the" +first');
    expect(named).not.toContain('Subject Alternative Name: critical');
  });

  test('takes a common name for text, whatever it looks like', async () => {
    expect(asn1(await request({ commonName: '#0c0141' }))).toMatch(/UTF8STRING +:#0c0141/);
  });

  test('may have any printable mail address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.emailAddress({ size: 'small' }), async (value) => {
        const csr = await request({ identifiers: [{ type: 'email', value }] });
        expect(Buffer.from(csr).includes(Buffer.from(value))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a request is not made', () => {
  test.each([
    ['for an address that is a name', { identifiers: [{ type: 'ip', value: 'localhost' }] }],
    ['for an address with a zone', { identifiers: [{ type: 'ip', value: 'fe80::1%eth0' }] }],
    ['for a type that nobody knows', { identifiers: [{ type: 'trustworthy', value: '' }] }],
    [
      'for a mailbox beyond ASCII',
      { identifiers: [{ type: 'email', value: 'älex@example.test' }] },
    ],
    ['for a host beyond ASCII', { identifiers: [{ type: 'dns', value: 'bücher.example' }] }],
    ['for a host with a line break', { identifiers: [{ type: 'dns', value: 'a.example\nb' }] }],
    ['for an empty mailbox', { identifiers: [{ type: 'email', value: '' }] }],
    [
      'for a device of an assigner that is no OID',
      { identifiers: [{ type: 'permanent-identifier', value: 'a/b' }] },
    ],
    [
      'for a device with two assigners',
      { identifiers: [{ type: 'permanent-identifier', value: 'a/1.2/1.3' }] },
    ],
    ['for a common name that is too long', { commonName: 'x'.repeat(65) }],
    ['for an empty common name', { commonName: '' }],
  ])('%s', async (_title, details) => {
    await expect(request(details)).rejects.toBeInstanceOf(UnsupportedName);
  });

  test('when the key refuses to sign', async () => {
    const reason = new Error('the token is gone');
    const { algorithm, publicJwk, publicSpki } = shared;
    const signer = { algorithm, publicJwk, publicSpki, sign: () => Promise.reject(reason) };
    await expect(request({ signer })).rejects.toBe(reason);
  });
});
