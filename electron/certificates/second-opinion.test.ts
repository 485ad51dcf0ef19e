import 'reflect-metadata';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { readDetails } from './certificate-details.ts';
import { CertificateError } from './certificate-error.ts';
import { certificateIdentifier } from './certificate-identifier.ts';
import { createCertificateRequest } from './certificate-request.ts';
import { DerError, derTags, objectIdentifierOf, readWhole } from './der-reader.ts';
import { objectIdentifier } from './der.ts';
import { derOf } from './pem.ts';

// A library that shares nothing with our reader and writer says what it makes of the same octets.

const extensionOf = <T extends x509.Extension>(
  request: x509.Pkcs10CertificateRequest,
  kind: new (raw: ArrayBuffer) => T,
): T | null => {
  const found = request.extensions.find((each) => each instanceof kind);
  return found instanceof kind ? found : null;
};

const signers = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  Ed25519: () => generateKeyPairSync('ed25519').privateKey,
};
const received: Readonly<Record<keyof typeof signers, number>> = {
  'P-256': x509.KeyUsageFlags.keyAgreement,
  'P-384': x509.KeyUsageFlags.keyAgreement,
  'RSA-2048': x509.KeyUsageFlags.keyEncipherment,
  Ed25519: 0,
};

describe.each(Object.keys(signers) as (keyof typeof signers)[])('a request by a %s key', (kind) => {
  test('is read and verified by another library', async () => {
    const signer = new KeyObjectSigner(signers[kind]());
    const csr = await createCertificateRequest({
      signer,
      purpose: 'email',
      commonName: 'Älex, #1 "the" +first',
      identifiers: [
        { type: 'email', value: 'alex@example.test' },
        { type: 'dns', value: '*.example.test' },
      ],
      userPrincipalName: 'älex@corp.example',
    });
    const read = new x509.Pkcs10CertificateRequest(new Uint8Array(csr));
    expect(await read.verify()).toBe(true);
    expect(read.subjectName.getField('CN')).toEqual(['Älex, #1 "the" +first']);
    expect(Buffer.from(read.publicKey.rawData)).toEqual(Buffer.from(signer.publicSpki));
    const names = extensionOf(read, x509.SubjectAlternativeNameExtension);
    expect(names?.critical).toBe(false);
    expect(names?.names.items.map(({ type, value }) => [type, value])).toEqual([
      ['email', 'alex@example.test'],
      ['dns', '*.example.test'],
      ['upn', 'älex@corp.example'],
    ]);
    const usage = extensionOf(read, x509.KeyUsagesExtension);
    expect(usage?.critical).toBe(true);
    expect(usage?.usages).toBe(x509.KeyUsageFlags.digitalSignature | received[kind]);
    expect(extensionOf(read, x509.ExtendedKeyUsageExtension)?.usages).toEqual([
      '1.3.6.1.5.5.7.3.4',
    ]);
  });
});

test('a request without a purpose leaves the usages to the profile', async () => {
  const signer = new KeyObjectSigner(signers['P-256']());
  const identifiers = [{ type: 'dns', value: 'a.example' }];
  const read = new x509.Pkcs10CertificateRequest(
    new Uint8Array(await createCertificateRequest({ signer, identifiers })),
  );
  expect(extensionOf(read, x509.ExtendedKeyUsageExtension)).toBeNull();
  expect(extensionOf(read, x509.SubjectAlternativeNameExtension)?.critical).toBe(true);
  expect(await read.verify()).toBe(true);
});

describe('a certificate', () => {
  let root: TestAuthority;
  let intermediate: TestAuthority;
  const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    type: 'spki',
    format: 'der',
  });

  beforeAll(async () => {
    root = await TestAuthority.root({ name: 'Ünited, "Root"' });
    intermediate = await root.intermediate({ pathLength: 3 });
  });

  const expectSame = (pem: string): void => {
    const ours = readDetails(derOf(pem));
    const theirs = new x509.X509Certificate(pem);
    const nodes = new X509Certificate(pem);
    expect(ours.subject).toBe(theirs.subject);
    expect(ours.issuer).toBe(theirs.issuer);
    expect(ours.serialNumber.replace(/^00/, '')).toBe(nodes.serialNumber.toLowerCase());
    expect(ours.notBefore).toBe(nodes.validFromDate.toISOString());
    expect(ours.notAfter).toBe(theirs.notAfter.toISOString());
    const names = theirs.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
    expect(ours.alternativeNames).toEqual(names.map(({ type, value }) => ({ type, value })));
    const usages = theirs.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
    expect(ours.extendedKeyUsages).toEqual(usages);
    const basic = theirs.getExtension(x509.BasicConstraintsExtension);
    expect(ours.pathLength).toBe(basic?.pathLength);
  };

  test('of a root and an intermediate is read like by others', () => {
    expectSame(root.certificate);
    expectSame(intermediate.certificate);
    expect(readDetails(derOf(intermediate.certificate)).pathLength).toBe(3);
  });

  test('with any names and usages is read like by others', async () => {
    // The library cannot read back what it writes for a backslash at the end.
    const word = fc
      .stringMatching(/^[A-Za-z0-9äß €,+"\\<>;#=]{1,12}$/)
      .filter((text) => text.trim() === text && !text.endsWith('\\'));
    const name = fc.oneof(
      fc.record({ type: fc.constant('dns' as const), value: fc.domain() }),
      fc.record({ type: fc.constant('email' as const), value: fc.emailAddress() }),
      fc.record({ type: fc.constant('ip' as const), value: fc.ipV4() }),
    );
    const usage = fc.constantFrom('1.3.6.1.5.5.7.3.2', '1.2.3.4', '2.999.65536.4294967295.1');
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.array(name, { maxLength: 3 }),
        fc.uniqueArray(usage, { maxLength: 2 }),
        async (words, names, usages) => {
          const subject = new x509.Name([
            ...words.map((text) => ({ O: [{ utf8String: text }] })),
          ]).toString();
          const extendedKeyUsages = usages.length > 0 ? { extendedKeyUsages: usages } : {};
          expectSame(await intermediate.issue({ spki, subject, names, ...extendedKeyUsages }));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('with an IPv6 address shows it in its short form', async () => {
    const pem = await root.issue({ spki, names: [{ type: 'ip', value: '2001:db8::1' }] });
    expect(readDetails(derOf(pem)).alternativeNames).toEqual([
      { type: 'ip', value: '2001:db8::1' },
    ]);
  });

  test('with any octets changed, cut off or added is read or refused', async () => {
    const der = derOf(await intermediate.issue({ spki, names: [{ type: 'dns', value: 'a.b' }] }));
    const readOrRefuse = (octets: Buffer): void => {
      for (const read of [readDetails, certificateIdentifier]) {
        try {
          read(octets);
        } catch (error) {
          expect(error).toBeInstanceOf(CertificateError);
        }
      }
    };
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.nat(255), (position, octet) => {
        const changed = Buffer.from(der);
        changed[position] = octet;
        readOrRefuse(changed);
        readOrRefuse(der.subarray(0, position));
        readOrRefuse(Buffer.concat([der, changed.subarray(0, position)]));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => readOrRefuse(Buffer.from(octets))),
    );
  });
});

describe('DER', () => {
  test.each([
    ['nothing', ''],
    ['half a length', '3082'],
    ['an indefinite length', '30800000'],
    ['a length in too many octets', '308500000000'],
    ['a length that could be shorter', '308101ff'],
    ['a length with a leading zero', `30820001ff`],
    ['a length beyond the end', '3005'],
    ['a second value', '30003000'],
    ['a tag of several octets', '1f8100'],
    ['another tag', '3100'],
  ])('of %s is refused', (_title, hex) => {
    expect(() => readWhole(Buffer.from(hex, 'hex'), derTags.sequence)).toThrow(DerError);
  });

  test.each(['0600', '06020180', '06028001', `0616${'81'.repeat(21)}01`])(
    'object identifier %s is refused',
    (hex) => {
      const value = readWhole(Buffer.from(hex, 'hex'), derTags.objectIdentifier);
      expect(() => objectIdentifierOf(value)).toThrow(DerError);
    },
  );

  test('object identifiers of any arcs are read as they were written', () => {
    const arc = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }));
    fc.assert(
      fc.property(fc.constantFrom('0.39', '1.0', '2.47', '2.999'), fc.array(arc), (root, arcs) => {
        const text = [root, ...arcs].join('.');
        const written = readWhole(objectIdentifier(text), derTags.objectIdentifier);
        expect(objectIdentifierOf(written)).toBe(text);
      }),
    );
  });
});

describe('the identifier of a certificate (RFC 9773 §4.1)', () => {
  test('is that of the example in the RFC', () => {
    expect(certificateIdentifier(exampleCertificate)).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  test('is none without a key identifier of the issuer', async () => {
    const root = await TestAuthority.root();
    expect(certificateIdentifier(root.certificate)).toBeUndefined();
  });
});

/** RFC 9773, appendix A. */
const exampleCertificate = `-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----
`;
