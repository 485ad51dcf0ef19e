// Pages that a page opens: Chromium tells of the call and of the new page separately, in either order.
import type Electron from 'electron';
import type { Page } from './browser.ts';
import type { CdpSession, Protocol } from './cdp.ts';
import type { CustomSchemes } from './scheme.ts';

export type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];
type Opening = Protocol.Page.windowOpenPayload;

export type PopupOptions = {
  readonly schemes: CustomSchemes;
  readonly referrer: () => string;
  readonly close: (page: Page) => void;
  readonly adopt: (
    page: Page,
    details: Electron.HandlerDetails,
    response: Electron.WindowOpenHandlerResponse,
  ) => void;
};

export class Popups {
  readonly #options: PopupOptions;
  readonly #openings: Opening[] = [];
  readonly #pages: Page[] = [];
  #handler: OpenHandler = () => ({ action: 'allow' });

  constructor(options: PopupOptions) {
    this.#options = options;
  }

  setHandler(handler: OpenHandler): void {
    this.#handler = handler;
  }

  listen(session: CdpSession): void {
    session.on('Page.windowOpen', (opening) => {
      this.#openings.push(opening);
      this.#decide();
    });
  }

  add(page: Page): void {
    this.#pages.push(page);
    this.#decide();
  }

  #decide(): void {
    const [opening] = this.#openings;
    const [page] = this.#pages;
    if (!opening || !page) return;
    this.#openings.shift();
    this.#pages.shift();
    const details = this.#describe(opening);
    const response = this.#handler(details);
    if (response.action === 'deny') this.#options.close(page);
    else this.#options.adopt(page, details, response);
  }

  #describe({ url, windowName, windowFeatures }: Opening): Electron.HandlerDetails {
    return {
      url: this.#options.schemes.toApp(url),
      frameName: windowName,
      features: windowFeatures.join(','),
      disposition: windowFeatures.length > 0 ? 'new-window' : 'foreground-tab',
      referrer: { url: this.#options.referrer(), policy: 'strict-origin-when-cross-origin' },
    };
  }
}
