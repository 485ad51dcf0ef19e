import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeLeftBehind, withPrivateDirectory } from './private-directory.ts';

const program = fileURLToPath(new URL('../testing/nss-install-program.ts', import.meta.url));
let parent: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'left-behind-'));
});

afterEach(async () => {
  await rm(parent, { recursive: true });
});

test('what a wallet killed while it installs leaves opens no key, and goes at the next start', async () => {
  const started = join(parent, 'started');
  await writeFile(
    join(parent, 'pk12util'),
    `#!/bin/sh\necho $$ > '${started}.new'\nmv '${started}.new' '${started}'\nexec sleep 300\n`,
    { mode: 0o700 },
  );
  const child = spawn('node', [program, parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const [home] = (await Promise.race([once(createInterface(child.stdout), 'line'), exit])) as [
    string,
  ];
  try {
    await expect.poll(() => existsSync(started)).toBe(true);
    child.kill('SIGKILL');
    await exit;
    process.kill(Number(await readFile(started, 'utf8')), 'SIGKILL');

    const [left = ''] = await abandoned(home);
    const found = Object.entries(await contents(join(home, left)));
    // The database is seen through links, of which the folder has a name of its own each time.
    const plain = found.filter(([name]) => !/^view-[^/]+\//.test(name));
    expect(found.length - plain.length).toBe(2);
    expect(found.filter(([, text]) => text === 'a link')).toHaveLength(2);
    expect(Object.fromEntries(plain)).toEqual({
      'credential.p12': expect.any(String) as string,
      passphrase: 'a pipe',
      pin: '\n',
    });
    await removeLeftBehind(home, new Date());
    expect(await abandoned(home)).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

test('takes away nothing that could be in use or of somebody else', async () => {
  const gone = spawnSync('true').pid;
  const old = new Date(Date.now() - 3_600_000);
  const make = async (name: string, mode = 0o700) => {
    await mkdir(join(parent, name));
    await chmod(join(parent, name), mode);
    await utimes(join(parent, name), old, old);
  };
  const kept = [
    `countersign-install-${process.pid}-abcdef`,
    `countersign-install-${gone}-opened`,
    `countersign-install-${gone}-longer-name`,
    `countersign-wallet-abcdef`,
  ];
  await make(kept[0] ?? '');
  await make(kept[1] ?? '', 0o755);
  await make(kept[2] ?? '');
  await make(kept[3] ?? '');
  await symlink(parent, join(parent, `countersign-install-${gone}-linked`));
  await make(`countersign-install-${gone}-closed`);
  const young = `countersign-install-${gone}-younga`;
  await mkdir(join(parent, young), { mode: 0o700 });

  await removeLeftBehind(parent, new Date(Date.now() - 60_000));
  expect((await readdir(parent)).toSorted()).toEqual(
    [...kept, young, `countersign-install-${gone}-linked`].toSorted(),
  );
});

test('takes its own directory away, whatever happens in it', async () => {
  const failing = withPrivateDirectory(parent, async (directory) => {
    expect((await lstat(directory)).mode & 0o777).toBe(0o700);
    await writeFile(join(directory, 'file'), 'text');
    throw new Error('on purpose');
  });
  await expect(failing).rejects.toThrow('on purpose');
  expect(await readdir(parent)).toEqual([]);
});

async function abandoned(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter((name) => name.startsWith('countersign-'));
}

/** All files below, by their paths from there. */
async function contents(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const read = files.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFIFO()) return [relative(directory, path), 'a pipe'] as const;
    if (entry.isSymbolicLink()) return [relative(directory, path), 'a link'] as const;
    return [relative(directory, path), await readFile(path, 'latin1')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}
