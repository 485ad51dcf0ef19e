// What `import 'electron'` gives. The named exports and the default one are the same objects.
import { guarded } from './guard.ts';
import { standIn } from './stand-in.ts';

const { modules } = standIn;

export const {
  app,
  autoUpdater,
  BaseWindow,
  BrowserView,
  BrowserWindow,
  clipboard,
  contentTracing,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  inAppPurchase,
  ipcMain,
  Menu,
  MenuItem,
  MessageChannelMain,
  nativeImage,
  nativeTheme,
  net,
  netLog,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  pushNotifications,
  safeStorage,
  screen,
  session,
  ShareMenu,
  sharedTexture,
  shell,
  systemPreferences,
  TouchBar,
  Tray,
  utilityProcess,
  View,
  webContents,
  WebContentsView,
  webFrameMain,
} = modules;

const electron = guarded('electron', { ...modules });
export default electron;
// What `require('electron')` gives: a plain object, so that tests may put their own members into it.
export { electron as 'module.exports' };
