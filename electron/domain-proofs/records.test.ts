import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressOctets } from '../certificates/ip-address.ts';
import { dns01Record } from './dns-01.ts';
import { accountLabel, dnsAccount01Record } from './dns-account-01.ts';
import { dnsPersist01Record, type PersistentRecord } from './dns-persist-01.ts';
import { domainName, isWithin, parentOf } from './dns-name.ts';
import { reverseName } from './reverse-name.ts';
import { characterStrings, encodeTxt, readTxt } from './txt-record.ts';

describe('a domain name', () => {
  test.each([
    ['Example.TEST.', 'example.test'],
    ['_acme-challenge.example.test', '_acme-challenge.example.test'],
    ['bücher.test', 'xn--bcher-kva.test'],
  ])('%s is written %s', (text, name) => {
    expect(domainName(text)).toBe(name);
  });

  test.each([
    '',
    '.',
    '*.test',
    'a..b',
    '-a.test',
    'a b',
    'a\u0000b',
    `${'a'.repeat(64)}.test`,
    'a.'.repeat(127) + 'test',
  ])('%j is none', (text) => {
    expect(() => domainName(text)).toThrow(expect.objectContaining({ reason: 'name' }));
  });

  test('is within its own zone and those above, label by label', () => {
    expect(isWithin('a.example.test', 'example.test')).toBe(true);
    expect(isWithin('example.test', 'example.test')).toBe(true);
    expect(isWithin('notexample.test', 'example.test')).toBe(false);
    expect([parentOf('a.b'), parentOf('b'), parentOf('')]).toEqual(['b', '', undefined]);
  });
});

describe('the record of dns-01', () => {
  test('has the digest of the key authorization below the name', () => {
    const value = createHash('sha256').update('token.thumbprint').digest('base64url');
    const record = { name: '_acme-challenge.example.test', type: 'TXT', value, ttl: 60 };
    expect(dns01Record('Example.test', 'token.thumbprint')).toEqual(record);
  });

  test('is refused for a name that would become too long', () => {
    const long = Array.from({ length: 30 }, () => 'longish').join('.');
    expect(() => dns01Record(`${long}.more.test`, 'x')).toThrow(
      expect.objectContaining({ reason: 'name' }),
    );
  });
});

describe('the record of dns-account-01', () => {
  test('is at the label that the draft gives as its example', () => {
    // draft-ietf-acme-dns-account-label §3.2.
    const accountUrl = 'https://example.com/acme/acct/ExampleAccount';
    expect(accountLabel(accountUrl)).toBe('_ujmmovf2vn55tgye');
    const { name } = dnsAccount01Record('example.org', { accountUrl, keyAuthorization: 'x' });
    expect(name).toBe('_ujmmovf2vn55tgye._acme-challenge.example.org');
  });
});

describe('the record of dns-persist-01', () => {
  const base: PersistentRecord = {
    issuerDomainNames: ['authority.example', 'ca.example.net'],
    accountUrl: 'https://ca.example/acct/123',
    newAccountUrl: 'https://ca.example/new-acct',
    wildcard: false,
  };
  const valueOf = (changes: Partial<PersistentRecord>): string =>
    dnsPersist01Record('example.com', { ...base, ...changes }).value;

  test('is as in the draft', () => {
    expect(dnsPersist01Record('example.com', base)).toMatchObject({
      name: '_validation-persist.example.com',
      value: 'authority.example; accounturi=https://ca.example/acct/123',
    });
    const persistUntil = new Date(1721952000_900);
    expect(valueOf({ wildcard: true, persistUntil })).toBe(
      'authority.example; accounturi=https://ca.example/acct/123; policy=wildcard; persistUntil=1721952000',
    );
  });

  test.each([
    ['no list', undefined],
    ['no name', []],
    ['eleven names', Array.from({ length: 11 }, (_each, index) => `ca${index}.example`)],
    ['an upper-case name', ['CA.example']],
    ['a name with a dot at its end', ['ca.example.']],
    ['a name in Unicode', ['bücher.example']],
    ['a name that ends in a hyphen', ['ca-.example']],
    ['a name that brings a parameter', ['ca.example; policy=wildcard']],
    ['a name of 254 octets', [`${'a.'.repeat(126)}aa`]],
    ['a bad name after a good one', ['ca.example', '']],
  ])('is not made of a challenge with %s', (_name, issuerDomainNames) => {
    expect(() => valueOf({ issuerDomainNames })).toThrow(
      expect.objectContaining({ reason: 'challenge-malformed' }),
    );
  });

  test('names no account but ours', () => {
    expect(valueOf({ accountUri: base.accountUrl })).toBe(valueOf({}));
    expect(() => valueOf({ accountUri: 'https://ca.example/acct/666' })).toThrow(
      expect.objectContaining({ reason: 'account-url' }),
    );
    expect(() => valueOf({ accountUrl: 'https://ca.example/a; policy=wildcard' })).toThrow(
      expect.objectContaining({ reason: 'account-url' }),
    );
  });

  test.each(['https://other-ca.example/acct/666', 'https://ca.example:8443/acct/1', 'urn:acct:1'])(
    'names no account away from where the CA makes accounts: %s',
    (accountUrl) => {
      for (const accountUri of [undefined, accountUrl]) {
        expect(() => valueOf({ accountUri, accountUrl })).toThrow(
          expect.objectContaining({ reason: 'account-url' }),
        );
      }
    },
  );
});

describe('the text of a record', () => {
  test('is cut after 255 octets', () => {
    expect(characterStrings('x'.repeat(600)).map(({ length }) => length)).toEqual([255, 255, 90]);
    expect(characterStrings('x'.repeat(255))).toHaveLength(1);
    expect(characterStrings('')).toHaveLength(1);
  });

  test('comes back whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 700 }), (text) => {
        expect(readTxt(encodeTxt(text))).toBe(text);
      }),
    );
  });
});

describe('an address', () => {
  test.each([
    ['192.0.2.1', '1.2.0.192.in-addr.arpa'],
    [
      '2001:db8::567:89ab',
      'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    ],
    ['::1', `1.${'0.'.repeat(31)}ip6.arpa`],
    ['::', `${'0.'.repeat(32)}ip6.arpa`],
    [
      '::ffff:192.0.2.1',
      '1.0.2.0.0.0.0.c.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa',
    ],
  ])('%s is asked for as %s', (text, name) => {
    expect(reverseName(addressOctets(text) ?? Buffer.alloc(0))).toBe(name);
  });

  test.each(['', 'example.test', '1.2.3', '256.1.1.1', 'fe80::1%eth0', '[::1]'])(
    '%j is none',
    (text) => {
      expect(addressOctets(text)).toBeUndefined();
    },
  );
});
