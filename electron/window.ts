import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appUrl } from './app-scheme.ts';
import { lockPage, lockSession } from './window-locks.ts';
import {
  defaultSize,
  isReachable,
  minimumSize,
  readWindowState,
  writeWindowState,
  type WindowState,
} from './window-state.ts';

export interface MainWindowOptions {
  readonly preload: string;
  /** Where its place and its look are remembered. */
  readonly stateFile: string;
  readonly report: (message: string) => void;
}

// The colours of the page behind its first paint, so that opening does not flash.
const background = { light: '#f7f5f2', dark: '#181716' } as const;

/** The wallet's window: locked, and hidden until it has something to show. Call `loadPage` to fill it. */
export function createMainWindow({ preload, stateFile, report }: MainWindowOptions): BrowserWindow {
  const state = readWindowState(stateFile);
  // The wallet's settings decide, but they are read while the window is already coming up.
  if (state !== undefined) nativeTheme.themeSource = state.theme;
  const window = new BrowserWindow({
    ...placeOf(state),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    title: 'Countersign',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  lockSession(window.webContents.session);
  lockPage(window.webContents);
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => writeWindowState(stateFile, stateOf(window), report));
  return window;
}

export function loadPage(window: BrowserWindow): Promise<void> {
  return window.loadURL(appUrl);
}

/** Brings the window to the person who just asked for it. */
export function reveal(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function placeOf(state: WindowState | undefined): Partial<WindowState['bounds']> {
  const displays = screen.getAllDisplays().map((display) => display.workArea);
  return state !== undefined && isReachable(state.bounds, displays) ? state.bounds : defaultSize;
}

function stateOf(window: BrowserWindow): WindowState {
  return {
    bounds: window.getNormalBounds(),
    maximized: window.isMaximized(),
    theme: nativeTheme.themeSource,
  };
}
