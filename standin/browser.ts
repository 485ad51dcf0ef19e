// The one Chromium behind the app: its pages are handed to the web contents that asked for them.
import { randomUUID } from 'node:crypto';
import {
  openAppWindow,
  startChromium,
  type ChromiumOptions,
  type RunningChromium,
} from './chromium.ts';
import type { CdpConnection, CdpSession, Protocol } from './cdp.ts';

/** A page target with a session attached, held before its first script until told to run. */
export type Page = {
  readonly targetId: string;
  readonly session: CdpSession;
};

export type PageRequest = {
  readonly width: number;
  readonly height: number;
  readonly x: number | undefined;
  readonly y: number | undefined;
  /** The storage partition; undefined is the profile's own. */
  readonly contextId: string | undefined;
};

/** Whoever a page belongs to. */
export type Watcher = {
  /** The page opened another one, which waits for what is to become of it. */
  readonly onPopup: (page: Page) => void;
  readonly onGone: () => void;
};

type TargetInfo = Protocol.Target.TargetInfo;
type Attached = Page & { readonly info: TargetInfo };

export class Browser {
  readonly #options: () => ChromiumOptions;
  readonly #pages = new Map<string, Attached>();
  readonly #watchers = new Map<string, Watcher>();
  readonly #expected = new Map<string, (page: Page) => void>();
  readonly #waiting = new Set<Promise<unknown>>();
  #running: RunningChromium | undefined;
  #closing = false;
  #onLost: () => void = () => undefined;
  readonly #onVersion: (version: string) => void;

  constructor(options: () => ChromiumOptions, onVersion: (version: string) => void) {
    this.#options = options;
    this.#onVersion = onVersion;
  }

  /** Starts Chromium once; what is sent before it is up waits in the pipe. */
  start(): CdpConnection {
    if (this.#running) return this.#running.connection;
    const running = startChromium(this.#options());
    this.#running = running;
    const { root } = running.connection;
    root.on('Target.attachedToTarget', (event) => this.#onAttached(running.connection, event));
    root.on('Target.targetInfoChanged', ({ targetInfo }) => this.#onInfo(targetInfo));
    root.on('Target.detachedFromTarget', ({ targetId }) => {
      if (targetId !== undefined) this.#onDetached(targetId);
    });
    // Answered before any page is there.
    root.send('Browser.getVersion').then(
      ({ product }) => this.#onVersion(product.replace(/^.*\//, '')),
      (error: unknown) => running.connection.report(error),
    );
    root.tell('Target.setDiscoverTargets', { discover: true });
    root.tell('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
      filter: [{ type: 'page' }, { exclude: true }],
    });
    void running.exited.then(() => {
      if (!this.#closing) this.#onLost();
    });
    return running.connection;
  }

  /** Called when Chromium ends by itself. */
  onLost(listener: () => void): void {
    this.#onLost = listener;
  }

  async openPage(request: PageRequest): Promise<Page> {
    const { root } = this.start();
    const { settings } = this.#options();
    const opening =
      settings.headless || request.contextId !== undefined
        ? this.#createPage(root, request)
        : this.#createAppWindow(request);
    this.#waiting.add(opening);
    return opening.finally(() => this.#waiting.delete(opening));
  }

  watch(targetId: string, watcher: Watcher): void {
    if (this.#pages.has(targetId)) this.#watchers.set(targetId, watcher);
    else watcher.onGone();
  }

  closePage(targetId: string): void {
    this.#running?.connection.root.tell('Target.closeTarget', { targetId });
  }

  async createContext(): Promise<string> {
    const { browserContextId } = await this.start().root.send('Target.createBrowserContext', {
      disposeOnDetach: true,
    });
    return browserContextId;
  }

  /** Ends Chromium: politely, so that storage reaches the disk, and after two seconds by force. */
  async close(): Promise<void> {
    this.#closing = true;
    if (!this.#running) return;
    const { connection, exited, kill } = this.#running;
    connection.root.tell('Browser.close');
    const deadline = setTimeout(kill, 2000);
    await exited;
    clearTimeout(deadline);
  }

  kill(): void {
    this.#closing = true;
    this.#running?.kill();
  }

  async #createPage(root: CdpSession, request: PageRequest): Promise<Page> {
    const { width, height, contextId } = request;
    const { targetId } = await root.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
      ...(contextId !== undefined && { browserContextId: contextId }),
    });
    const page = this.#pages.get(targetId);
    return page ?? new Promise((resolve) => this.#expected.set(targetId, resolve));
  }

  async #createAppWindow({ width, height, x, y }: PageRequest): Promise<Page> {
    const token = randomUUID();
    const placed = x === undefined || y === undefined ? [] : [`--window-position=${x},${y}`];
    // The hand-over only reaches a browser that is up.
    await this.start().root.send('Browser.getVersion');
    const page = new Promise<Page>((resolve) => this.#expected.set(token, resolve));
    openAppWindow(this.#options(), `data:text/html,${token}`, [
      `--window-size=${width},${height}`,
      ...placed,
    ]);
    return page;
  }

  #onAttached(connection: CdpConnection, event: Protocol.Target.attachedToTargetPayload): void {
    const { targetInfo: info, sessionId } = event;
    const page = { info, targetId: info.targetId, session: connection.session(sessionId) };
    this.#pages.set(info.targetId, page);
    const opener = info.openerId === undefined ? undefined : this.#watchers.get(info.openerId);
    if (opener) opener.onPopup(page);
    else if (!this.#claim(info) && this.#waiting.size === 0) leaveAlone(page.session);
  }

  #onInfo(info: TargetInfo): void {
    if (this.#pages.has(info.targetId)) this.#claim(info);
  }

  #onDetached(targetId: string): void {
    this.#pages.delete(targetId);
    const watcher = this.#watchers.get(targetId);
    this.#watchers.delete(targetId);
    watcher?.onGone();
  }

  // An app window is recognised by the token in its first URL, which may come after the target itself.
  #claim({ targetId, url }: TargetInfo): boolean {
    const token = url.replace(/^data:text\/html,/, '');
    const key = [targetId, token].find((name) => this.#expected.has(name));
    const page = this.#pages.get(targetId);
    if (key === undefined || !page) return false;
    this.#expected.get(key)?.(page);
    this.#expected.delete(key);
    return true;
  }
}

// Somebody else's page, for instance one that a test opened by itself.
function leaveAlone(session: CdpSession): void {
  session.tell('Runtime.runIfWaitingForDebugger');
}
