// Chromium cannot be made to ask the app while a page waits, so the app's handlers are asked when a document comes, once
// for every permission that can be set from outside; Chromium then keeps to the answers.
import type Electron from 'electron';
import type { Browser } from './browser.ts';
import type { Protocol } from './cdp.ts';

type RequestHandler = NonNullable<Parameters<Electron.Session['setPermissionRequestHandler']>[0]>;
type CheckHandler = NonNullable<Parameters<Electron.Session['setPermissionCheckHandler']>[0]>;
type Permission = Parameters<CheckHandler>[1];
type Descriptor = Protocol.Browser.PermissionDescriptor;

const SETTABLE: readonly (readonly [Permission, Descriptor])[] = [
  ['clipboard-read', { name: 'clipboard-read' }],
  ['clipboard-sanitized-write', { name: 'clipboard-write' }],
  ['geolocation', { name: 'geolocation' }],
  ['idle-detection', { name: 'idle-detection' }],
  ['local-fonts', { name: 'local-fonts' }],
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['midi', { name: 'midi' }],
  ['midiSysex', { name: 'midi', sysex: true }],
  ['notifications', { name: 'notifications' }],
  ['payment-handler', { name: 'payment-handler' }],
  ['persistent-storage', { name: 'persistent-storage' }],
  ['screen-wake-lock', { name: 'screen-wake-lock' }],
  ['storage-access', { name: 'storage-access' }],
  ['window-management', { name: 'window-management' }],
];

export type Visit = {
  readonly contents: Electron.WebContents;
  /** The document's origin, as the app knows it. */
  readonly origin: string;
  readonly url: string;
  /** The same, as Chromium knows it. */
  readonly pageOrigin: string;
  readonly contextId: string | undefined;
};

export class Permissions {
  readonly #browser: Browser;
  #request: RequestHandler | null = null;
  #check: CheckHandler | null = null;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  setRequestHandler(handler: RequestHandler | null): void {
    this.#request = handler;
  }

  setCheckHandler(handler: CheckHandler | null): void {
    this.#check = handler;
  }

  /** Settles what a document may do, before it runs. */
  async settle(visit: Visit): Promise<void> {
    const { root } = this.#browser.start();
    await Promise.all(
      SETTABLE.map(async ([name, permission]) => {
        const granted = await this.#ask(name, visit);
        root.tell('Browser.setPermission', {
          permission,
          setting: granted ? 'granted' : 'denied',
          origin: visit.pageOrigin,
          ...(visit.contextId !== undefined && { browserContextId: visit.contextId }),
        });
      }),
    );
  }

  // Electron grants what no handler decides. A granted check spares the page the request.
  async #ask(name: Permission, { contents, origin, url }: Visit): Promise<boolean> {
    const details = { isMainFrame: true, requestingUrl: url };
    if (this.#check?.(contents, name, origin, details)) return true;
    const handler = this.#request;
    if (!handler) return this.#check === null;
    return new Promise((resolve) => {
      handler(contents, name, resolve, details);
    });
  }
}
