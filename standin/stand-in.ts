// The one place where everything is made and joined.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from './app.ts';
import { Browser } from './browser.ts';
import { createWindowClass } from './browser-window.ts';
import { findChromium } from './chromium.ts';
import { ColorScheme } from './color-scheme.ts';
import { findApplication, readSwitches } from './command-line.ts';
import { disguiseProcess } from './environment.ts';
import type { Host } from './host.ts';
import { createModules } from './modules.ts';
import { IpcMain } from './ipc-main.ts';
import { CustomSchemes } from './scheme.ts';
import { Sessions } from './session.ts';
import { readSettings, type Settings } from './settings.ts';
import { allowOnlyBoringSsl } from './strict.ts';

const HOME = dirname(fileURLToPath(import.meta.url));
const EXECUTABLE = join(HOME, 'standin-electron');

/** Makes Electron's modules for the app named on the command line. */
export function createStandIn() {
  const settings = readSettings(process.env);
  findChromium(settings);
  if (settings.strict) allowOnlyBoringSsl();
  const values = process.argv.slice(2);
  const application = findApplication(values, process.cwd());
  process.argv = [EXECUTABLE, ...values];
  const windows: Host['windows'] = new Map();
  const app = new App({
    application,
    executable: EXECUTABLE,
    switches: readSwitches(values),
    windows: () => [...windows.values()],
    focusWindow: () => [...windows.values()].at(-1)?.focus(),
    closeBrowser: () => browser.close(),
    exitProcess: (code) => process.exit(code),
  });
  const browser = createBrowser(app, settings);
  const host = createHost({ app, browser, settings, windows });
  const BrowserWindow = createWindowClass(host);
  host.adoptWindow = (page, options) => new BrowserWindow(options, page);
  return {
    app,
    application,
    browser,
    settings,
    modules: createModules({ host, app, BrowserWindow }),
  };
}

function createBrowser(app: App, settings: Settings): Browser {
  const log = (line: string) => {
    if (settings.verbose) process.stderr.write(`[chromium] ${line}\n`);
  };
  const setChromeVersion = disguiseProcess(HOME, settings);
  return new Browser(
    () => ({
      settings,
      profile: join(app.getPath('sessionData'), 'standin-chromium'),
      switches: app.commandLine.values,
      log,
    }),
    setChromeVersion,
  );
}

function createHost(
  made: Pick<Host, 'app' | 'browser' | 'settings' | 'windows'> & { app: App },
): Host {
  const { app, browser, settings } = made;
  const schemes = new CustomSchemes();
  return {
    ...made,
    schemes,
    contents: new Map(),
    ipcMain: new IpcMain(),
    colorScheme: new ColorScheme(settings.dark),
    sessions: new Sessions({
      browser,
      schemes,
      isReady: () => app.isReady(),
      separate: settings.separatePartitions,
    }),
    isDriven: () => app.commandLine.hasSwitch('remote-debugging-port'),
    adoptWindow: () => {
      throw new Error('stand-in: no window class yet');
    },
  };
}

export const standIn = createStandIn();
