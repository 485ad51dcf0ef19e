import path from 'node:path';
import {
  app,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  shell,
  type BrowserWindow,
} from 'electron';
import type { Failure } from '../shared/failure.ts';
import type { Handlers } from '../shared/ipc-contract.ts';
import { appOrigin, serveApp } from './app-scheme.ts';
import type { Notice } from './approvals/news-words.ts';
import { whenAway } from './away.ts';
import type { House } from './house.ts';
import { openElectronBorder } from './ipc/electron-border.ts';
import { notifierFor } from './ipc/notifier.ts';
import { hideArguments, linkScheme, parseLaunch, type Opening } from './launch.ts';
import { menuTemplate } from './menu.ts';
import { onceItWorks } from './once-it-works.ts';
import { listenForOpenings } from './openings.ts';
import { currentPlatform } from './platform/current.ts';
import { report } from './report.ts';
import { createMainWindow, loadPage, reveal } from './window.ts';

// No top-level await: Electron is ready only after this module is, so waiting here for `ready` would never end.
const launch = parseLaunch(process.argv, process.cwd());
hideArguments('countersign');
const platform = currentPlatform();
const directory = launch.userDataDirectory ?? platform.userDataDirectory;
// Whoever can make a packaged wallet start with arguments could otherwise make it believe a CA of theirs.
const localCaPath = app.isPackaged ? null : launch.localCaPath;
const built = path.join(import.meta.dirname, '..');
const appScheme = new URL(appOrigin).protocol.slice(0, -1);

app.setPath('userData', directory);
if (app.requestSingleInstanceLock()) run();
else app.quit();

function run(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges }]);
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
  let opened: BrowserWindow | null = null;
  const window = app.whenReady().then(() => (opened = openWindow()));
  const house = onceItWorks(() => openRooms(() => opened));
  attend(
    'moving in',
    window.then((shown) => moveIn(shown, house)),
  );
  const open = (opening: Opening | null): void => {
    attend('coming to the front', window.then(reveal));
    if (opening !== null) attend('opening what was handed over', openIn(house, opening));
  };
  listenForOpenings(open);
  if (launch.opening !== null) open(launch.opening);
  app.on('window-all-closed', () => app.quit());
  closeBeforeQuitting(house);
}

function openWindow(): BrowserWindow {
  const template = menuTemplate(platform.name);
  Menu.setApplicationMenu(template && Menu.buildFromTemplate(template));
  protocol.handle(appScheme, serveApp(path.join(built, 'renderer')));
  return createMainWindow({
    preload: path.join(built, 'preload', 'preload.cjs'),
    stateFile: path.join(directory, 'window.json'),
    report,
  });
}

/**
 * The page comes up while the rooms are still being opened; what it asks for until then waits at the border.
 * When they cannot be opened, each request is a new attempt: what was in the way may be gone.
 */
function moveIn(window: BrowserWindow, house: () => Promise<House>): Promise<unknown> {
  const handlers = onceItWorks(async () => connect(await house(), window));
  const page = pageOf(window);
  openElectronBorder({ handlers, page, origin: appOrigin, toFailure: toFailureOnceLoaded });
  return Promise.all([loadPage(window), handlers()]);
}

/** Loaded late: reading the rooms' code takes longer than the first paint may. */
async function openRooms(opened: () => BrowserWindow | null): Promise<House> {
  const [
    { openHouse },
    { failureTranslator },
    { systemRoutes },
    { UtilityLauncher },
    { desktopPasskeys },
  ] = await Promise.all([
    import('./house.ts'),
    import('./ipc/to-failure.ts'),
    import('./system-routes.ts'),
    import('./utility-launcher.ts'),
    import('./desktop-passkeys.ts'),
  ]);
  const mainWindow = (): BrowserWindow | null => {
    const window = opened();
    return window === null || window.isDestroyed() ? null : window;
  };
  const comeForward = (): void => {
    const window = mainWindow();
    if (window !== null) reveal(window);
  };
  return openHouse({
    ...{ version: app.getVersion(), platform, directory, localCaPath, report },
    languages: app.getPreferredSystemLanguages(),
    routesFor: systemRoutes(process.env),
    launcher: new UtilityLauncher(path.join(built, 'main', 'token-process.js')),
    passkeysIn: (rooms) => desktopPasskeys(rooms, { built, mainWindow, comeForward }),
    toFailure: failureTranslator(reportUnforeseen),
  });
}

async function connect(house: House, window: BrowserWindow): Promise<Handlers> {
  const [{ wire }, { failureTranslator }, dialogs] = await Promise.all([
    import('./wiring.ts'),
    import('./ipc/to-failure.ts'),
    import('./ipc/file-dialogs.ts'),
  ]);
  const handlers = wire(house, {
    version: app.getVersion(),
    localCaOffered: localCaPath !== null,
    systemLanguages: () => app.getPreferredSystemLanguages(),
    notifier: notifierFor(pageOf(window)),
    applyTheme: (theme) => {
      nativeTheme.themeSource = theme;
    },
    chooseProfileFile: () => dialogs.chooseProfileFile(window),
    chooseModule: () => dialogs.chooseModule(window),
    chooseNetworkFile: () => dialogs.chooseNetworkFile(window),
    chooseDocument: () => dialogs.chooseDocument(window),
    saveDocumentAs: (suggestedPath) => dialogs.saveDocumentAs(window, suggestedPath),
    save: (exported) => dialogs.saveExport(window, exported),
    openExternal: (url) => shell.openExternal(url),
    notify: (notice) => show(notice, window),
    toFailure: failureTranslator(reportUnforeseen),
    report,
  });
  whenAway(powerMonitor, () => attend('logging out of tokens', house.tokens.logoutAll()));
  powerMonitor.on('resume', () => house.enrollments.resumeAll());
  return handlers;
}

function show({ title, body }: Notice, window: BrowserWindow): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', () => {
    if (!window.isDestroyed()) reveal(window);
  });
  notification.show();
}

function pageOf(window: BrowserWindow): () => BrowserWindow['webContents'] | null {
  return () => (window.isDestroyed() ? null : window.webContents);
}

async function toFailureOnceLoaded(error: unknown): Promise<Failure> {
  const { failureTranslator } = await import('./ipc/to-failure.ts');
  return failureTranslator(reportUnforeseen)(error);
}

function reportUnforeseen(error: unknown): void {
  report('an error that nobody foresaw', error);
}

async function openIn(house: () => Promise<House>, opening: Opening): Promise<void> {
  const { previews, approvals } = await house();
  if (opening.kind === 'link' && approvals.takesLink(opening.link)) {
    approvals.openLink(opening.link);
  } else await previews.receive(opening);
}

/** Lets running enrolments reach a line of the journal; without this the next start would find the same place. */
function closeBeforeQuitting(house: () => Promise<House>): void {
  let isClosed = false;
  app.on('before-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    isClosed = true;
    attend(
      'closing',
      house()
        .then((opened) => opened.close())
        .finally(() => app.quit()),
    );
  });
}

function attend(doing: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => report(doing, error));
}
