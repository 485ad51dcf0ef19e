import type Electron from 'electron';

export type Bounds = { x: number; y: number; width: number; height: number };

/** What a window looks like, kept here because no window system answers synchronously. */
export type WindowState = {
  bounds: Bounds;
  minimumSize: readonly [number, number];
  visible: boolean;
  focused: boolean;
  minimized: boolean;
  maximized: boolean;
  fullScreen: boolean;
  resizable: boolean;
  closable: boolean;
  alwaysOnTop: boolean;
  menuBarVisible: boolean;
  title: string;
  backgroundColor: string;
};

export function initialState(options: Electron.BrowserWindowConstructorOptions): WindowState {
  const { width = 800, height = 600, x = 0, y = 0 } = options;
  return {
    bounds: { x, y, width, height },
    minimumSize: [options.minWidth ?? 0, options.minHeight ?? 0],
    visible: options.show !== false,
    focused: false,
    minimized: false,
    maximized: false,
    fullScreen: options.fullscreen ?? false,
    resizable: options.resizable ?? true,
    closable: options.closable ?? true,
    alwaysOnTop: options.alwaysOnTop ?? false,
    menuBarVisible: !options.autoHideMenuBar,
    title: options.title ?? 'Electron',
    backgroundColor: options.backgroundColor ?? '#FFFFFF',
  };
}
