/** @module-tag deep */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  environment,
  FIXTURE_APP,
  launchFixture,
  STAND_IN,
  temporaryDirectory,
} from './testing/fixture.ts';

const execute = promisify(execFile);
const XVFB = '/usr/bin/Xvfb';

describe.skipIf(!existsSync(XVFB))('on a screen', { timeout: 180_000 }, () => {
  let server: ChildProcess;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = spawn(XVFB, ['-displayfd', '3', '-screen', '0', '1280x900x24'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const [display] = (await once(server.stdio[3] as NodeJS.EventEmitter, 'data')) as [Buffer];
    env = { STANDIN_HEADLESS: '0', DISPLAY: `:${String(display).trim()}` };
  });
  afterAll(() => server.kill());

  it('shows windows without a browser around the page, the first as the later ones', async () => {
    await using fixture = await launchFixture({ env });
    const opened = fixture.app.waitForEvent('window');
    await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const window = new BrowserWindow({ width: 500, height: 300, x: 40, y: 30 });
      await window.loadURL('app://fixture/index.html');
    });
    const second = await opened;
    await second.waitForURL((url) => url.pathname === '/index.html');
    for (const [page, size] of [
      [fixture.window, [640, 480]],
      [second, [500, 300]],
    ] as const) {
      const seen = await page.evaluate(() => ({
        mode: matchMedia('(display-mode: standalone)').matches,
        inner: [innerWidth, innerHeight],
      }));
      expect(seen).toStrictEqual({ mode: true, inner: size });
    }
    const place = await second.evaluate(() => [screenX, screenY]);
    expect(place).toStrictEqual([40, 30]);
    await second.close();
    await expect(fixture.window.title()).resolves.toBe('Fixture page');
  });

  it('goes on without windows, and opens one again', async () => {
    await using fixture = await launchFixture({ env });
    await fixture.app.evaluate(({ app }) => app.removeAllListeners('window-all-closed'));
    await fixture.app.evaluate(({ app }) => app.on('window-all-closed', () => undefined));
    await fixture.window.close();
    const opened = fixture.app.waitForEvent('window');
    await fixture.app.evaluate(async ({ BrowserWindow }) => {
      await new BrowserWindow().loadURL('app://fixture/index.html');
    });
    await (await opened).getByText('Fixture').waitFor();
  });

  it('does the same without a debugger', async () => {
    const userData = await temporaryDirectory();
    const main = `
      import { app, BrowserWindow } from 'electron';
      app.on('window-all-closed', () => console.log('windowless'));
      await null;
      app.whenReady().then(async () => {
        for (const name of ['first', 'second']) {
          const window = new BrowserWindow({ width: 500, height: 300 });
          await window.loadURL('data:text/html,' + name);
          console.log(await window.webContents.executeJavaScript('document.body.innerText + innerWidth'));
          const closed = new Promise((resolve) => window.once('closed', resolve));
          window.close();
          await closed;
        }
        app.quit();
      });`;
    await writeFile(`${userData}/main.mjs`, main);
    const { stdout } = await execute(
      STAND_IN,
      [`${userData}/main.mjs`, `--user-data-dir=${userData}`],
      {
        env: environment(env),
      },
    );
    expect(stdout).toBe('first500\nwindowless\nsecond500\nwindowless\n');
    await rm(userData, { recursive: true, force: true });
  });

  it.each(['0', '1'])('draws as finely as it is told (STANDIN_HEADLESS=%s)', async (headless) => {
    await using fixture = await launchFixture({
      env: { ...env, STANDIN_HEADLESS: headless, STANDIN_SCALE: '2' },
    });
    const seen = await fixture.window.evaluate(() => [devicePixelRatio, innerWidth, innerHeight]);
    expect(seen).toStrictEqual([2, 640, 480]);
  });
});

describe('without a debugger', { timeout: 180_000 }, () => {
  it('opens no port', async () => {
    const userData = await temporaryDirectory();
    const app = spawn(
      STAND_IN,
      [FIXTURE_APP, `--user-data-dir=${userData}`, `--log=${userData}/log`],
      {
        env: environment(),
        stdio: 'ignore',
        detached: true,
      },
    );
    const log = () =>
      existsSync(`${userData}/log`) ? readFileSync(`${userData}/log`, 'utf8') : '';
    await expect.poll(log).toContain('loaded');
    const processes = readdirSync('/proc').filter((pid) => groupOf(pid) === app.pid);
    expect(processes.length).toBeGreaterThan(3);
    expect(processes.flatMap(socketsOf).filter((socket) => listening().has(socket))).toStrictEqual(
      [],
    );
    const exited = once(app, 'exit');
    app.kill('SIGTERM');
    expect(await exited).toStrictEqual([0, null]);
    await rm(userData, { recursive: true, force: true });
  });
});

function groupOf(pid: string): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    );
  } catch {
    return undefined;
  }
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode ?? [];
    });
  } catch {
    return [];
  }
}

/** The sockets that wait for TCP connections (state 0A), by inode. */
function listening(): Set<string | undefined> {
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'utf8').split('\n'),
  );
  const fields = lines.map((line) => line.trim().split(/\s+/)).filter((entry) => entry[3] === '0A');
  return new Set(fields.map((entry) => entry[9]));
}
