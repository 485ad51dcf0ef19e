import { describe, expect, it } from 'vitest';
import { ancestorsOf, covers } from './coverage.ts';

const dns = (value: string) => ({ type: 'dns', value });
const scope = (value: string, change = {}) => ({
  identifier: dns(value),
  wildcard: false,
  subdomains: false,
  ...change,
});

describe('the names above a name', () => {
  it('are made of whole labels, without the name itself and without top-level domains', () => {
    expect(ancestorsOf('a.b.example.org')).toEqual(['b.example.org', 'example.org']);
    expect(ancestorsOf('example.org')).toEqual([]);
    expect(ancestorsOf('org')).toEqual([]);
  });
});

describe('an authorization', () => {
  it('covers its own identifier, and no other without saying so', () => {
    expect(covers(scope('example.org'), dns('example.org'))).toBe(true);
    expect(covers(scope('example.org'), dns('a.example.org'))).toBe(false);
    expect(covers(scope('example.org'), dns('*.example.org'))).toBe(false);
    expect(covers(scope('example.org'), { type: 'email', value: 'example.org' })).toBe(false);
  });

  it('covers the names below its own when it says so, label by label', () => {
    const below = scope('oo.example.org', { subdomains: true });
    expect(covers(below, dns('a.b.oo.example.org'))).toBe(true);
    expect(covers(below, dns('ooo.example.org'))).toBe(false);
    expect(covers(below, dns('example.org'))).toBe(false);
    expect(covers(below, dns('*.oo.example.org'))).toBe(false);
  });

  it('covers a wildcard, and then nothing else', () => {
    const wildcard = scope('example.org', { wildcard: true });
    expect(covers(wildcard, dns('*.example.org'))).toBe(true);
    expect(covers(wildcard, dns('example.org'))).toBe(false);
    expect(covers(wildcard, dns('a.example.org'))).toBe(false);
  });
});
