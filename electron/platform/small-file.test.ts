import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/server-program.ts';
import { readSmallFile, SmallFileError } from './small-file.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  directory = await temporaryDirectory('small-file');
});
afterEach(() => directory.remove());

test('a file is read whole up to its limit, and not at all above it', async () => {
  const path = join(directory.path, 'file');
  await writeFile(path, '12345');
  expect((await readSmallFile(path, 5)).toString()).toBe('12345');
  await expect(readSmallFile(path, 4)).rejects.toMatchObject({ reason: 'too-large' });
  await writeFile(path, '');
  expect(await readSmallFile(path, 5)).toHaveLength(0);
});

test('what is no file is refused, and nobody waits for what never comes', async () => {
  const pipe = join(directory.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [directory.path, pipe, '/dev/zero']) {
    await expect(readSmallFile(path, 5)).rejects.toThrow(SmallFileError);
  }
});

test('a file that says it is empty and is not is not read without end', async () => {
  await expect(readSmallFile('/proc/self/maps', 1024)).rejects.toMatchObject({
    reason: 'too-large',
  });
});
