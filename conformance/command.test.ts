import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { listOfCases } from './catalogue.ts';
import { startLocalServer } from './testing/local-server.ts';
import type { LocalServer } from './testing/local-server.ts';

const script = fileURLToPath(new URL('../scripts/conformance.mjs', import.meta.url));
const documentation = (name: string): string =>
  readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

function run(...parameters: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...parameters], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Starts the CA with people for the suite; what it prints to be run beside it, and how to end it. */
async function prepare(folder: string) {
  const path = fileURLToPath(new URL('../scripts/ca.mjs', import.meta.url));
  const parameters = [path, '--conformance', folder, '--port', '0', '--quiet'];
  const ca = spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => ca.once('exit', resolve));
  const stop = async (): Promise<void> => {
    ca.kill();
    await ended;
  };
  for await (const line of createInterface({ input: ca.stdout })) {
    const [, command] = /^npm run conformance -- (.+)$/.exec(line) ?? [];
    if (command !== undefined) return { command: command.split(' '), stop };
  }
  throw new Error('the CA ended before it was ready');
}

let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer();
});

afterAll(() => server.stop());

describe('npm run conformance', () => {
  it('ends with 0 when nothing fails, and writes for people and programs', async () => {
    const { ca, credentialsFile, rootFile, folder } = server;
    const json = join(folder, 'results.json');
    const files = ['--root', rootFile, '--credentials', credentialsFile, '--json', json];
    const state = ['--state', join(folder, 'elsewhere.json')];
    const only = ['--only', 'hotp-01'];
    const ended = await run('--directory', ca.directoryUrl, ...files, ...state, ...only);
    expect(ended.stdout).toMatch(/\nhotp-01\n {2}pass {4}hotp\.accepted/);
    expect(ended.stdout).toMatch(/\d+ passed, 0 failed, 0 skipped, 0 not applicable/);
    const progress = ended.stderr
      .replaceAll(/^npm warn.*\n/gm, '')
      .trim()
      .split('\n');
    expect(progress[0]).toMatch(/^1 of (\d+): hotp\.[\w-]+ pass$/);
    expect(progress).toHaveLength(Number(/of (\d+)/.exec(progress[0] ?? '')?.[1]));
    expect(ended.code).toBe(0);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      version: 1,
      counts: { fail: 0 },
    });
    expect(existsSync(join(folder, 'elsewhere.json'))).toBe(true);
    expect(existsSync(join(folder, 'credentials.state.json'))).toBe(false);
  });

  it('passes by what npm run ca makes for it', { timeout: 120_000 }, async () => {
    const { command, stop } = await prepare(join(server.folder, 'made'));
    try {
      const { code, stdout } = await run(...command, '--only', 'hotp-01');
      expect(stdout).toMatch(/\d+ passed, 0 failed, 0 skipped, 0 not applicable/);
      expect(code).toBe(0);
    } finally {
      await stop();
    }
  });

  it('tries approvals by what npm run ca makes for it', { tags: ['deep'] }, async () => {
    const { command, stop } = await prepare(join(server.folder, 'organisation'));
    try {
      const { code, stdout } = await run(...command, '--only', 'pre-authorization,approvals');
      expect(stdout).toMatch(/\d+ passed, 0 failed, 0 skipped, 0 not applicable/);
      expect(code).toBe(0);
    } finally {
      await stop();
    }
  });

  it('ends with 2, and says once why, when it does not trust the server', async () => {
    const { code, stdout, stderr } = await run('--directory', server.ca.directoryUrl);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.match(/issuer certificate/g)).toHaveLength(1);
    expect(stderr).toContain('--root');
  });

  it(
    'ends with 2 when there is no directory where it is said to be',
    { tags: ['deep'] },
    async () => {
      const { ca, rootFile } = server;
      const files = ['--root', rootFile, '--only', 'common'];
      const { code, stdout, stderr } = await run('--directory', `${ca.origin}/nothing`, ...files);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('answered with 404');
    },
  );

  for (const [name, parameters, tags = ['deep']] of [
    ['no directory', [], []],
    ['a directory without TLS', ['--directory', 'http://ca.example/directory']],
    ['a type that is none', ['--directory', 'https://ca.example/', '--only', 'sms-01']],
    ['an option that is none', ['--directory', 'https://ca.example/', '--fast']],
    ['a file that is none', ['--directory', 'https://ca.example/', '--root', '/none.pem']],
  ] satisfies [string, string[], string[]?][]) {
    it(`ends with 2, and says why, when it is given ${name}`, { tags }, async () => {
      const { code, stdout, stderr } = await run(...parameters);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(stderr.trim()).not.toBe('');
    });
  }

  it('lists the cases as its page does', async () => {
    const { stdout } = await run('--list');
    expect(stdout.trim()).toBe(listOfCases());
    const hint = 'docs/conformance.md is out of date: put what --list prints in its place';
    expect(documentation('conformance.md'), hint).toContain(listOfCases());
  });

  it('is given files of the shape that the schema describes', () => {
    const schema = JSON.parse(documentation('conformance-credentials.schema.json')) as Parameters<
      typeof z.fromJSONSchema
    >[0];
    const given: unknown = JSON.parse(readFileSync(server.credentialsFile, 'utf8'));
    expect(z.fromJSONSchema(schema).safeParse(given).error).toBeUndefined();
  });
});
