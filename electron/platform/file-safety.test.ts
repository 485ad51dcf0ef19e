import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/server-program.ts';
import { PathError, weakPoint } from './file-safety.ts';

const me = { users: [0, process.getuid?.() ?? 0], groups: [0, process.getgid?.() ?? 0] };
const isRoot = process.getuid?.() === 0;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let folder: string;
let file: string;

beforeEach(async () => {
  directory = await temporaryDirectory('safety');
  folder = join(directory.path, 'folder');
  file = join(folder, 'file');
  await mkdir(folder);
  await writeFile(file, '');
});
afterEach(() => directory.remove());

test('a file that only its owner writes, below a sticky directory, is safe', async () => {
  expect(await weakPoint(file, me)).toBeNull();
});

test('a file or a directory on the way that everybody may write is found', async () => {
  await chmod(file, 0o666);
  expect(await weakPoint(file, me)).toBe(file);
  await chmod(file, 0o644);
  await chmod(folder, 0o777);
  expect(await weakPoint(file, me)).toBe(folder);
  await chmod(folder, 0o1777);
  expect(await weakPoint(file, me)).toBeNull();
});

test('a group may write only when its members are trusted', async () => {
  await chmod(folder, 0o775);
  expect(await weakPoint(file, me)).toBeNull();
  expect(await weakPoint(file, { ...me, groups: [] })).toBe(folder);
});

test('a link is followed, and so is the way to where it leads', async () => {
  const open = join(directory.path, 'open');
  await mkdir(open);
  await symlink('../open', join(folder, 'link'));
  await writeFile(join(open, 'target'), '');
  const path = join(folder, 'link', 'target');
  expect(await weakPoint(path, me)).toBeNull();
  await chmod(open, 0o777);
  expect(await weakPoint(path, me)).toBe(open);
});

test('a way back by two dots hides nothing', async () => {
  const open = join(directory.path, 'open');
  await mkdir(open);
  await chmod(open, 0o777);
  expect(await weakPoint(`${open}/../folder/file`, me)).toBe(open);
});

test('links in a circle come to an end', async () => {
  await symlink('circle', join(folder, 'circle'));
  await expect(weakPoint(join(folder, 'circle'), me)).rejects.toThrow(PathError);
});

test('what is not there is what the file system says', async () => {
  await expect(weakPoint(join(folder, 'none'), me)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.runIf(isRoot)('what belongs to somebody else is not safe, whatever its mode', async () => {
  await chmod(file, 0o444);
  await chown(file, 4242, 4242);
  expect(await weakPoint(file, me)).toBe(file);
  expect(await weakPoint(file, { ...me, users: [0, 4242] })).toBeNull();
});

test.runIf(isRoot)('the owner of a directory on the way decides, too', async () => {
  await chown(folder, 4242, 0);
  expect(await weakPoint(file, me)).toBe(folder);
});
