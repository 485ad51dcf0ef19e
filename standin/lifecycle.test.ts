/** @module-tag deep */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  environment,
  FIXTURE_APP,
  launchFixture,
  STAND_IN,
  temporaryDirectory,
} from './testing/fixture.ts';

const execute = promisify(execFile);

let userData: string;
let logFile: string;
beforeEach(async () => {
  userData = await temporaryDirectory();
  logFile = join(userData, 'log');
  onTestFinished(() => rm(userData, { recursive: true, force: true, maxRetries: 5 }));
});

const log = async () => (await readFile(logFile, 'utf8')).trim().split('\n');
const launch = () => launchFixture({ userData, args: [`--log=${logFile}`] });

/** The living processes of the Chromium that uses our userData. */
function chromiumProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const state = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return !/^[ZX]/.test(state) && command.includes('chrom') && command.includes(userData);
    } catch {
      return false;
    }
  });
}

describe('the end of an app', { timeout: 180_000 }, () => {
  it('asks windows, then the app, and ends with code 0', async () => {
    const { app } = await launch();
    const child = app.process();
    const exited = once(child, 'exit');
    await app.close();
    expect(await exited).toStrictEqual([0, null]);
    const lines = await log();
    expect(lines.slice(lines.indexOf('before-quit'))).toStrictEqual([
      'before-quit',
      'closed',
      'will-quit',
      'quit 0',
    ]);
    expect(chromiumProcesses()).toStrictEqual([]);
  });

  it('is called off by a window that stays', async () => {
    await using fixture = await launch();
    const ends = await fixture.app.evaluate(async ({ app, BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.once('close', (event) => event.preventDefault());
      app.quit();
      await new Promise(setImmediate);
      return { destroyed: window?.isDestroyed(), count: BrowserWindow.getAllWindows().length };
    });
    expect(ends).toStrictEqual({ destroyed: false, count: 1 });
  });

  it('is called off by a page that does not let go, and not when the app overrules it', async () => {
    await using fixture = await launch();
    fixture.window.on('dialog', () => undefined);
    await fixture.window.click('h1');
    await fixture.window.evaluate(() => {
      window.addEventListener('beforeunload', (event) => event.preventDefault());
    });
    const stayed = await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const { promise, resolve } = Promise.withResolvers<boolean>();
      window?.webContents.once('will-prevent-unload', () => resolve(true));
      window?.close();
      return promise;
    });
    expect(stayed).toBe(true);
    await fixture.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.webContents.on('will-prevent-unload', (event) => event.preventDefault());
    });
  });

  it('follows the last window, and the exit code of app.exit', async () => {
    const { app, window } = await launch();
    const exited = once(app.process(), 'exit');
    await window.close();
    expect(await exited).toStrictEqual([0, null]);
    expect(await log()).toContain('window-all-closed');
    const second = await launch();
    const secondExit = once(second.app.process(), 'exit');
    await second.app.evaluate(({ app: own }) => own.exit(3)).catch(() => undefined);
    expect(await secondExit).toStrictEqual([3, null]);
    expect((await log()).at(-1)).toBe('quit 3');
  });

  it('comes in order on SIGTERM', async () => {
    const { app } = await launch();
    const exited = once(app.process(), 'exit');
    app.process().kill('SIGTERM');
    // Node waits for a debugger to let go.
    await app.close();
    expect(await exited).toStrictEqual([0, null]);
    expect(await log()).toContain('will-quit');
  });

  it('leaves no Chromium behind when it is killed, and the next start finds its data free', async () => {
    const first = await launch();
    await first.window.evaluate(() => localStorage.setItem('kept', 'yes'));
    expect(chromiumProcesses().length).toBeGreaterThan(0);
    const exited = once(first.app.process(), 'exit');
    first.app.process().kill('SIGKILL');
    await exited;
    // No pause: this is how a journey restarts the app.
    await using second = await launch();
    await expect(second.window.title()).resolves.toBe('Fixture page');
    const own = chromiumProcesses();
    await second[Symbol.asyncDispose]();
    expect(own.length).toBeGreaterThan(0);
    await expect.poll(chromiumProcesses).toStrictEqual([]);
  });

  it('leaves no Chromium behind when the group of processes is killed', async () => {
    const child = spawn(
      STAND_IN,
      [FIXTURE_APP, `--user-data-dir=${userData}`, `--log=${logFile}`],
      {
        env: environment(),
        detached: true,
        stdio: 'ignore',
      },
    );
    await expect.poll(log).toContain('loaded');
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await expect.poll(chromiumProcesses).toStrictEqual([]);
  });
});

describe('a second instance', { timeout: 180_000 }, () => {
  it('hands its arguments to the first and ends', async () => {
    await using fixture = await launch();
    const link = 'wallet://enroll?x=1';
    const { stderr } = await execute(
      STAND_IN,
      [FIXTURE_APP, `--user-data-dir=${userData}`, `--log=${logFile}`, link],
      { env: environment(), cwd: '/' },
    );
    expect(stderr).toBe('');
    await expect.poll(log).toContain(`second-instance ${link} / fixture`);
    const lines = await log();
    const [second, ...rest] = lines.slice(lines.indexOf('second'));
    expect([second, ...rest.filter((line) => !line.startsWith('second-'))]).toStrictEqual([
      'second',
      'before-quit',
      'will-quit',
      'quit 0',
    ]);
    expect(lines.filter((line) => line === 'ready')).toHaveLength(1);
    await expect(fixture.window.title()).resolves.toBe('Fixture page');
  });

  it('becomes the first when that one was killed', async () => {
    const first = await launch();
    const exited = once(first.app.process(), 'exit');
    first.app.process().kill('SIGKILL');
    await exited;
    await using second = await launch();
    const held = await second.app.evaluate(({ app }) => app.hasSingleInstanceLock());
    expect(held).toBe(true);
    expect(await log()).not.toContain('second');
  });
});
