import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as der from './der.ts';
import { findPaths } from './path.ts';
import { CertificateError, readCertificate, readPem } from './read-certificate.ts';
import { readRevocationList } from './read-revocation-list.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ca-read-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A self-signed certificate of OpenSSL's making, DER. */
function selfSigned(...options: readonly string[]): Buffer {
  const key = join(folder, 'key.pem');
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-subj', '/CN=A'];
  const pem = execFileSync('openssl', [...made, ...options], { stdio: 'pipe' }).toString();
  return readPem(pem, 'CERTIFICATE')[0] ?? Buffer.alloc(0);
}

/** The elements in a sequence. */
function contents(bytes: Buffer): readonly Buffer[] {
  return der.readAll(der.readSingle(bytes, der.tags.sequence).content).map(({ raw }) => raw);
}

function pss(...parameters: readonly Buffer[]): Buffer {
  return der.sequence(der.objectIdentifier('1.2.840.113549.1.1.10'), ...parameters);
}

function leadsToItself(bytes: Buffer, now = new Date()): boolean {
  const certificate = readCertificate(bytes);
  const weaknessOf = (): undefined => undefined;
  return (
    findPaths({ chain: [certificate], anchors: [{ certificate }], now, weaknessOf }).length > 0
  );
}

describe('a certificate of OpenSSL’s making', () => {
  it.each(['-sha256', '-sha512', '-sha256 -sigopt rsa_padding_mode:pss'])(
    'is read, and its signature verified (%s)',
    (options) => {
      expect(leadsToItself(selfSigned(...options.split(' ')))).toBe(true);
    },
  );

  it('signed by way of SHA-1 leads nowhere', () => {
    expect(leadsToItself(selfSigned('-sha1'))).toBe(false);
  });

  it('with name constraints leads nowhere, marked critical or not', () => {
    const constraint = 'nameConstraints=permitted;DNS:example.test';
    expect(leadsToItself(selfSigned('-addext', constraint))).toBe(false);
  });

  it('is not read when it says TRUE in another way than DER does', () => {
    const bytes = selfSigned('-addext', '1.2.3.4=critical,DER:0500');
    expect(leadsToItself(bytes)).toBe(false);
    // Taken for FALSE, it would make the extension one that may be passed over.
    const lax = bytes.toString('hex').replace('06032a03040101ff', '06032a0304010101');
    expect(() => readCertificate(Buffer.from(lax, 'hex'))).toThrow(CertificateError);
  });

  it.each([
    ['that is not named', der.sequence(der.octetString(Buffer.of(1)))],
    ['that is missing', der.sequence()],
    ['of RSASSA-PSS without parameters', pss()],
    ['of RSASSA-PSS with parameters of no kind', pss(der.sequence(der.explicit(0)))],
  ])('is not read with a signature algorithm %s', (_which, algorithm) => {
    const [body, , signature] = contents(selfSigned());
    const fields = contents(body ?? Buffer.alloc(0)).with(2, algorithm);
    const bytes = der.sequence(der.sequence(...fields), algorithm, signature ?? Buffer.alloc(0));
    expect(() => readCertificate(bytes)).toThrow(CertificateError);
  });

  it('leads nowhere before and after its time', () => {
    const bytes = selfSigned('-days', '10');
    const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);
    expect(leadsToItself(bytes, days(9))).toBe(true);
    expect(leadsToItself(bytes, days(11))).toBe(false);
    expect(leadsToItself(bytes, days(-1))).toBe(false);
  });
});

describe('a time', () => {
  const time = (tag: number, text: string): der.Element =>
    der.readSingle(der.encode(tag, Buffer.from(text)), tag);

  it('is of the century that RFC 5280 §4.1.2.5.1 says', () => {
    const { utcTime, generalizedTime } = der.tags;
    expect(der.readTime(time(utcTime, '491231235959Z')).getUTCFullYear()).toBe(2049);
    expect(der.readTime(time(utcTime, '500101000000Z')).getUTCFullYear()).toBe(1950);
    expect(der.readTime(time(generalizedTime, '20500101000000Z')).getUTCFullYear()).toBe(2050);
  });

  it.each(['260230000000Z', '261301000000Z', '260101240000Z', '2601010000Z', '260101000000+0100'])(
    'that is none is refused (%s)',
    (text) => {
      expect(() => der.readTime(time(der.tags.utcTime, text))).toThrow(der.DerError);
    },
  );
});

describe('garbage', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 })
      .map((parts) =>
        der.sequence(der.sequence(...parts.map((part) => der.sequence(part))), ...parts),
      ),
  );

  it('is no certificate and no revocation list, and nothing worse', () => {
    fc.assert(
      fc.property(bytes, (octets) => {
        const buffer = Buffer.from(octets);
        expect(() => readCertificate(buffer)).toThrow(CertificateError);
        expect(() => readRevocationList(buffer)).toThrow(der.DerError);
      }),
      { numRuns: 200 },
    );
  });
});
