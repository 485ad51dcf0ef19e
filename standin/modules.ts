// Electron's modules, put together from what this app has.
import type { App } from './app.ts';
import { createContentsModule, type WindowClass } from './browser-window.ts';
import { createClipboard } from './fakes/clipboard.ts';
import { createCrashReporter } from './fakes/crash-reporter.ts';
import {
  createGlobalShortcut,
  createPowerSaveBlocker,
  Notification,
  PowerMonitor,
  shell,
  Tray,
} from './fakes/desktop.ts';
import { dialog } from './fakes/dialog.ts';
import { createMenuClasses, type RoleActions } from './fakes/menu.ts';
import { nativeImage } from './fakes/native-image.ts';
import { Screen } from './fakes/screen.ts';
import { unsupported } from './guard.ts';
import type { Host } from './host.ts';
import { MessageChannel } from './message-port.ts';
import { NativeTheme } from './native-theme.ts';
import { Net } from './net.ts';
import { SafeStorage } from './safe-storage.ts';
import { createUtilityModule } from './utility.ts';

export type ModulesOptions = {
  readonly host: Host;
  readonly app: App;
  readonly BrowserWindow: WindowClass;
};

export function createModules(options: ModulesOptions) {
  return { ...createCore(options), ...createDesktop(options), ...missing() };
}

function createCore({ host, app, BrowserWindow }: ModulesOptions) {
  const { settings, sessions, colorScheme, ipcMain } = host;
  return {
    app,
    BrowserWindow,
    ipcMain,
    MessageChannelMain: MessageChannel,
    nativeTheme: new NativeTheme(colorScheme),
    net: new Net(sessions),
    protocol: sessions.defaultSession.protocol,
    safeStorage: new SafeStorage({
      keyring: settings.keyring,
      isReady: () => app.isReady(),
      directory: () => app.getPath('userData'),
    }),
    session: sessions,
    utilityProcess: createUtilityModule({
      app,
      rejections: settings.strict ? 'strict' : 'warn-with-error-code',
    }),
    webContents: createContentsModule(host),
  };
}

function createDesktop({ host, app, BrowserWindow }: ModulesOptions) {
  return {
    ...createMenuClasses(roleActions(app, BrowserWindow)),
    clipboard: createClipboard(),
    crashReporter: createCrashReporter(),
    dialog,
    globalShortcut: createGlobalShortcut(),
    nativeImage,
    Notification,
    powerMonitor: new PowerMonitor(),
    powerSaveBlocker: createPowerSaveBlocker(),
    screen: new Screen(host.settings.scale ?? 1),
    shell,
    Tray,
  };
}

function roleActions(app: App, BrowserWindow: WindowClass): RoleActions {
  const focused = () => BrowserWindow.getFocusedWindow();
  return {
    quit: () => app.quit(),
    close: () => focused()?.close(),
    minimize: () => focused()?.minimize(),
    reload: () => focused()?.reload(),
    forcereload: () => focused()?.reload(),
    togglefullscreen: () => focused()?.setFullScreen(!focused()?.isFullScreen()),
  };
}

// Named, so that importing them works and using them says what is missing.
function missing() {
  return {
    autoUpdater: unsupported('autoUpdater'),
    BaseWindow: unsupported('BaseWindow'),
    BrowserView: unsupported('BrowserView'),
    contentTracing: unsupported('contentTracing'),
    desktopCapturer: unsupported('desktopCapturer'),
    inAppPurchase: unsupported('inAppPurchase'),
    netLog: unsupported('netLog'),
    pushNotifications: unsupported('pushNotifications'),
    ShareMenu: unsupported('ShareMenu'),
    sharedTexture: unsupported('sharedTexture'),
    systemPreferences: unsupported('systemPreferences'),
    TouchBar: unsupported('TouchBar'),
    View: unsupported('View'),
    webFrameMain: unsupported('webFrameMain'),
    WebContentsView: unsupported('WebContentsView'),
  };
}
