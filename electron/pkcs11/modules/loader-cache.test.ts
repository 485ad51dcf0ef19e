import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutatedOctets } from '../../testing/hostile/mutations.ts';
import { parseLoaderCache } from './loader-cache.ts';
import { DamagedLibrary } from './octets.ts';

const real = readFileSync('/etc/ld.so.cache');

test('the cache of this computer says what ldconfig says of it', () => {
  const ours = [...parseLoaderCache(real)].flatMap(([name, paths]) =>
    paths.map((path) => `${name} => ${path}`),
  );
  const printed = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const theirs = [...printed.matchAll(/^\t(\S+) \(.*\) => (\S+)$/gm)].map(
    ([, name = '', path = '']) => `${name} => ${path}`,
  );
  expect(ours.length).toBeGreaterThan(50);
  expect(ours.sort()).toEqual(theirs.sort());
});

test('the cache of older systems stands behind one that is older still', () => {
  // One entry of twelve octets, and four that make the sum divisible by eight.
  const older = Buffer.alloc(32);
  older.write('ld.so-1.7.0\0', 'latin1');
  older.writeUInt32LE(1, 12);
  expect(parseLoaderCache(Buffer.concat([older, real]))).toEqual(parseLoaderCache(real));
});

test.each([
  ['', 'nothing'],
  ['ld.so-1.7.0\0', 'its beginning'],
  ['glibc-ld.so.cache1.1', 'a name'],
  ['x'.repeat(100), 'something else'],
])('%j is no cache', (text) => {
  expect(() => parseLoaderCache(Buffer.from(text, 'latin1'))).toThrow(DamagedLibrary);
});

test('a cache that somebody has changed is read, or refused', () => {
  const header = real.subarray(0, 48);
  const small = Buffer.concat([
    header,
    Buffer.alloc(24),
    Buffer.from('libz.so.1\0/lib/libz.so.1\0'),
  ]);
  small.writeUInt32LE(1, 20);
  small.writeUInt32LE(72, 52);
  small.writeUInt32LE(82, 56);
  expect([...parseLoaderCache(small)]).toEqual([['libz.so.1', ['/lib/libz.so.1']]]);
  let refused = 0;
  fc.assert(
    fc.property(mutatedOctets([small]), (octets) => {
      try {
        parseLoaderCache(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedLibrary);
        refused++;
      }
    }),
    { numRuns: 3_000 },
  );
  expect(refused).toBeGreaterThan(100);
});
