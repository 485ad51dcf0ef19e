import type Electron from 'electron';
import type { Page } from './browser.ts';
import { emitEvent } from './event.ts';
import { guarded, guardedClass, UnsupportedError } from './guard.ts';
import type { Image } from './fakes/native-image.ts';
import type { Host } from './host.ts';
import type { Session } from './session.ts';
import { WebContents } from './web-contents.ts';
import { WindowAppearance } from './window-appearance.ts';

type Options = Electron.BrowserWindowConstructorOptions;
type Members = Pick<
  Electron.BrowserWindow,
  'close' | 'destroy' | 'id' | 'isDestroyed' | 'isModal' | 'loadFile' | 'loadURL' | 'reload'
>;

/** A window as `new BrowserWindow` makes it; electron.ts binds it to the one host. */
export class WindowBase extends WindowAppearance implements Members {
  readonly id: number;
  readonly webContents: WebContents;
  readonly #host: Host;
  readonly #parent: WindowBase | null;
  readonly #modal: boolean;
  #destroyed = false;
  #closing = false;

  constructor(host: Host, options: Options = {}, page?: Page) {
    super(options);
    refuseWeakIsolation(options);
    this.id = Math.max(0, ...host.windows.keys()) + 1;
    this.#host = host;
    this.#parent = (options.parent as unknown as WindowBase | undefined) ?? null;
    this.#modal = options.modal ?? false;
    const session = sessionOf(host, options);
    this.webContents = new WebContents(host, {
      session,
      preload: options.webPreferences?.preload,
      page: page ? Promise.resolve(page) : this.#open(session, options),
      size: () => this.getBounds(),
    });
    host.windows.set(this.id, this);
    this.#listen();
    host.app.emit('browser-window-created', {}, this);
    if (this.isVisible()) queueMicrotask(() => this.focus());
  }

  loadURL(url: string, options?: Electron.LoadURLOptions): Promise<void> {
    return this.webContents.loadURL(url, options);
  }

  loadFile(path: string, options?: Electron.LoadFileOptions): Promise<void> {
    return this.webContents.loadFile(path, options);
  }

  reload(): void {
    this.webContents.reload();
  }

  capturePage(area?: Electron.Rectangle): Promise<Image> {
    return this.webContents.capturePage(area);
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isModal(): boolean {
    return this.#modal;
  }

  getParentWindow(): WindowBase | null {
    return this.#parent;
  }

  getChildWindows(): WindowBase[] {
    return [...this.#host.windows.values()].filter((window) => window.#parent === this);
  }

  close(): void {
    if (this.#destroyed || this.#closing) return;
    if (emitEvent(this, 'close').defaultPrevented) {
      this.#host.app.emit('-close-refused');
      return;
    }
    this.#closing = true;
    this.webContents.close({ waitForBeforeUnload: true });
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.webContents.close();
    this.#onClosed();
  }

  protected override raise(): void {
    if (!this.#host.settings.headless) this.webContents.focus();
  }

  protected override place(): void {
    if (this.#host.settings.headless) {
      this.webContents.resize();
      return;
    }
    const { x, y, width, height } = this.getBounds();
    void this.webContents
      .withSession(async (session) => {
        const { windowId } = await session.send('Browser.getWindowForTarget', {});
        const bounds = { left: x, top: y, width, height };
        await session.send('Browser.setWindowBounds', { windowId, bounds });
      })
      .catch(() => undefined);
  }

  async #open(session: Session, { x, y }: Options): Promise<Page> {
    const { width, height } = this.getBounds();
    const contextId = await session.contextId();
    return this.#host.browser.openPage({ width, height, x, y, contextId });
  }

  #listen(): void {
    const { webContents } = this;
    webContents.on('-title', (title: string) => {
      const event = emitEvent(webContents, 'page-title-updated', [title, true]);
      this.emit('page-title-updated', event, title, true);
      if (!event.defaultPrevented) this.setTitle(title);
    });
    webContents.on('-close-refused', () => {
      this.#closing = false;
      this.#host.app.emit('-close-refused');
    });
    webContents.once('destroyed', () => this.#onClosed());
    webContents.on('ready-to-show', () => this.emit('ready-to-show'));
    this.on('focus', () => this.#onFocus());
    this.on('blur', () => emitEvent(this.#host.app, 'browser-window-blur', [this]));
  }

  #onFocus(): void {
    for (const window of this.#host.windows.values()) if (window !== this) window.blur();
    emitEvent(this.#host.app, 'browser-window-focus', [this]);
  }

  #onClosed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#host.windows.delete(this.id);
    for (const child of this.getChildWindows()) child.destroy();
    this.emit('closed');
    this.#host.app.emit('-window-closed');
  }
}

guardedClass('BrowserWindow', WindowAppearance);

/** `BrowserWindow`; `page` is one that already exists. */
export type WindowClass = {
  new (options?: Options, page?: Page): WindowBase;
  getAllWindows(): WindowBase[];
  getFocusedWindow(): WindowBase | null;
  fromId(id: number): WindowBase | null;
  fromWebContents(contents: unknown): WindowBase | null;
};

/** `BrowserWindow` of one host. */
export function createWindowClass(host: Host): WindowClass {
  return class BrowserWindow extends WindowBase {
    constructor(options?: Options, page?: Page) {
      super(host, options, page);
    }

    static getAllWindows(): WindowBase[] {
      return [...host.windows.values()];
    }

    static getFocusedWindow(): WindowBase | null {
      return BrowserWindow.getAllWindows().find((window) => window.isFocused()) ?? null;
    }

    static fromId(id: number): WindowBase | null {
      return host.windows.get(id) ?? null;
    }

    static fromWebContents(contents: unknown): WindowBase | null {
      return (
        BrowserWindow.getAllWindows().find((window) => window.webContents === contents) ?? null
      );
    }
  };
}

/** `webContents`. */
export function createContentsModule({ contents, windows }: Host) {
  const all = () => [...contents.values()];
  const focused = () => [...windows.values()].find((window) => window.isFocused());
  return guarded('webContents', {
    getAllWebContents: all,
    getFocusedWebContents: () => focused()?.webContents ?? null,
    fromId: (id: number) => contents.get(id),
    fromDevToolsTargetId: (id: string) => all().find(({ targetId }) => targetId === id),
    fromFrame: (frame: unknown) => all().find(({ mainFrame }) => mainFrame === frame),
  });
}

// Electron's secure defaults are the only ones there are here: an app that loosens one must not seem to work.
function refuseWeakIsolation({ webPreferences = {} }: Options): void {
  const { nodeIntegration, contextIsolation, sandbox, webviewTag, webSecurity } = webPreferences;
  if (nodeIntegration) throw new UnsupportedError('nodeIntegration');
  if (contextIsolation === false) throw new UnsupportedError('contextIsolation: false');
  if (sandbox === false) throw new UnsupportedError('sandbox: false');
  if (webviewTag) throw new UnsupportedError('webviewTag');
  if (webSecurity === false) throw new UnsupportedError('webSecurity: false');
}

function sessionOf({ sessions }: Host, { webPreferences = {} }: Options): Session {
  if (webPreferences.session) return webPreferences.session as unknown as Session;
  return webPreferences.partition === undefined
    ? sessions.defaultSession
    : sessions.fromPartition(webPreferences.partition);
}
