import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { missingSystemPackages, testPackages } from './debian.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'path-'));
  vi.stubEnv('PATH', `/nonexistent:${folder}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const tools = [{ name: 'tools', programs: ['one', 'two'], purpose: 'testing' }];
const place = (name, mode) => {
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
};

test('a package is missing until all its programs can be run', () => {
  expect(missingSystemPackages(tools)).toEqual(tools);
  place('one', 0o755);
  expect(missingSystemPackages(tools)).toEqual(tools);
  place('two', 0o644);
  expect(missingSystemPackages(tools)).toEqual(tools);
  chmodSync(join(folder, 'two'), 0o755);
  expect(missingSystemPackages(tools)).toEqual([]);
});

test('a library is missing until its file lies there, in whatever folder of its architecture', () => {
  const files = [join(folder, 'lib', '*', 'module.so')];
  const library = [{ name: 'library', programs: [], files, purpose: 'testing' }];
  expect(missingSystemPackages(library)).toEqual(library);
  mkdirSync(join(folder, 'lib', 'some-linux-gnu'), { recursive: true });
  expect(missingSystemPackages(library)).toEqual(library);
  writeFileSync(join(folder, 'lib', 'some-linux-gnu', 'module.so'), '');
  expect(missingSystemPackages(library)).toEqual([]);
});

test('every package can be found missing', () => {
  for (const { name, programs, files = [] } of testPackages) {
    expect([...programs, ...files], name).not.toEqual([]);
  }
});
