import { execFile } from 'node:child_process';
import type { QuarantineMark } from './platform.ts';
import { readSmallFile } from './small-file.ts';

/** Whether a file came from the network and nobody has said since that it may be used. */
export async function isQuarantined(path: string, mark: QuarantineMark | null): Promise<boolean> {
  switch (mark?.kind) {
    case undefined:
      return false;
    case 'extended-attribute': {
      const value = await attribute(mark.program, path);
      return value !== null && !isApproved(value);
    }
    case 'zone-identifier':
      return isFromAfar(await zoneIdentifier(path));
  }
}

/** xattr(1) fails where there is no such attribute; where there is no xattr, the system has the last word anyway. */
function attribute(program: string, path: string): Promise<string | null> {
  const parameters = ['-p', 'com.apple.quarantine', path];
  return new Promise((resolve) => {
    execFile(program, parameters, { env: {}, timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  });
}

/** `flags;time;program;identifier`, the flags in hex; 0x40 is set when the person opens the file all the same. */
function isApproved(value: string): boolean {
  const flags = /^([0-9a-f]{1,8});/i.exec(value.trim())?.[1];
  return flags !== undefined && (Number.parseInt(flags, 16) & 0x40) !== 0;
}

async function zoneIdentifier(path: string): Promise<string | null> {
  try {
    return (await readSmallFile(`${path}:Zone.Identifier`, 64 * 1024)).toString('latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** `URLZONE_INTERNET` is 3, `URLZONE_UNTRUSTED` 4. What cannot be read does not speak for the file. */
function isFromAfar(text: string | null): boolean {
  if (text === null) return false;
  const zone = /^ZoneId\s*=\s*(\d{1,9})\s*$/m.exec(text)?.[1];
  return zone === undefined || Number(zone) >= 3;
}
