import type { EventEmitter } from 'node:events';
import type { Browser, Page } from './browser.ts';
import type { ColorScheme } from './color-scheme.ts';
import type { IpcMain } from './ipc-main.ts';
import type { CustomSchemes } from './scheme.ts';
import type { Sessions } from './session.ts';
import type { Settings } from './settings.ts';
import type { WebContents } from './web-contents.ts';
import type { WindowBase } from './browser-window.ts';

/** What windows and web contents share: made once, in electron.ts. */
export type Host = {
  readonly app: EventEmitter;
  readonly browser: Browser;
  readonly schemes: CustomSchemes;
  readonly sessions: Sessions;
  readonly settings: Settings;
  readonly ipcMain: IpcMain;
  readonly colorScheme: ColorScheme;
  /** By number, in order of creation. */
  readonly contents: Map<number, WebContents>;
  readonly windows: Map<number, WindowBase>;
  /** Somebody like Playwright is connected to Chromium as well and deals with its dialogs. */
  readonly isDriven: () => boolean;
  /** Makes the window for a page that another page opened. */
  adoptWindow: (page: Page, options: Electron.BrowserWindowConstructorOptions) => WindowBase;
};
