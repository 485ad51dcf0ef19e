import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lendSecret } from './lent-secret.ts';

let directory: string;
let pipe: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lent-secret-'));
  pipe = join(directory, 'pipe');
  execFileSync('mkfifo', ['-m', '600', pipe]);
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('gives the secret to whoever opens the pipe, and leaves nothing in it', async () => {
  expect(await lendSecret(pipe, 'passphrase', () => readFile(pipe, 'utf8'))).toBe('passphrase');
  expect((await lstat(pipe)).size).toBe(0);
});

test('does not wait for a program that never opens the pipe', async () => {
  expect(await lendSecret(pipe, 'passphrase', () => Promise.resolve('done'))).toBe('done');
});

test('says what the program says', async () => {
  const failing = lendSecret(pipe, 'passphrase', () => Promise.reject(new Error('refused')));
  await expect(failing).rejects.toThrow('refused');
});
