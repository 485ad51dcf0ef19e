import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { missingSystemPackages } from './debian.mjs';

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
