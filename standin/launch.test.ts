/** @module-tag deep */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { environment, launchFixture, STAND_IN } from './testing/fixture.ts';

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(STAND_IN, args, { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, code };
}

/** An app of one module, with a userData of its own. */
async function appOf(source: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'standin-app-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'main.mjs'), source);
  await writeFile(join(directory, 'package.json'), '{"name":"small","main":"main.mjs"}');
  return [directory, `--user-data-dir=${join(directory, 'data')}`];
}

describe('starting an app', { timeout: 180_000 }, () => {
  it('gives import and require the same electron, under all its names', async () => {
    await using fixture = await launchFixture();
    const same = await fixture.app.evaluate((electron) => {
      const { fixture: own } = globalThis as unknown as {
        fixture: { electron: typeof electron; required: typeof electron };
      };
      return [
        own.required === electron,
        own.electron === electron,
        own.electron.app === electron.app,
      ];
    });
    expect(same).toStrictEqual([true, true, true]);
    const { stdout, code } = await run(
      await appOf(`
        import { app } from 'electron/main';
        import * as all from 'electron';
        import { shell } from 'electron/common';
        console.log(app === all.app, app === all.default.app, shell === all.shell);
        app.exit(7);
      `),
    );
    expect({ stdout, code }).toStrictEqual({ stdout: 'true true true\n', code: 7 });
  });

  it('looks like Electron’s main process', async () => {
    await using fixture = await launchFixture({ args: ['--extra', 'last'] });
    const seen = await fixture.app.evaluate(({ app }) => ({
      name: app.getName(),
      version: app.getVersion(),
      packaged: app.isPackaged,
      ready: app.isReady(),
      type: process.type,
      defaultApp: process.defaultApp,
      electron: process.versions.electron,
      chrome: process.versions.chrome,
      last: process.argv.at(-1),
      hasSwitch: app.commandLine.hasSwitch('extra'),
      path: app.getAppPath(),
      userData: app.getPath('userData'),
    }));
    expect(seen).toMatchObject({
      name: 'Fixture',
      version: '1.2.3',
      packaged: false,
      ready: true,
      type: 'browser',
      defaultApp: true,
      last: 'last',
      hasSwitch: true,
      userData: fixture.userData,
    });
    expect(seen.electron).toMatch(/^\d+\.\d+\.\d+$/);
    expect(seen.chrome).toMatch(/^\d+(\.\d+){3}$/);
  });

  it('fires ready after the main module, and goes through a whole life in order', async () => {
    const { stdout, code } = await run(
      await appOf(`
        import { app } from 'electron';
        for (const name of ['will-finish-launching', 'ready', 'before-quit', 'will-quit']) {
          app.on(name, () => console.log(name));
        }
        app.on('quit', (event, code) => console.log('quit', code));
        app.whenReady().then(() => { console.log('whenReady', app.isReady()); app.quit(); });
        await new Promise((resolve) => setTimeout(resolve, 20));
        console.log('evaluated', app.isReady());
      `),
    );
    expect(stdout.trim().split('\n')).toStrictEqual([
      'evaluated false',
      'will-finish-launching',
      'ready',
      'whenReady true',
      'before-quit',
      'will-quit',
      'quit 0',
    ]);
    expect(code).toBe(0);
  });

  it('shows Electron’s deadlock of awaiting whenReady at the top level', async () => {
    const { code, stderr } = await run(
      await appOf(`import { app } from 'electron'; await app.whenReady();`),
    );
    expect(code).toBe(13);
    expect(stderr).toContain('unsettled top-level await');
  });

  it('says clearly that there is no Chromium', async () => {
    const { code, stderr } = await run(await appOf(''), { CHROMIUM: '/nowhere/chromium' });
    expect(code).toBe(1);
    expect(stderr).toBe('stand-in: no Chromium at /nowhere/chromium, which CHROMIUM names\n');
  });

  it.each([
    ['nothing to run', [], 'usage: standin-electron'],
    ['a directory that is not there', ['/nowhere/app'], 'there is no app at /nowhere/app'],
  ])('says clearly that it was given %s', async (_name, args, message) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('ends with an error when the main module throws', async () => {
    const { code, stderr } = await run(await appOf(`throw new TypeError('broken main');`));
    expect(code).toBe(1);
    expect(stderr).toContain('TypeError: broken main');
  });
});

describe('what the stand-in does not have', { timeout: 180_000 }, () => {
  it('throws by its name', async () => {
    await using fixture = await launchFixture();
    const messages = await fixture.app.evaluate((electron) => {
      const attempts: (() => unknown)[] = [
        () => electron.desktopCapturer.getSources({ types: [] }),
        () => electron.app.getFileIcon('x'),
        () => electron.BrowserWindow.getAllWindows()[0]?.setVibrancy(null),
        () => electron.BrowserWindow.getAllWindows()[0]?.webContents.debugger,
        () => electron.session.defaultSession.cookies,
        () => Reflect.get(electron.dialog, 'showCertificateTrustDialog'),
        () => new electron.BrowserView(),
        () => new electron.BrowserWindow({ webPreferences: { nodeIntegration: true } }),
        () => new electron.BrowserWindow({ webPreferences: { sandbox: false } }),
        () => Reflect.get(electron, 'newModule') as unknown,
      ];
      return attempts.map((attempt) => {
        try {
          return attempt();
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    expect(messages).toStrictEqual([
      'stand-in: desktopCapturer.getSources is not supported',
      'stand-in: app.getFileIcon is not supported',
      'stand-in: BrowserWindow.setVibrancy is not supported',
      'stand-in: WebContents.debugger is not supported',
      'stand-in: Session.cookies is not supported',
      'stand-in: dialog.showCertificateTrustDialog is not supported',
      'stand-in: BrowserView is not supported',
      'stand-in: nodeIntegration is not supported',
      'stand-in: sandbox: false is not supported',
      'stand-in: electron.newModule is not supported',
    ]);
  });
});
