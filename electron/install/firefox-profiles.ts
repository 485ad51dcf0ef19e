import { lstat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { FirefoxRoot } from '../platform/platform.ts';
import { readSmallFile, SmallFileError } from '../platform/small-file.ts';
import type { NssPlace } from './nss-places.ts';

const maximumSize = 256 * 1024;
const maximumProfiles = 64;

/** The directories of the profiles that a person has in Firefox, each with an NSS database of its own. */
export async function firefoxProfiles(
  roots: readonly FirefoxRoot[],
  person = process.geteuid?.(),
): Promise<readonly NssPlace[]> {
  const places = new Map<string, NssPlace>();
  for (const { directory, isSandboxed } of roots) {
    for (const profile of profilesIn(await profilesFile(directory), directory)) {
      if (places.size >= maximumProfiles) return [...places.values()];
      if (!(await isOwnDirectory(profile, person))) continue;
      places.set(profile, { directory: profile, loadsModules: !isSandboxed });
    }
  }
  return [...places.values()];
}

/** What cannot be read as such a file names no profiles. */
async function profilesFile(directory: string): Promise<string> {
  try {
    const octets = await readSmallFile(posix.join(directory, 'profiles.ini'), maximumSize);
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (error instanceof SmallFileError || error instanceof TypeError) return '';
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ENXIO', 'ELOOP'].includes(code)) return '';
    throw error;
  }
}

/**
 * The paths that a profiles.ini names. Firefox writes relative ones for what lies under its own directory, and absolute
 * ones for all else: a relative one that leads out of there is none of Firefox's.
 */
export function profilesIn(text: string, directory: string): readonly string[] {
  const sections = text.split(/^[ \t]*(?=\[)/m);
  return sections.flatMap((section) => {
    if (!/^\[Profile\d{1,9}\][ \t]*\r?$/m.test(section)) return [];
    const path = valueOf('Path', section);
    if (path === '' || path.includes('\0')) return [];
    if (valueOf('IsRelative', section) !== '1') {
      return posix.isAbsolute(path) ? [posix.normalize(path).replace(/(.)\/+$/, '$1')] : [];
    }
    const resolved = posix.resolve(directory, path);
    const isInside = !posix.isAbsolute(path) && resolved.startsWith(`${directory}/`);
    return isInside ? [resolved] : [];
  });
}

function valueOf(name: string, section: string): string {
  return new RegExp(`^${name}=([^\\r\\n]*)\\r?$`, 'm').exec(section)?.[1] ?? '';
}

/** A link, or what belongs to somebody else or can be written by everybody, gets no key of the person's. */
async function isOwnDirectory(path: string, person: number | undefined): Promise<boolean> {
  const status = await lstat(path).catch(() => null);
  return (
    status !== null &&
    status.isDirectory() &&
    (person === undefined || status.uid === person) &&
    (status.mode & 0o002) === 0
  );
}
