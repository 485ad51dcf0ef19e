// A small app that uses Electron the way the wallet does: ESM main, CommonJS preload, pages from a scheme of its own.
import electron, { app, BrowserWindow, ipcMain, net, protocol, session } from 'electron';
import { createRequire } from 'node:module';
import { appendFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const CSP =
  "default-src 'none'; script-src 'self'; connect-src 'self' app:; style-src 'self'; worker-src 'self'; img-src 'self'";
const preload = join(import.meta.dirname, 'preload.cjs');
const pages = join(import.meta.dirname, 'page');
const require = createRequire(import.meta.url);

/** What happened, for the tests to look at: in memory, and in a file when the app will be gone. */
const log = [];
globalThis.fixture = { log, requests: [], electron, required: require('electron'), senders: [] };
function note(line) {
  log.push(line);
  if (app.commandLine.hasSwitch('log'))
    appendFileSync(app.commandLine.getSwitchValue('log'), `${line}\n`);
}

app.on('second-instance', (_event, argv, directory, data) => {
  note(`second-instance ${argv.at(-1)} ${directory} ${data.from}`);
});

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);

for (const name of [
  'will-finish-launching',
  'ready',
  'before-quit',
  'will-quit',
  'window-all-closed',
]) {
  app.on(name, () => note(name));
}
app.on('quit', (_event, code) => note(`quit ${code}`));
if (!app.requestSingleInstanceLock({ from: 'fixture' })) {
  note('second');
  app.quit();
}
app.on('window-all-closed', () => app.quit());

ipcMain.handle('echo', (_event, value) => value);
ipcMain.handle('fail', () => {
  throw new RangeError('too much');
});
ipcMain.handle('function', () => () => 1);
ipcMain.handle('sender', (event) => ({
  url: event.senderFrame.url,
  origin: event.senderFrame.origin,
  isMainFrame: event.senderFrame === event.sender.mainFrame,
}));
ipcMain.on('say', (event, ...values) => {
  note(`say ${JSON.stringify(values)}`);
  event.reply('answer', ...values.toReversed());
});

async function serve(request) {
  const { pathname, search } = new URL(request.url);
  const asked = decodeURIComponent(pathname);
  globalThis.fixture.requests.push({
    url: request.url,
    method: request.method,
    origin: request.headers.get('origin'),
  });
  if (asked === '/post')
    return Response.json({ body: await request.text(), method: request.method });
  if (asked === '/run.js') {
    const type = { 'content-type': 'text/javascript' };
    return new Response(decodeURIComponent(search.slice(1)), { headers: type });
  }
  const path = normalize(join(pages, asked));
  if (!path.startsWith(pages + sep)) return new Response('outside', { status: 403 });
  try {
    const response = await net.fetch(pathToFileURL(path).href);
    const type = response.headers.get('content-type');
    return new Response(response.body, {
      headers: { 'content-type': type, 'content-security-policy': CSP },
    });
  } catch {
    return new Response('not here', { status: 404 });
  }
}

function lock(window) {
  window.webContents.setWindowOpenHandler(({ url }) => {
    note(`open ${url}`);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    note(`will-navigate ${url}`);
    event.preventDefault();
  });
}

app.whenReady().then(() => {
  protocol.handle('app', serve);
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) =>
    callback(false),
  );
  session.defaultSession.setPermissionCheckHandler(() => false);
  const window = new BrowserWindow({ width: 640, height: 480, webPreferences: { preload } });
  for (const name of ['dom-ready', 'did-finish-load', 'did-navigate'])
    window.webContents.on(name, () => note(name));
  window.once('ready-to-show', () => note('ready-to-show'));
  window.on('closed', () => note('closed'));
  lock(window);
  window.loadURL('app://fixture/index.html').then(() => note('loaded'));
});
