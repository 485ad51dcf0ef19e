// What makes a Node process look like Electron's main process; runs before any module of the app.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findChromium } from './chromium.ts';
import type { Settings } from './settings.ts';

/** Returns the way to tell which Chromium it is, once it runs; who asks earlier pays for a process. */
export function disguiseProcess(directory: string, settings: Settings): (chrome: string) => void {
  const versions = { ...process.versions, electron: electronVersion() };
  let chrome: string | undefined;
  Object.defineProperty(versions, 'chrome', {
    enumerable: true,
    get: () => (chrome ??= chromiumVersion(settings)),
  });
  const resourcesPath = join(directory, 'resources');
  const own = { versions, type: 'browser', defaultApp: true, resourcesPath };
  for (const [name, value] of Object.entries(own)) {
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
  }
  return (version) => {
    chrome = version;
  };
}

function electronVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('electron/package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return version;
}

function chromiumVersion(settings: Settings): string {
  const { stdout } = spawnSync(findChromium(settings), ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '';
}
