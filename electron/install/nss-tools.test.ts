import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nss-tools-'));
  await writeFile(join(directory, 'certutil'), '#!/bin/sh\nexit 0\n', { mode: 0o700 });
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

/** What a wallet that was started in the directory of that certutil makes of a search path. */
async function certutil(searchPath: string): Promise<string> {
  const program = `
    import { NssTools } from ${JSON.stringify(new URL('nss-tools.ts', import.meta.url).href)};
    const platform = { homeDirectory: '/nonexistent', nss: null };
    const tools = new NssTools({ platform, searchPath: process.argv.at(-1) });
    console.log(await tools.try('certutil', []).then(() => 'found', ({ reason }) => reason));
  `;
  const parameters = ['--input-type=module', '-e', program, searchPath];
  const { stdout } = await promisify(execFile)('node', parameters, { cwd: directory });
  return stdout.trim();
}

test('takes no tool from a directory that depends on where the wallet was started', async () => {
  expect(await certutil(`:${directory}`)).toBe('found');
  for (const searchPath of ['', ':', '.', './', ':/nonexistent:', 'bin:.:']) {
    expect(`${searchPath} ${await certutil(searchPath)}`).toBe(`${searchPath} missing`);
  }
});
