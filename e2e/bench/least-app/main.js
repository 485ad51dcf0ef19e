import { app, BrowserWindow, protocol } from 'electron';

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true } },
]);

void app.whenReady().then(() => {
  protocol.handle('app', () => {
    const page = '<!doctype html><title>Least</title><p>One line of text.</p>';
    return new Response(page, { headers: { 'content-type': 'text/html' } });
  });
  void new BrowserWindow({ width: 1280, height: 800 }).loadURL('app://least/index.html');
});

app.on('window-all-closed', () => app.quit());
