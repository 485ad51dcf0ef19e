import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertFree, placeFile, type Placement } from './placed-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-placed-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);

/** What a file system answers that knows no second names. */
const withoutLinks = (code: string) => () =>
  Promise.reject(Object.assign(new Error('no second names'), { code }));

const place = (name: string, changes: Partial<Placement<string>> = {}): Promise<string> =>
  placeFile({
    ...{ destination: path(name), mode: 0o640 },
    write: (file) => file.writeFile('whole').then(() => 'written'),
    ...changes,
  });

const refused = (reason: 'exists' | 'not-writable'): unknown =>
  expect.objectContaining({ code: 'placing', reason });

const sorts = [
  ['with second names', {}],
  ['without (Linux)', { giveName: withoutLinks('EPERM') }],
  ['without (Windows)', { giveName: withoutLinks('EISDIR') }],
] as const;

test.each(sorts)('a result gets its name and its mode on a file system %s', async (_which, how) => {
  expect(await place('result', how)).toBe('written');
  expect(await readFile(path('result'), 'utf8')).toBe('whole');
  expect((await stat(path('result'))).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['result']);
});

test.each(sorts)('what is there stays as it is on a file system %s', async (_which, how) => {
  await writeFile(path('result'), 'mine');
  await symlink('nowhere', path('leads-nowhere'));
  await mkdir(path('folder'));
  for (const name of ['result', 'leads-nowhere', 'folder']) {
    await expect(assertFree(path(name))).rejects.toEqual(refused('exists'));
    await expect(place(name, how)).rejects.toEqual(refused('exists'));
  }
  expect(await readFile(path('result'), 'utf8')).toBe('mine');
  expect((await readdir(folder)).sort()).toEqual(['folder', 'leads-nowhere', 'result']);
});

test.each(sorts)('what fails leaves nothing on a file system %s', async (_which, how) => {
  const write = () => Promise.reject(new Error('the disk is full'));
  await expect(place('result', { ...how, write })).rejects.toEqual(refused('not-writable'));
  await expect(place('gone/result', how)).rejects.toEqual(refused('not-writable'));
  expect(await readdir(folder)).toEqual([]);
});

test('what a killed process has left goes with the next result in that folder', async () => {
  const module = JSON.stringify(join(import.meta.dirname, 'placed-file.ts'));
  const destination = JSON.stringify(path('killed'));
  const script = `
    const { placeFile } = await import(${module});
    const write = async (file) => {
      await file.writeFile('ha');
      console.log('half');
      await new Promise((resolve) => setTimeout(resolve, 300_000));
    };
    await placeFile({ destination: ${destination}, mode: 0o600, write });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const [half = '', ...others] = await readdir(folder);
  expect(half).toMatch(/^\.countersign-\d+-[0-9a-f]{12}\.part$/);
  expect(others).toEqual([]);
  const longAgo = new Date(Date.now() - 120_000);

  // As long as it runs, it is nobody else's.
  await utimes(path(half), longAgo, longAgo);
  await place('meanwhile');
  expect(await readdir(folder)).toContain(half);

  child.kill('SIGKILL');
  await once(child, 'exit');
  // Elsewhere it may have been written a moment ago.
  await utimes(path(half), new Date(), new Date());
  await place('at-once');
  expect(await readdir(folder)).toContain(half);
  await utimes(path(half), longAgo, longAgo);
  await place('later');
  expect((await readdir(folder)).sort()).toEqual(['at-once', 'later', 'meanwhile']);
});

test('nothing goes that only looks like it', async () => {
  const gone = await endedProcess();
  const name = (serial: string) => `.countersign-${gone}-${serial}.part`;
  const kept = [
    ...['.countersign-abcdef012345.part', `${name('abcdef012345')}.pdf`, name('ABCDEF012345')],
    ...[`x${name('abcdef012345')}`, `.countersign-${process.pid}-abcdef012345.part`],
  ];
  const longAgo = new Date(Date.now() - 120_000);
  for (const each of kept) {
    await writeFile(path(each), 'mine');
    await utimes(path(each), longAgo, longAgo);
  }
  await mkdir(path(name('000000000001')));
  await symlink('elsewhere', path(name('000000000002')));
  const before = await readdir(folder);
  await place('result');
  expect((await readdir(folder)).sort()).toEqual([...before, 'result'].sort());
});

// Only root gives files away.
test.runIf(process.getuid?.() === 0)('nothing goes of another user', async () => {
  const other = path(`.countersign-${await endedProcess()}-abcdef012345.part`);
  await writeFile(other, 'theirs');
  await chown(other, 12_345, 12_345);
  const longAgo = new Date(Date.now() - 120_000);
  await utimes(other, longAgo, longAgo);
  await place('result');
  expect(await readdir(folder)).toHaveLength(2);
});

async function endedProcess(): Promise<number> {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}
