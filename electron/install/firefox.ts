import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import type { FirefoxRoot, Platform } from '../platform/platform.ts';
import { firefoxProfiles } from './firefox-profiles.ts';
import type { InstallTarget } from './install-target.ts';
import { NssTarget, type NssTargetOptions } from './nss.ts';
import type { NssPlaces } from './nss-places.ts';

export interface FirefoxTargetOptions extends NssTargetOptions {
  readonly platform: Pick<Platform, 'homeDirectory' | 'nss' | 'firefoxRoots'>;
}

/**
 * Firefox, which reads no database but those in its profiles. A running one goes on: it finds certificates as they come
 * (SQLite sees to it that two may write), and modules when it is started the next time.
 */
export function firefoxTarget(options: FirefoxTargetOptions): InstallTarget {
  return new NssTarget(options, profilesOf(options.platform.firefoxRoots));
}

function profilesOf(roots: readonly FirefoxRoot[]): NssPlaces {
  const profiles = () => firefoxProfiles(roots);
  // A profile with a primary password takes nothing from us, and must not keep its owner from a certificate.
  return { target: 'firefox', isRequired: false, current: profiles, all: profiles };
}

/** Whether somebody has used Firefox here. */
export function hasFirefox(roots: readonly FirefoxRoot[]): boolean {
  return roots.some(({ directory }) => existsSync(posix.join(directory, 'profiles.ini')));
}
