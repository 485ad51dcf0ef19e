import { readFileSync } from 'node:fs';
import { linuxPlatform } from './linux.ts';
import { macosPlatform } from './macos.ts';
import { windowsPlatform } from './windows.ts';
import type { Machine, Platform } from './platform.ts';

/** The platform of this process; unknown systems are taken for a Linux, which most of them resemble. */
export function currentPlatform(env: Machine['env'] = process.env): Platform {
  if (process.platform === 'darwin') return macosPlatform({ env, osRelease: null });
  if (process.platform === 'win32') return windowsPlatform({ env, osRelease: null });
  return linuxPlatform({ env, osRelease: readOsRelease() });
}

/** os-release(5): the first of the two that exists. */
function readOsRelease(): string | null {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return null;
}
