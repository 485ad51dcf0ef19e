import { describe, expect, it } from 'vitest';
import { checkIdentifier } from './identifiers.ts';

function verdict(type: string, value: string): string {
  const checked = checkIdentifier({ type, value });
  return checked.problem === undefined ? checked.identifier.value : checked.problem.code;
}

describe('a DNS name', () => {
  it.each([
    ['example.test', 'example.test'],
    ['WWW.Example.TEST', 'www.example.test'],
    ['localhost', 'localhost'],
    ['*.example.test', '*.example.test'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.test`, `${'a'.repeat(63)}.test`],
    ['a--b.test', 'a--b.test'],
  ])('%s is taken as %s', (value, canonical) => {
    expect(verdict('dns', value)).toBe(canonical);
  });

  it.each([
    '',
    '.',
    'a..b',
    'example.test.',
    '.example.test',
    '-a.test',
    'a-.test',
    'a_b.test',
    'a b.test',
    'bücher.example',
    'xn--a.example',
    '127.0.0.1',
    '::1',
    '*',
    '*.*.test',
    'a.*.test',
    'a*.test',
    'https://a.test',
    'a.test/b',
    'a.test\u0000.b',
    'a.test\n',
    `${'a'.repeat(64)}.test`,
    `${'a.'.repeat(127)}test`,
  ])('%j is malformed', (value) => {
    expect(verdict('dns', value)).toBe('malformed');
  });

  it.each(['a.invalid', 'a.onion', '1.0.0.127.in-addr.arpa', '*.test'])(
    '%s is rejected',
    (value) => {
      expect(verdict('dns', value)).toBe('rejectedIdentifier');
    },
  );
});

describe('an email address', () => {
  it.each([
    ['alex@example.test', 'alex@example.test'],
    ['Alex.Demo+x@Example.TEST', 'alex.demo+x@example.test'],
  ])('%s is taken as %s', (value, canonical) => {
    expect(verdict('email', value)).toBe(canonical);
  });

  it.each([
    'alex',
    '@example.test',
    'alex@',
    'a@b@c.test',
    'a b@c.test',
    'a..b@c.test',
    '.a@c.test',
    '"a b"@c.test',
    'a@[127.0.0.1]',
    'a@-.test',
    'ä@c.test',
    'a@c.test\n',
    'a@c.test,b@c.test',
    `${'a'.repeat(65)}@c.test`,
  ])('%j is malformed', (value) => {
    expect(verdict('email', value)).toBe('malformed');
  });
});

describe('a device identifier', () => {
  it.each(['SN-4711', 'SN-4711/1.3.6.1.4.1.99999', 'a:b.c'])(
    '%s is taken to the letter',
    (value) => {
      expect(verdict('permanent-identifier', value)).toBe(value);
    },
  );

  it.each(['', '/', 'a/', '/1.2', 'a/b', 'a/1.2/3', 'a b', 'a/3.1', 'a/1.02', 'é', 'a'.repeat(65)])(
    '%j is malformed',
    (value) => {
      expect(verdict('permanent-identifier', value)).toBe('malformed');
    },
  );
});

describe('any other identifier', () => {
  it.each(['ip', 'DNS', '', '__proto__', 'constructor'])('of type %j is not supported', (type) => {
    expect(verdict(type, 'x')).toBe('unsupportedIdentifier');
  });
});
