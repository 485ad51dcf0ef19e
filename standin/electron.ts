// What `import 'electron'` gives. The named exports and the default one are the same objects.
import { guarded } from './guard.ts';
import { standIn } from './stand-in.ts';

const { modules } = standIn;
export const {
  app,
  BrowserWindow,
  ipcMain,
  nativeImage,
  nativeTheme,
  net,
  protocol,
  session,
  webContents,
} = modules;

const electron = guarded('electron', { ...modules });
export default electron;
// What `require('electron')` gives: a plain object, so that tests may put their own members into it.
export { electron as 'module.exports' };
