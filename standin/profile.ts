// One browser per profile: clears away what a killed app left behind, and refuses to share with a living one.
import { readFileSync, readlinkSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Holder = { readonly app: string; readonly browser?: number };

/** Another living app uses the same userData. */
export class ProfileInUseError extends Error {
  readonly code = 'profile-in-use';
}

/** A process, told apart from a later one with the same number; undefined when it has ended. */
export function processIdentity(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' ? undefined : `${pid}-${startTime}`;
  } catch {
    return livesWithoutProc(pid) ? `${pid}-` : undefined;
  }
}

export function isAlive(identity: string): boolean {
  return processIdentity(Number.parseInt(identity, 10)) === identity;
}

export function claimProfile(directory: string) {
  const path = join(directory, 'standin.json');
  const holder = readHolder(path);
  const app = processIdentity(process.pid) ?? String(process.pid);
  if (holder && holder.app !== app && isAlive(holder.app)) {
    throw new ProfileInUseError(`stand-in: ${directory} is in use by process ${holder.app}`);
  }
  endAbandoned(directory);
  const write = (value: Holder) => writeFileSync(path, JSON.stringify(value));
  write({ app });
  return {
    bind: (browser: number | undefined) =>
      write(browser === undefined ? { app } : { app, browser }),
    release: () => rmSync(path, { force: true }),
  };
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    // Never written, or cut off when its writer was killed: nobody holds it.
    return undefined;
  }
}

// Chromium's own lock is a link named after its process. Who holds it now belongs to nobody living.
function endAbandoned(directory: string): void {
  const lock = join(directory, 'SingletonLock');
  const pid = lockHolder(lock);
  if (pid === undefined) return;
  if (usesProfile(pid, directory)) process.kill(pid, 'SIGKILL');
  unlinkSync(lock);
}

function lockHolder(lock: string): number | undefined {
  try {
    return Number(readlinkSync(lock).replace(/^.*-/, ''));
  } catch {
    return undefined;
  }
}

function usesProfile(pid: number, directory: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--user-data-dir=${directory}\0`);
  } catch {
    return false;
  }
}

function livesWithoutProc(pid: number): boolean {
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
