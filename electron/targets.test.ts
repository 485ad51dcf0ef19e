import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { linuxPlatform } from './platform/linux.ts';
import { macosPlatform } from './platform/macos.ts';
import type { Platform } from './platform/platform.ts';
import { windowsPlatform } from './platform/windows.ts';
import { networkProgram, targetsOf } from './targets.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'countersign-targets-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const put = (name: string, mode = 0o755): void => {
  writeFileSync(path.join(directory, name), '', { mode });
};

it('has networks joined by the program that has the say, and by no other', () => {
  put('wpa_cli');
  put('iwctl');
  put('nmcli', 0o644);
  mkdirSync(path.join(directory, 'other', 'nmcli'), { recursive: true });
  expect(networkProgram(`${directory}:${directory}/other`)).toBe('iwd');
  put('nmcli2');
  rmSync(path.join(directory, 'nmcli'));
  put('nmcli');
  expect(networkProgram(`.::relative:${directory}`)).toBe('network-manager');
});

it('puts credentials only where this system has a place for them', () => {
  const surroundings = {
    ...{ searchPath: directory, temporaryDirectory: directory, environment: {} },
    now: () => new Date(),
  };
  const env = { HOME: directory };
  const linux = linuxPlatform({ env, osRelease: null });
  expect(targetsOf({ ...surroundings, platform: linux }).map(({ id }) => id)).toContain('nss');
  expect(targetsOf({ ...surroundings, platform: linux }).map(({ id }) => id)).not.toContain(
    'firefox',
  );
  mkdirSync(path.join(directory, '.mozilla', 'firefox'), { recursive: true });
  put('.mozilla/firefox/profiles.ini');
  expect(targetsOf({ ...surroundings, platform: linux }).map(({ id }) => id)).toContain('firefox');
  const idsOn = (platform: Platform) =>
    targetsOf({ ...surroundings, platform }).map(({ id }) => id);
  expect(idsOn(macosPlatform({ env, osRelease: null }))).toEqual(['keychain', 'macos-network']);
  const windows = windowsPlatform({ env: { USERPROFILE: 'C:\\Users\\alex' }, osRelease: null });
  expect(idsOn(windows)).toEqual(['windows-store', 'windows-network']);
});
