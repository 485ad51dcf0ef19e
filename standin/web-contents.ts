import { EventEmitter, once } from 'node:events';
import { pathToFileURL } from 'node:url';
import type Electron from 'electron';
import { attachPage, setSize, type AttachedPage, type Size } from './attached-page.ts';
import type { Page } from './browser.ts';
import type { CdpSession } from './cdp.ts';
import { codec } from './codec.ts';
import { deliver } from './dispatch.ts';
import { emitEvent } from './event.ts';
import { createImage, type Image } from './fakes/native-image.ts';
import { Frame, originOf } from './frame.ts';
import { guardedClass, UnsupportedError } from './guard.ts';
import type { Host } from './host.ts';
import { IpcMain } from './ipc-main.ts';
import { listenToConsole, toError } from './page-console.ts';
import { Popups, type OpenHandler } from './popups.ts';
import type { Session } from './session.ts';
import { composeWorlds } from './worlds.ts';

export type WebContentsOptions = {
  readonly session: Session;
  readonly preload: string | undefined;
  readonly page: Promise<Page>;
  /** The page's size where no real window gives it one, in CSS pixels. */
  readonly size: () => Size;
};

type Members = Pick<
  Electron.WebContents,
  | 'close'
  | 'executeJavaScript'
  | 'focus'
  | 'forcefullyCrashRenderer'
  | 'getTitle'
  | 'getType'
  | 'getURL'
  | 'id'
  | 'insertCSS'
  | 'isCrashed'
  | 'isDestroyed'
  | 'isDevToolsOpened'
  | 'isLoading'
  | 'isLoadingMainFrame'
  | 'loadFile'
  | 'loadURL'
  | 'reload'
  | 'send'
  | 'setIgnoreMenuShortcuts'
  | 'setVisualZoomLevelLimits'
  | 'setWindowOpenHandler'
  | 'stop'
>;

/** How long a page may take to say that it does not want to be closed, in milliseconds. */
const SILENCE = 3000;

/** One page, from its creation to its end; what is asked of it before Chromium has it waits. */
export class WebContents extends EventEmitter implements Members {
  readonly id: number;
  readonly session: Session;
  readonly ipc = new IpcMain();
  readonly #host: Host;
  readonly #options: WebContentsOptions;
  readonly #popups: Popups;
  readonly #attaching: Promise<AttachedPage>;
  #attached: AttachedPage | undefined;
  #frame: Frame;
  #destroyed = false;
  #crashed = false;

  constructor(host: Host, options: WebContentsOptions) {
    super();
    this.id = Math.max(0, ...host.contents.keys()) + 1;
    this.session = options.session;
    this.#host = host;
    this.#options = options;
    this.#frame = this.#newFrame('');
    this.#popups = new Popups({
      schemes: host.schemes,
      referrer: () => this.getURL(),
      close: ({ targetId }) => host.browser.closePage(targetId),
      adopt: (page, details, response) => this.#adopt(page, details, response),
    });
    host.contents.set(this.id, this);
    this.#attaching = options.page.then((page) => this.#attach(page));
    this.#attaching.catch((error: unknown) => {
      if (!this.#destroyed) console.error('stand-in: a window could not be opened:', error);
      this.#onGone();
    });
    host.app.emit('web-contents-created', {}, this);
  }

  get mainFrame(): Frame {
    return this.#frame;
  }

  /** Chromium's name for the page; undefined until it has one. */
  get targetId(): string | undefined {
    return this.#attached?.targetId;
  }

  async loadURL(url: string, options: Electron.LoadURLOptions = {}): Promise<void> {
    if (Object.keys(options).length > 0)
      throw new UnsupportedError('the second argument of loadURL');
    const { session, navigation } = await this.#attaching;
    if (!isLoadable(url, this.#host)) throw navigation.fail(url, 'ERR_UNKNOWN_URL_SCHEME');
    navigation.expect();
    const { errorText, loaderId } = await session.send('Page.navigate', {
      url: this.#host.schemes.toPage(url),
    });
    if (errorText !== undefined) throw navigation.fail(url, errorText);
    if (loaderId !== undefined) await navigation.loaded(loaderId);
  }

  async loadFile(path: string, { query = {}, hash, search }: Electron.LoadFileOptions = {}) {
    const url = pathToFileURL(path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    if (search !== undefined) url.search = search;
    if (hash !== undefined) url.hash = hash;
    await this.loadURL(url.href);
  }

  getURL(): string {
    return this.#attached?.navigation.url ?? '';
  }

  getTitle(): string {
    return this.#attached?.navigation.title ?? '';
  }

  getType(): 'window' {
    return 'window';
  }

  isLoading(): boolean {
    return this.#attached?.navigation.isLoading ?? false;
  }

  isLoadingMainFrame(): boolean {
    return this.isLoading();
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isCrashed(): boolean {
    return this.#crashed;
  }

  isDevToolsOpened(): boolean {
    return false;
  }

  focus(): void {
    this.#tell((session) => session.tell('Page.bringToFront'));
  }

  reload(): void {
    this.#crashed = false;
    this.#tell((session) => {
      this.#attached?.navigation.expect();
      session.tell('Page.reload', {});
    });
  }

  stop(): void {
    this.#tell((session) => session.tell('Page.stopLoading'));
  }

  setIgnoreMenuShortcuts(): void {
    // There is no menu whose shortcuts could reach a page.
  }

  async setVisualZoomLevelLimits(): Promise<void> {
    // Chromium's window has no pinch zoom on a desktop to begin with.
    await Promise.resolve();
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#popups.setHandler(handler);
  }

  send(channel: string, ...values: unknown[]): void {
    const text = codec.encode(values);
    this.#attached?.line.send({ kind: 'send', channel, text });
  }

  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    const { session } = await this.#attaching;
    if (this.isLoading()) await once(this, 'did-stop-loading');
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture,
    });
    if (exceptionDetails) throw toError(exceptionDetails);
    return result.value as unknown;
  }

  async insertCSS(css: string): Promise<string> {
    await this
      .executeJavaScript(`document.adoptedStyleSheets.push(Object.assign(new CSSStyleSheet(), {}));
      document.adoptedStyleSheets.at(-1).replaceSync(${JSON.stringify(css)}); undefined`);
    return css;
  }

  async capturePage(area?: Electron.Rectangle): Promise<Image> {
    const { session } = await this.#attaching;
    const { data } = await session.send('Page.captureScreenshot', {
      format: 'png',
      ...(area && { clip: { ...area, scale: 1 } }),
    });
    return createImage(Buffer.from(data, 'base64'));
  }

  forcefullyCrashRenderer(): void {
    this.#tell((session) => session.tell('Page.crash'));
  }

  close(options?: Electron.CloseOpts): void {
    void this.#attaching.then(
      ({ session, targetId }) => {
        if (!options?.waitForBeforeUnload || this.#crashed) this.#host.browser.closePage(targetId);
        else this.#askToClose(session, targetId);
      },
      () => this.#onGone(),
    );
  }

  /** Applies a new size of the window's content. */
  resize(): void {
    this.#tell((session) => {
      void setSize(session, this.#host, this.#options.size()).catch(() => undefined);
    });
  }

  /** For the window: does something with the page's session as soon as there is one. */
  async withSession<T>(use: (session: CdpSession, targetId: string) => Promise<T>): Promise<T> {
    const { session, targetId } = await this.#attaching;
    return use(session, targetId);
  }

  async #attach(page: Page): Promise<AttachedPage> {
    const { browser } = this.#host;
    browser.watch(page.targetId, {
      onPopup: (popup) => this.#popups.add(popup),
      onGone: () => this.#onGone(),
    });
    this.#listen(page.session);
    this.#popups.listen(page.session);
    const attached = await attachPage(page, {
      host: this.#host,
      contents: this,
      worlds: composeWorlds(this.#options.preload),
      size: this.#options.size(),
      onCommit: (url) => this.#frameFor(url),
    });
    this.#attached = attached;
    attached.line.onMessage((message, context) => {
      if (message.kind === 'title') {
        attached.navigation.setTitle(message.text);
        return;
      }
      if (message.kind === 'color-scheme') {
        this.#host.colorScheme.correct(page.session, message.text);
        return;
      }
      const frame = this.#frameFor(this.#host.schemes.toApp(message.url));
      const reply = (answer: Parameters<typeof attached.line.send>[0]) =>
        attached.line.send(answer, context);
      deliver(message, { sender: this, frame, ipcMain: this.#host.ipcMain, reply });
    });
    return attached;
  }

  #listen(session: CdpSession): void {
    session.on('Inspector.targetCrashed', () => {
      this.#crashed = true;
      const details = { reason: 'crashed', exitCode: 139 };
      emitEvent(this, 'render-process-gone', [details], details);
    });
    listenToConsole(session, (line) => {
      if (this.#host.settings.verbose) console.error(`[page] ${line.level}: ${line.message}`);
      emitEvent(this, 'console-message', [], { ...line, frame: this.#frame });
    });
  }

  // A page that is between two documents may never answer. One that asks the person back is not silent.
  #askToClose(session: CdpSession, targetId: string): void {
    const force = setTimeout(() => this.#host.browser.closePage(targetId), SILENCE);
    for (const answer of ['destroyed', '-close-refused'])
      this.once(answer, () => clearTimeout(force));
    session.tell('Page.close');
  }

  #onGone(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#frame.detached = true;
    this.#attached?.detach();
    this.#host.contents.delete(this.id);
    this.emit('destroyed');
  }

  #adopt(
    page: Page,
    details: Electron.HandlerDetails,
    { overrideBrowserWindowOptions = {} }: Electron.WindowOpenHandlerResponse,
  ): void {
    const window = this.#host.adoptWindow(page, overrideBrowserWindowOptions);
    this.emit('did-create-window', window, { ...details, options: overrideBrowserWindowOptions });
    window.loadURL(details.url).catch((error: unknown) => {
      console.error('stand-in: a page opened by a page:', error);
    });
  }

  #frameFor(url: string): Frame {
    if (originOf(url) !== this.#frame.origin) {
      this.#frame.detached = true;
      this.#frame = this.#newFrame(url);
    }
    this.#frame.url = url;
    return this.#frame;
  }

  #newFrame(url: string): Frame {
    return new Frame(url, { contents: this.id, process: this.id });
  }

  #tell(use: (session: CdpSession) => void): void {
    this.#attaching.then(
      ({ session }) => use(session),
      () => undefined,
    );
  }
}

guardedClass('WebContents', WebContents);

// Anything else would be offered to the desktop.
function isLoadable(url: string, { schemes }: Host): boolean {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? [];
  return /^(https?|file|data|about|blob)$/i.test(scheme) || schemes.has(scheme.toLowerCase());
}
