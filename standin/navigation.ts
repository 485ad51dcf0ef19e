// A page's life as Chromium tells it, turned into the events and the state that Electron has for it.
import type { EventEmitter } from 'node:events';
import type { CdpSession, Protocol } from './cdp.ts';
import { emitEvent, PreventableEvent } from './event.ts';
import type { CustomSchemes } from './scheme.ts';

/** A load that did not come to its end; `errno` is Chromium's net error. */
export class LoadError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly url: string;

  constructor(code: string, errno: number, url: string) {
    super(`${code} (${errno}) loading '${url}'`);
    this.code = code;
    this.errno = errno;
    this.url = url;
  }
}

// chromium/net/base/net_error_list.h, those that Fetch.failRequest and plain refusals lead to.
const NET_ERRORS: Readonly<Record<string, number>> = {
  ERR_FAILED: -2,
  ERR_ABORTED: -3,
  ERR_FILE_NOT_FOUND: -6,
  ERR_BLOCKED_BY_CLIENT: -20,
  ERR_CONNECTION_REFUSED: -102,
  ERR_NAME_NOT_RESOLVED: -105,
  ERR_INTERNET_DISCONNECTED: -106,
  ERR_ADDRESS_UNREACHABLE: -109,
  ERR_INVALID_URL: -300,
  ERR_UNKNOWN_URL_SCHEME: -302,
};

export type NavigationOptions = {
  readonly contents: EventEmitter;
  readonly schemes: CustomSchemes;
  readonly mainFrameId: string;
  /** The page's own before the app's first: nobody is told of it. */
  readonly initialUrl: string;
  /** Called before the events of a new document. */
  readonly onCommit: (url: string) => void;
};

type Waiting = { readonly resolve: () => void; readonly reject: (error: LoadError) => void };

export class Navigation {
  readonly #options: NavigationOptions;
  readonly #loads = new Map<string, Waiting>();
  readonly #reached = new Set<string>();
  #loader = '';
  #started = false;
  #expected = false;
  #requested = false;
  #painted = false;
  url = '';
  title = '';
  isLoading = false;

  constructor(options: NavigationOptions) {
    this.#options = options;
  }

  /** Must precede every navigation that the app itself asks for: it is neither announced nor prevented. */
  expect(): void {
    this.#started = true;
    this.#expected = true;
  }

  /** Whether a document may come; asks the app's listeners when the page chose it. */
  mayNavigate(url: string, kind: { isMainFrame: boolean; isRedirect: boolean }): boolean {
    const { contents } = this.#options;
    if (kind.isMainFrame && !kind.isRedirect && !this.#isPagesChoice()) return true;
    const details = { url, isMainFrame: kind.isMainFrame, isSameDocument: false };
    if (kind.isRedirect) {
      const event = emitEvent(contents, 'will-redirect', [url, false, kind.isMainFrame], details);
      return !event.defaultPrevented;
    }
    const event = Object.assign(new PreventableEvent(), details);
    contents.emit('will-frame-navigate', event);
    if (kind.isMainFrame && !event.defaultPrevented) contents.emit('will-navigate', event, url);
    return !event.defaultPrevented;
  }

  /** Settles when the document of this loader has loaded. */
  loaded(loader: string): Promise<void> {
    if (this.#reached.has(loader)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#loads.set(loader, { resolve, reject }));
  }

  fail(url: string, text: string, isMainFrame = true): LoadError {
    const code = text.replace(/^net::/, '');
    const errno = NET_ERRORS[code] ?? -2;
    if (code !== 'ERR_ABORTED') {
      emitEvent(this.#options.contents, 'did-fail-load', [errno, code, url, isMainFrame, 1, 1]);
    }
    return new LoadError(code, errno, url);
  }

  setTitle(title: string): void {
    if (title === this.title) return;
    this.title = title;
    this.#options.contents.emit('-title', title);
  }

  listen(session: CdpSession): void {
    session.on('Page.frameRequestedNavigation', ({ frameId }) => {
      if (this.#isMain(frameId)) this.#requested = true;
    });
    session.on('Page.frameStartedNavigating', (event) => this.#onStarted(event));
    session.on('Page.frameNavigated', ({ frame }) => this.#onNavigated(frame));
    session.on('Page.navigatedWithinDocument', (event) => this.#onWithinDocument(event));
    session.on('Page.frameStartedLoading', ({ frameId }) => this.#onLoading(frameId, true));
    session.on('Page.frameStoppedLoading', ({ frameId }) => this.#onLoading(frameId, false));
    session.on('Page.lifecycleEvent', (event) => this.#onLifecycle(event));
  }

  // Another debugger may navigate as well, as if it were the app. A page's own choice is announced by its process on the
  // same channel as, and before, the navigation itself.
  #isPagesChoice(): boolean {
    const isChosen = this.#requested && !this.#expected;
    this.#requested = false;
    this.#expected = false;
    return isChosen;
  }

  #isMain(frameId: string): boolean {
    return frameId === this.#options.mainFrameId;
  }

  #onStarted({ frameId, url, navigationType }: Protocol.Page.frameStartedNavigatingPayload): void {
    if (!this.#started) return;
    const isMainFrame = this.#isMain(frameId);
    const isSameDocument = /sameDocument$/i.test(navigationType);
    const appUrl = this.#options.schemes.toApp(url);
    const details = { url: appUrl, isSameDocument, isMainFrame };
    const values = [appUrl, isSameDocument, isMainFrame, 1, 1];
    emitEvent(this.#options.contents, 'did-start-navigation', values, details);
  }

  #onNavigated(frame: Protocol.Page.Frame): void {
    const url = this.#options.schemes.toApp(frame.url + (frame.urlFragment ?? ''));
    if (!this.#isMain(frame.id)) {
      if (this.#started)
        emitEvent(this.#options.contents, 'did-frame-navigate', [url, 200, '', false, 1, 1]);
      return;
    }
    if (this.#isInitial(frame.url)) return;
    for (const [loader, { reject }] of this.#loads) {
      if (loader === frame.loaderId) continue;
      this.#loads.delete(loader);
      reject(this.fail(url, 'net::ERR_ABORTED'));
    }
    this.#loader = frame.loaderId;
    this.#reached.clear();
    if (!this.#started) return;
    this.url = url;
    this.#options.onCommit(url);
    if (frame.unreachableUrl !== undefined) return;
    emitEvent(this.#options.contents, 'did-navigate', [url, 200, 'OK']);
    emitEvent(this.#options.contents, 'did-frame-navigate', [url, 200, 'OK', true, 1, 1]);
  }

  #isInitial(url: string): boolean {
    return url === this.#options.initialUrl && !(this.#started && url === 'about:blank');
  }

  #onWithinDocument({ frameId, url }: Protocol.Page.navigatedWithinDocumentPayload): void {
    const isMainFrame = this.#isMain(frameId);
    const appUrl = this.#options.schemes.toApp(url);
    if (isMainFrame) this.url = appUrl;
    emitEvent(this.#options.contents, 'did-navigate-in-page', [appUrl, isMainFrame, 1, 1]);
  }

  #onLoading(frameId: string, isLoading: boolean): void {
    if (!this.#started || !this.#isMain(frameId) || this.isLoading === isLoading) return;
    this.isLoading = isLoading;
    this.#options.contents.emit(isLoading ? 'did-start-loading' : 'did-stop-loading');
  }

  #onLifecycle({ frameId, loaderId, name }: Protocol.Page.lifecycleEventPayload): void {
    if (!this.#started || !this.#isMain(frameId) || loaderId !== this.#loader) return;
    const { contents } = this.#options;
    if (name === 'DOMContentLoaded') emitEvent(contents, 'dom-ready');
    if (name === 'firstPaint') this.#onPaint();
    if (name !== 'load') return;
    this.#reached.add(loaderId);
    emitEvent(contents, 'did-frame-finish-load', [true, 1, 1]);
    emitEvent(contents, 'did-finish-load');
    this.#loads.get(loaderId)?.resolve();
    this.#loads.delete(loaderId);
    // A page without anything to paint is ready to be shown as well.
    this.#onPaint();
  }

  #onPaint(): void {
    if (this.#painted) return;
    this.#painted = true;
    this.#options.contents.emit('ready-to-show');
  }
}
