import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTool } from './run-tool.ts';

const bin = { searchPath: '/usr/bin:/bin', home: '/home/alex' };

test('gives the program its home, its path and nothing else', async () => {
  const { exitCode, stdout } = await runTool({ ...bin, program: 'env', parameters: [] });
  expect(exitCode).toBe(0);
  expect(stdout.toString().trim().split('\n').sort()).toEqual([
    'HOME=/home/alex',
    'LC_ALL=C',
    'PATH=/usr/bin:/bin',
  ]);
});

test('hands parameters over as they are: no shell reads them', async () => {
  const parameters = ['$HOME; exit 3', '`id`', "'", ''];
  const { stdout } = await runTool({
    ...bin,
    program: 'printf',
    parameters: ['%s|', ...parameters],
  });
  expect(stdout.toString()).toBe(parameters.map((each) => `${each}|`).join(''));
});

test('gives no input, so that no program can wait for any', async () => {
  const { stdout, exitCode } = await runTool({ ...bin, program: 'cat', parameters: [] });
  expect({ exitCode, output: stdout.length }).toEqual({ exitCode: 0, output: 0 });
});

test('gives what is to be read, to programs that read it and to those that do not', async () => {
  const input = 'a word\n'.repeat(40_000);
  const { stdout } = await runTool({ ...bin, program: 'cat', parameters: [], input });
  expect(stdout.toString()).toBe(input);
  const { exitCode } = await runTool({ ...bin, program: 'false', parameters: [], input });
  expect(exitCode).toBe(1);
});

test('tells exit code, output and complaints apart', async () => {
  const script = 'printf "\\377out"; printf err >&2; exit 7';
  const result = await runTool({ ...bin, program: 'sh', parameters: ['-c', script] });
  expect(result).toEqual({
    exitCode: 7,
    stdout: Buffer.concat([Buffer.of(0xff), Buffer.from('out')]),
    stderr: 'err',
  });
});

test('a program that is not on the path is missing', async () => {
  const request = { ...bin, program: 'certutil', parameters: [], searchPath: '/nonexistent' };
  await expect(runTool(request)).rejects.toEqual(
    expect.objectContaining({ code: 'tool', reason: 'missing', program: 'certutil' }),
  );
});

test('a program that takes too long is ended', async () => {
  const started = Date.now();
  const request = { ...bin, program: 'sleep', parameters: ['60'], timeout: 200 };
  await expect(runTool(request)).rejects.toEqual(expect.objectContaining({ reason: 'timeout' }));
  expect(Date.now() - started).toBeLessThan(15_000);
});

test('a program that nobody waits for any more is ended at once, with the reason', async () => {
  const stop = new AbortController();
  const request = { ...bin, program: 'sleep', parameters: ['60'], signal: stop.signal };
  const running = runTool(request);
  const reason = new Error('enough');
  setTimeout(() => stop.abort(reason), 50);
  await expect(running).rejects.toBe(reason);
  await expect(runTool(request)).rejects.toBe(reason);
});

test('a program that never stops talking is broken, and so is one that crashes', async () => {
  await expect(runTool({ ...bin, program: 'yes', parameters: [] })).rejects.toEqual(
    expect.objectContaining({ reason: 'broken' }),
  );
  const crash = { ...bin, program: 'sh', parameters: ['-c', 'kill -SEGV $$'] };
  await expect(runTool(crash)).rejects.toEqual(expect.objectContaining({ reason: 'broken' }));
});

test('a file that is no program is broken', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'run-tool-'));
  try {
    await writeFile(join(directory, 'certutil'), 'not executable', { mode: 0o600 });
    const request = { ...bin, program: 'certutil', parameters: [], searchPath: directory };
    await expect(runTool(request)).rejects.toEqual(expect.objectContaining({ code: 'tool' }));
  } finally {
    await rm(directory, { recursive: true });
  }
});
