// A small app that uses Electron the way the wallet does: ESM main, CommonJS preload, pages from a scheme of its own.
import { app, BrowserWindow, ipcMain, net, protocol } from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self' app:; style-src 'self'; worker-src 'self'";

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

ipcMain.handle('echo', (_event, value) => value);

function serve(request) {
  const { pathname } = new URL(request.url);
  const path = join(import.meta.dirname, 'page', pathname);
  return net.fetch(pathToFileURL(path).href).then(
    (response) =>
      new Response(response.body, {
        headers: {
          'content-type': response.headers.get('content-type'),
          'content-security-policy': CSP,
        },
      }),
  );
}

app.whenReady().then(() => {
  protocol.handle('app', serve);
  const window = new BrowserWindow({
    width: 640,
    height: 480,
    webPreferences: { preload: join(import.meta.dirname, 'preload.cjs') },
  });
  window.loadURL('app://fixture/index.html');
});
