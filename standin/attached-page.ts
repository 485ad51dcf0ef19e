// Puts everything that belongs to a window's page in place before its first document comes.
import type { Page } from './browser.ts';
import type { CdpSession } from './cdp.ts';
import { emitEvent } from './event.ts';
import { guarded } from './guard.ts';
import type { Host } from './host.ts';
import { Navigation } from './navigation.ts';
import { PreloadLine } from './preload-line.ts';
import { Requests } from './requests.ts';
import { originOf } from './frame.ts';
import type { WebContents } from './web-contents.ts';
import type { Worlds } from './worlds.ts';

export type Size = { readonly width: number; readonly height: number };

export type AttachedPage = {
  readonly targetId: string;
  readonly session: CdpSession;
  readonly navigation: Navigation;
  readonly line: PreloadLine;
  readonly detach: () => void;
};

export type AttachOptions = {
  readonly host: Host;
  readonly contents: WebContents;
  readonly worlds: Worlds;
  readonly size: Size;
  readonly onCommit: (url: string) => void;
};

export async function attachPage(page: Page, options: AttachOptions): Promise<AttachedPage> {
  const { targetId, session, initialUrl } = page;
  const { host, contents, worlds, size } = options;
  const navigation = new Navigation({
    contents,
    schemes: host.schemes,
    mainFrameId: targetId,
    initialUrl,
    onCommit: options.onCommit,
  });
  const line = new PreloadLine(session, worlds, targetId);
  const requests = new Requests({
    session: contents.session,
    schemes: host.schemes,
    mainFrameId: targetId,
    contentsId: contents.id,
    mayNavigate: ({ url, ...kind }) => navigation.mayNavigate(url, kind),
  });
  listenToDialogs(session, options);
  listenToDownloads(session, options);
  listenToPermissions(session, options, targetId);
  navigation.listen(session);
  host.colorScheme.add(session);
  await Promise.all([
    session.send('Page.enable'),
    session.send('Runtime.enable'),
    session.send('Page.setLifecycleEventsEnabled', { enabled: true }),
    line.install(),
    requests.watch(session),
    watchWorkers(session, host, requests),
    setSize(session, host, size),
    session.send('Runtime.runIfWaitingForDebugger'),
  ]);
  const unfollow = contents.session.follow(() => requests.refresh());
  const detach = () => {
    unfollow();
    host.colorScheme.remove(session);
  };
  return { targetId, session, navigation, line, detach };
}

/** Gives a page without a real window the size of the one it is thought to be in. */
export async function setSize(
  session: CdpSession,
  host: Host,
  { width, height }: Size,
): Promise<void> {
  if (!host.settings.headless) return;
  const deviceScaleFactor = host.settings.scale ?? 0;
  await session.send('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor,
    mobile: false,
  });
}

async function watchWorkers(session: CdpSession, host: Host, requests: Requests): Promise<void> {
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    const child = host.browser.start().session(sessionId);
    const watched = targetInfo.type === 'iframe' ? requests.watch(child) : Promise.resolve();
    void watched.finally(() => child.tell('Runtime.runIfWaitingForDebugger'));
  });
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'iframe' }, { exclude: true }],
  });
}

function listenToDialogs(session: CdpSession, { host, contents }: AttachOptions): void {
  session.on('Page.javascriptDialogOpening', ({ type }) => {
    if (type === 'beforeunload') {
      const accept = emitEvent(contents, 'will-prevent-unload').defaultPrevented;
      session.tell('Page.handleJavaScriptDialog', { accept });
      if (!accept) contents.emit('-close-refused');
    } else if (host.settings.headless && !host.isDriven()) {
      // Nobody is there to answer.
      session.tell('Page.handleJavaScriptDialog', { accept: false });
    }
  });
}

// Chromium saves a download where it is told to, by Playwright or by nobody; the app may only forbid it.
function listenToDownloads(session: CdpSession, { host, contents }: AttachOptions): void {
  session.on('Page.downloadWillBegin', ({ guid, url, suggestedFilename }) => {
    const item = guarded('DownloadItem', {
      getURL: () => host.schemes.toApp(url),
      getFilename: () => suggestedFilename,
    });
    const event = emitEvent(contents.session, 'will-download', [item, contents]);
    if (event.defaultPrevented) host.browser.start().root.tell('Browser.cancelDownload', { guid });
  });
}

function listenToPermissions(session: CdpSession, options: AttachOptions, frameId: string): void {
  const { host, contents } = options;
  session.on('Page.frameStartedNavigating', (event) => {
    if (event.frameId !== frameId || !event.url.startsWith('http')) return;
    const url = host.schemes.toApp(event.url);
    const pageOrigin = originOf(event.url);
    void contents.session.contextId().then((contextId) =>
      contents.session.permissions.settle({
        contents: contents as unknown as Electron.WebContents,
        origin: originOf(url),
        url,
        pageOrigin,
        contextId,
      }),
    );
  });
}
