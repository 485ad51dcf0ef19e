// The one Chromium behind the app: its pages are handed to the web contents that asked for them.
import { randomUUID } from 'node:crypto';
import { handOver, startChromium, type ChromiumOptions, type RunningChromium } from './chromium.ts';
import type { CdpConnection, CdpSession, Protocol } from './cdp.ts';

/** A page target with a session attached, held before its first script until told to run. */
export type Page = {
  readonly targetId: string;
  readonly session: CdpSession;
  /** What it shows before the app has it load anything. */
  readonly initialUrl: string;
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
  #retired: Promise<void> = Promise.resolve();
  #endsWithWindow = false;
  #closing = false;
  #onLost: () => void = () => undefined;
  readonly #onVersion: (version: string) => void;

  constructor(options: () => ChromiumOptions, onVersion: (version: string) => void) {
    this.#options = options;
    this.#onVersion = onVersion;
  }

  /** Starts Chromium once, with a window or without; what is sent before it is up waits in the pipe. */
  start(windowArguments: readonly string[] = []): CdpConnection {
    if (this.#running) return this.#running.connection;
    const running = startChromium(this.#options(), windowArguments);
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
    this.#endsWithWindow = windowArguments.length > 0;
    void running.exited.then(() => {
      if (!this.#closing && this.#running === running) this.#onLost();
    });
    return running.connection;
  }

  /** Called when Chromium ends by itself. */
  onLost(listener: () => void): void {
    this.#onLost = listener;
  }

  async openPage(request: PageRequest): Promise<Page> {
    const { settings } = this.#options();
    const isPlain = settings.headless || request.contextId !== undefined;
    const opening = isPlain ? this.#createPage(request) : this.#createAppWindow(request);
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

  /** Ends Chromium, and waits for it. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#retire();
    await this.#retired;
  }

  kill(): void {
    this.#closing = true;
    this.#running?.kill();
  }

  async #createPage({ width, height, contextId }: PageRequest): Promise<Page> {
    const { targetId } = await this.start().root.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      width,
      height,
      ...(contextId !== undefined && { browserContextId: contextId }),
    });
    const page = this.#pages.get(targetId);
    return page ?? new Promise((resolve) => this.#expected.set(targetId, resolve));
  }

  // The first window comes with Chromium itself; the later ones are handed over by a second process, which only reaches a
  // browser that is up, and whose wishes of size and place are not heard.
  async #createAppWindow(request: PageRequest): Promise<Page> {
    await this.#retired;
    const token = randomUUID();
    const opened = new Promise<Page>((resolve) => this.#expected.set(token, resolve));
    const values = appWindowArguments(`data:text/html,${token}`, request);
    const options = this.#options();
    if (!this.#running && !options.switches.has('remote-debugging-port')) {
      this.start(values);
      return opened;
    }
    // Who is connected by a port must not lose it with the last window.
    const { root } = this.start();
    await root.send('Browser.getVersion');
    handOver(options, values);
    const page = await opened;
    const { windowId } = await root.send('Browser.getWindowForTarget', { targetId: page.targetId });
    const { width, height, x: left, y: top } = request;
    const placed = left !== undefined && top !== undefined && { left, top };
    await root.send('Browser.setWindowBounds', { windowId, bounds: { width, height, ...placed } });
    return page;
  }

  #onAttached(connection: CdpConnection, event: Protocol.Target.attachedToTargetPayload): void {
    const { targetInfo: info, sessionId } = event;
    const session = connection.session(sessionId);
    const page = { info, targetId: info.targetId, session, initialUrl: info.url };
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
    // Chromium that came with a window ends with its last one; the next window starts it again.
    if (this.#endsWithWindow && this.#pages.size + this.#waiting.size === 0) this.#retire();
    watcher?.onGone();
  }

  #retire(): void {
    if (!this.#running) return;
    this.#retired = end(this.#running);
    this.#running = undefined;
  }

  // An app window is recognised by the token in its first URL, which may come after the target itself.
  #claim({ targetId, url }: TargetInfo): boolean {
    const token = url.replace(/^data:text\/html,/, '');
    const key = [targetId, token].find((name) => this.#expected.has(name));
    const page = this.#pages.get(targetId);
    if (key === undefined || !page) return false;
    this.#expected.get(key)?.({ ...page, initialUrl: url });
    this.#expected.delete(key);
    return true;
  }
}

// Somebody else's page, for instance one that a test opened by itself.
function leaveAlone(session: CdpSession): void {
  session.tell('Runtime.runIfWaitingForDebugger');
}

function appWindowArguments(url: string, { width, height, x, y }: PageRequest): string[] {
  const placed = x === undefined || y === undefined ? [] : [`--window-position=${x},${y}`];
  return [`--app=${url}`, `--window-size=${width},${height}`, ...placed];
}

// Politely, so that storage reaches the disk; after five seconds by force.
async function end({ connection, exited, kill }: RunningChromium): Promise<void> {
  connection.root.tell('Browser.close');
  const deadline = setTimeout(kill, 5000);
  await exited;
  clearTimeout(deadline);
}
