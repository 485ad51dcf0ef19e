import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSerial, signCertificate } from './certificate.ts';
import { readCertificationRequest, RequestError } from './certification-request.ts';
import * as der from './der.ts';
import { encodeName, readCommonNames, readGeneralNames } from './names.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('DER that is written', () => {
  it.each([
    [der.smallInteger(0), '020100'],
    [der.smallInteger(127), '02017f'],
    [der.smallInteger(128), '02020080'],
    [der.smallInteger(65_536), '0203010000'],
    [der.integer(hex('00007f')), '02017f'],
    [der.boolean(true), '0101ff'],
    [der.objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    [der.objectIdentifier('2.5.29.17'), '0603551d11'],
    [der.objectIdentifier('2.999.3'), '0603883703'],
    [der.bitString(hex('80'), 7), '03020780'],
    [der.explicit(3, der.smallInteger(1)), 'a303020101'],
    [der.implicit(2, Buffer.from('a')), '820161'],
    [der.time(new Date('2049-12-31T23:59:59.999Z')), '170d3439313233313233353935395a'],
    [der.time(new Date('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
  ])('is in its one form: %#', (bytes, expected) => {
    expect(bytes.toString('hex')).toBe(expected);
  });

  it('has the length of its content, however long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
        const [element] = der.readAll(der.octetString(Buffer.alloc(length, 7)));
        expect(element?.content.length).toBe(length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('DER that is read', () => {
  it.each([
    ['a length of indefinite form', '30800000'],
    ['a length in more bytes than needed', '30810100'],
    ['a length with a leading zero', `3082007f${'00'.repeat(127)}`],
    ['a length of five bytes', '30850000000001'],
    ['a length beyond the end', '300201'],
    ['a tag alone', '30'],
    ['a length that is cut off', '3082ff'],
    ['a tag of two bytes', '3f8101ff'],
  ])('may not have %s', (_name, text) => {
    expect(() => der.readAll(hex(text))).toThrow(der.DerError);
  });

  it.each([
    ['nothing in it', '0600'],
    ['an arc that is cut off', '060181'],
    ['an arc beyond counting', `0610${'ff'.repeat(15)}7f`],
    ['another tag', '0401'],
  ])('may not be an object identifier with %s', (_name, text) => {
    expect(() => der.readObjectIdentifier(der.readAll(hex(text))[0])).toThrow(der.DerError);
  });

  it('may not be followed by anything where one element is expected', () => {
    expect(() => der.readSingle(hex('3000'), der.tags.sequence)).not.toThrow();
    expect(() => der.readSingle(hex('300000'), der.tags.sequence)).toThrow(der.DerError);
    expect(() => der.readSingle(Buffer.alloc(0), der.tags.sequence)).toThrow(der.DerError);
  });

  it('gives back every object identifier that was written', () => {
    const arcs = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), arcs, (second, rest) => {
        const dotted = [1, second, ...rest].join('.');
        const [element] = der.readAll(der.objectIdentifier(dotted));
        expect(der.readObjectIdentifier(element)).toBe(dotted);
      }),
    );
  });
});

describe('hostile bytes', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' });

  it('are refused as a certification request with one kind of error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => readCertificationRequest(Buffer.from(bytes))).toThrow(RequestError);
      }),
      { numRuns: 500 },
    );
  });

  it('in the place of one byte of a certification request are refused', () => {
    const info = der.sequence(
      der.smallInteger(0),
      encodeName({ commonName: 'x' }),
      publicKeyInfo,
      der.explicit(0),
    );
    const algorithm = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
    const certificate = signCertificate(
      {
        serial: newSerial(),
        issuer: encodeName({ commonName: 'x' }),
        notBefore: new Date(),
        notAfter: new Date(),
        subject: encodeName({ commonName: 'x' }),
        publicKeyInfo,
        extensions: [],
      },
      privateKey,
    );
    const [, , signature] = der.readAll(der.readSingle(certificate, der.tags.sequence).content);
    const request = der.sequence(info, algorithm, signature?.raw ?? Buffer.alloc(0));
    const position = fc.integer({ min: 0, max: request.length - 1 });
    fc.assert(
      fc.property(position, fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(request);
        changed.writeUInt8(byte, at);
        expect(() => readCertificationRequest(changed)).toThrow(RequestError);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused as a list of names', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          readGeneralNames(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(der.DerError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a name', () => {
  it('comes back as it was written, in whatever script', () => {
    for (const commonName of ['Alex Demo', 'Ægir Þórsson', '李雷', 'a,b=c+"d"\\', '🦊']) {
      const name = der.readSingle(encodeName({ commonName }), der.tags.sequence);
      expect(readCommonNames(name)).toEqual([commonName]);
    }
  });

  it('is read by OpenSSL as it was written', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const name = encodeName({ commonName: '李雷, CN=Root', organization: 'Örg' });
    const bytes = signCertificate(
      {
        serial: newSerial(),
        issuer: name,
        notBefore: new Date('2026-01-01T00:00:00Z'),
        notAfter: new Date('2056-01-01T00:00:00Z'),
        subject: name,
        publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
        extensions: [],
      },
      privateKey,
    );
    const certificate = new X509Certificate(bytes);
    expect(certificate.subject).toBe('O=Örg\nCN=李雷\\, CN=Root');
    expect(certificate.verify(publicKey)).toBe(true);
    expect(certificate.validToDate).toEqual(new Date('2056-01-01T00:00:00Z'));
  });
});
