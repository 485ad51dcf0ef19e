import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { missingPackages } from './packages.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  mkdirSync(join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = (path, packages) =>
  writeFileSync(join(folder, path), JSON.stringify({ lockfileVersion: 3, packages }));
const wanted = {
  '': { name: 'project' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
};

test('before the first installation everything that is not optional is missing', () => {
  lock('package-lock.json', wanted);
  expect(missingPackages(folder)).toEqual(['node_modules/a']);
});

test('nothing is missing when npm recorded what the lock file says', () => {
  lock('package-lock.json', wanted);
  lock('node_modules/.package-lock.json', { 'node_modules/a': wanted['node_modules/a'] });
  expect(missingPackages(folder)).toEqual([]);
});

test.each([
  ['another version', { version: '1.0.1', integrity: 'sha512-a' }],
  ['other contents', { version: '1.0.0', integrity: 'sha512-x' }],
])('%s counts as missing', (_what, installed) => {
  lock('package-lock.json', wanted);
  lock('node_modules/.package-lock.json', { 'node_modules/a': installed });
  expect(missingPackages(folder)).toEqual(['node_modules/a']);
});

test('an optional package of another version is missing too', () => {
  lock('package-lock.json', wanted);
  lock('node_modules/.package-lock.json', {
    ...wanted,
    'node_modules/b': { version: '1.9.9', integrity: 'sha512-b' },
  });
  expect(missingPackages(folder)).toEqual(['node_modules/b']);
});
