import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processIdentity } from './profile.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'standin-instances-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

it('lets nobody else read what a second launch was asked to open', () => {
  const userData = join(directory, 'user-data');
  const program = `
    import { InstanceLock } from ${JSON.stringify(new URL('instances.ts', import.meta.url).href)};
    process.umask(0o022);
    const lock = new InstanceLock(() => ${JSON.stringify(userData)}, () => undefined);
    console.log(lock.request(null));
    lock.release();
  `;
  const launch = () =>
    spawnSync('node', ['--input-type=module', '-e', program], { encoding: 'utf8' }).stdout.trim();
  const box = join(userData, 'standin-instance');

  expect(launch()).toBe('true');
  expect(statSync(box).mode & 0o777).toBe(0o700);

  // As if this test were the first instance.
  mkdirSync(box, { recursive: true });
  symlinkSync(processIdentity(process.pid) ?? String(process.pid), join(box, 'holder'));
  expect(launch()).toBe('false');
  const [letter = ''] = readdirSync(box).filter((name) => name.endsWith('.letter'));
  expect(statSync(join(box, letter)).mode & 0o777).toBe(0o600);
});
