import { describe, expect, it } from 'vitest';
import { signing, wifi } from '../testing/organizations.ts';
import { groupedHex, hostOf } from './fingerprint.ts';
import { targetsOf } from './what-happens.tsx';

describe('a fingerprint', () => {
  it('is written in groups of four', () => {
    expect(groupedHex('0123456789ab')).toBe('0123 4567 89ab');
    expect(groupedHex('')).toBe('');
  });
});

describe('a host', () => {
  it('comes with its port where that is not the usual one', () => {
    expect(hostOf('https://ca.example/acme/directory')).toBe('ca.example');
    expect(hostOf('https://localhost:14000/dir')).toBe('localhost:14000');
    expect(hostOf('nonsense')).toBe('nonsense');
  });
});

describe('the places that offers name', () => {
  it('are each told once', () => {
    expect(targetsOf([wifi, signing])).toEqual(['browser', 'file']);
  });
});
