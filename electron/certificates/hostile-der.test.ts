import * as fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { cpuUsage } from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { newSigner } from '../testing/local-ca.ts';
import { caseCounts } from '../testing/hostile/case-counts.ts';
import { madeUp } from '../testing/made-up.ts';
import {
  hostileDer,
  hostileIdentifiers,
  hostileNames,
  hostileTimes,
  largeIdentifiers,
} from '../testing/hostile/der-corpus.ts';
import { mutatedOctets } from '../testing/hostile/mutations.ts';
import { isUnpolluted } from '../testing/hostile/unpolluted.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { readDetails } from './certificate-details.ts';
import { CertificateError } from './certificate-error.ts';
import { certificateIdentifier } from './certificate-identifier.ts';
import { createCertificateRequest } from './certificate-request.ts';
import { readStructure } from './certificate-structure.ts';
import {
  DerError,
  derTags,
  encodingOf,
  membersOf,
  objectIdentifierOf,
  readValue,
  readWhole,
  smallIntegerOf,
  timeOf,
} from './der-reader.ts';
import * as writer from './der.ts';
import { commonNameOf, nameText } from './distinguished-name.ts';
import { generalNamesOf } from './general-names.ts';
import { derOf, octetsOf, readChain } from './pem.ts';
import { requestedKey } from './requested-key.ts';
import { subjectAlternativeName } from './subject-alternative-name.ts';

/** From real CAs: what Node trusts. */
const roots = rootCertificates.map((pem) => octetsOf(pem));
let leaf: Buffer;
let request: Buffer;

beforeAll(async () => {
  const authority = await TestAuthority.root({ name: 'Hostile' });
  const signer = newSigner();
  const names = [
    { type: 'dns', value: 'a.example' },
    { type: 'email', value: 'a@b.example' },
    { type: 'ip', value: '2001:db8::1' },
  ] as const;
  const extendedKeyUsages = ['1.3.6.1.5.5.7.3.1'];
  leaf = derOf(await authority.issue({ spki: signer.publicSpki, names, extendedKeyUsages }));
  const identifiers = [...names];
  const userPrincipalName = 'a@b.example';
  request = Buffer.from(
    await createCertificateRequest({ signer, identifiers, userPrincipalName, commonName: 'A' }),
  );
});

/** What a reader gives, or undefined when it refuses with its own error; any other error is a fault of the reader. */
function attempt<T>(
  read: () => T,
  ...errors: readonly (typeof DerError | typeof CertificateError)[]
) {
  try {
    return read();
  } catch (error) {
    if (errors.some((each) => error instanceof each)) return undefined;
    throw error;
  }
}

const printable = (text: string): void => {
  expect(typeof text).toBe('string');
};

/** All that is read of a certificate, soundly or not at all. */
function readCertificate(der: Buffer): void {
  const structure = attempt(() => readStructure(der), DerError);
  if (structure !== undefined) {
    expect(Number.isFinite(structure.notBefore.getTime())).toBe(true);
    expect(Number.isFinite(structure.notAfter.getTime())).toBe(true);
    for (const name of [structure.subject, structure.issuer]) readName(encodingOf(name));
    for (const extension of structure.extensions.values()) {
      expect(extension.length).toBeLessThan(der.length);
      attempt(() => generalNamesOf(extension), DerError);
    }
  }
  const details = attempt(() => readDetails(der), CertificateError);
  if (details !== undefined) {
    expect(structure).toBeDefined();
    expect(new Date(details.notAfter).toISOString()).toBe(details.notAfter);
    for (const { type, value } of details.alternativeNames) {
      expect(['dns', 'email', 'ip', 'url', 'upn', 'dn']).toContain(type);
      printable(value);
    }
    for (const usage of details.extendedKeyUsages) expect(usage).toMatch(/^[0-2](\.\d+)+$/);
    if (details.pathLength !== undefined) expect(details.pathLength).toBeGreaterThanOrEqual(0);
  }
  const identifier = attempt(() => certificateIdentifier(der), CertificateError);
  if (identifier !== undefined) expect(identifier).toMatch(/^[\w-]*\.[\w-]*$/);
}

function readName(der: Buffer): void {
  const name = attempt(() => readWhole(der, derTags.sequence), DerError);
  if (name === undefined) return;
  const text = attempt(() => nameText(name), DerError);
  if (text !== undefined) printable(text);
  attempt(() => commonNameOf(name), DerError);
}

/** As every kind of thing that arrives in DER. */
function readAll(der: Buffer): void {
  readCertificate(der);
  readName(der);
  attempt(() => generalNamesOf(der), DerError);
  attempt(() => requestedKey(der), CertificateError);
  const value = attempt(() => readValue(der, 0, der.length), DerError);
  if (value === undefined) return;
  expect(value.end).toBeLessThanOrEqual(der.length);
  attempt(() => objectIdentifierOf(value), DerError);
  attempt(() => smallIntegerOf(value), DerError);
  attempt(() => timeOf(value), DerError);
  const members = attempt(() => membersOf(value), DerError);
  for (const member of members?.slice(0, 100) ?? []) {
    expect(member.start).toBeGreaterThanOrEqual(value.contentStart);
    expect(member.end).toBeLessThanOrEqual(value.end);
  }
}

function soon(work: () => void): void {
  const started = cpuUsage();
  work();
  expect(cpuUsage(started).user).toBeLessThan(5_000_000);
}

describe('octets', () => {
  test.each(hostileDer)('%s: are read or refused, soon', (_name, octets) => {
    soon(() => readAll(octets));
  });

  test('of any kind are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => readAll(Buffer.from(octets))),
      { numRuns: madeUp(caseCounts.octets) },
    );
    expect(isUnpolluted()).toBe(true);
  });

  test('are never read beyond the end that was given', () => {
    const inside = Buffer.from('0203010203', 'hex');
    for (let limit = 0; limit < inside.length; limit += 1) {
      expect(() => readValue(inside, 0, limit)).toThrow(DerError);
    }
  });
});

describe('a certificate', () => {
  test('of a real CA is read', () => {
    for (const der of roots) expect(readDetails(der).subject).not.toBe('');
  });

  test('that was cut at any octet is refused', () => {
    for (const whole of [leaf, roots[0] ?? leaf]) {
      for (let length = 0; length < whole.length; length += 1) {
        const cut = whole.subarray(0, length);
        expect(() => readStructure(cut)).toThrow(DerError);
        expect(() => readDetails(cut)).toThrow(CertificateError);
      }
    }
  });

  test('that somebody has changed is read soundly or refused', () => {
    fc.assert(
      fc.property(mutatedOctets([leaf, ...roots]), (der) => readCertificate(der)),
      { numRuns: madeUp(caseCounts['mutated certificates']) },
    );
  });

  test('that the platform reads, too, says the same about it', () => {
    let both = 0;
    fc.assert(
      fc.property(mutatedOctets([leaf, ...roots]), (der) => {
        const details = attempt(() => readDetails(der), CertificateError);
        if (details === undefined) return;
        const platform = certificateOf(der);
        if (platform === undefined) return;
        both += 1;
        const { validToDate } = platform;
        if (Number.isFinite(validToDate.getTime())) {
          expect(details.notAfter).toBe(validToDate.toISOString());
        }
        const serial = details.serialNumber.replace(/^(00)+(?=..)/, '');
        if (!/^[89a-f]/.test(details.serialNumber)) {
          expect(platform.serialNumber.toLowerCase().padStart(serial.length, '0')).toBe(serial);
        }
      }),
      { numRuns: caseCounts['second opinions'] },
    );
    expect(both).toBeGreaterThan(100);
  });
});

const certificateOf = (der: Buffer): X509Certificate | undefined => {
  try {
    return new X509Certificate(der);
  } catch {
    // OpenSSL refuses for reasons of its own.
    return undefined;
  }
};

describe('a time', () => {
  test.each(hostileTimes.map((octets) => [octets.subarray(2).toString('latin1'), octets] as const))(
    'is not %j',
    (_text, octets) => {
      expect(() => timeOf(readValue(octets, 0, octets.length))).toThrow(DerError);
    },
  );
});

describe('an object identifier', () => {
  test.each(
    hostileIdentifiers.map((octets) => [octets.subarray(0, 12).toString('hex'), octets] as const),
  )('is not %s', (_hex, octets) => {
    soon(() => {
      expect(() => objectIdentifierOf(readValue(octets, 0, octets.length))).toThrow(DerError);
    });
  });

  test.each(largeIdentifiers)('may have large arcs and many (%#)', (octets, text) => {
    expect(objectIdentifierOf(readValue(octets, 0, octets.length))).toBe(text);
  });

  test('is read as it was written', () => {
    const arc = fc.oneof(fc.nat(200), fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 127n }));
    const first = fc.tuple(fc.nat(2), fc.nat(39));
    fc.assert(
      fc.property(first, fc.array(arc, { maxLength: 8 }), ([one, two], more) => {
        const text = [one, two, ...more].join('.');
        const octets = writer.objectIdentifier(text);
        expect(objectIdentifierOf(readWhole(octets, derTags.objectIdentifier))).toBe(text);
      }),
      { numRuns: madeUp(caseCounts['round trips']) },
    );
  });
});

describe('a name', () => {
  test.each(hostileNames)('is read or refused, however odd (%#)', (octets) => {
    soon(() => readName(octets));
  });

  test('that somebody has changed is read or refused', () => {
    const subjects = roots.map((der) => encodingOf(readStructure(der).subject));
    fc.assert(
      fc.property(mutatedOctets(subjects), (der) => readName(der)),
      { numRuns: madeUp(caseCounts['mutated names']) },
    );
  });

  test('is read as it was written', () => {
    const oid = writer.objectIdentifier('2.5.4.3');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const pair = writer.sequence(oid, writer.utf8String(text));
        const name = readWhole(writer.sequence(writer.setOf(pair)), derTags.sequence);
        expect(commonNameOf(name)).toBe(text);
      }),
      { numRuns: madeUp(caseCounts['round trips']) },
    );
  });
});

describe('alternative names', () => {
  test('are read as they were written', () => {
    const ascii = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
    const identifier = fc.oneof(
      fc.record({ type: fc.constantFrom('dns', 'email'), value: ascii }),
      fc.record({ type: fc.constant('ip'), value: fc.ipV4() }),
    );
    fc.assert(
      fc.property(fc.array(identifier, { minLength: 1, maxLength: 5 }), (identifiers) => {
        const extension = subjectAlternativeName({ identifiers });
        expect(generalNamesOf(extension ?? Buffer.alloc(0))).toEqual(identifiers);
      }),
      { numRuns: madeUp(caseCounts['round trips']) },
    );
  });
});

describe('a certificate request', () => {
  test('that somebody has changed gives a key or is refused', () => {
    fc.assert(
      fc.property(mutatedOctets([request]), (der) => {
        const key = attempt(() => requestedKey(der), CertificateError);
        if (key !== undefined) expect(der.includes(key)).toBe(true);
      }),
      { numRuns: madeUp(caseCounts['mutated requests']) },
    );
  });

  test('gives the key that it was made with', async () => {
    const signer = newSigner();
    expect(signer).toBeInstanceOf(KeyObjectSigner);
    const csr = await createCertificateRequest({ signer, identifiers: [] });
    expect(requestedKey(csr)).toEqual(Buffer.from(signer.publicSpki));
  });
});

describe('an integer', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        expect(smallIntegerOf(readWhole(writer.integer(value), derTags.integer))).toBe(value);
      }),
      { numRuns: madeUp(caseCounts['round trips']) },
    );
  });
});

test.each([
  ['a megabyte of beginnings', '-----BEGIN CERTIFICATE-----\n'.repeat(37_000)],
  ['a megabyte between', `-----BEGIN CERTIFICATE-----\n${'A\n'.repeat(500_000)}`],
  ['nothing', ''],
])('a file of certificates that is %s is refused, soon', (_name, text) => {
  soon(() => expect(() => readChain(text)).toThrow(CertificateError));
});
