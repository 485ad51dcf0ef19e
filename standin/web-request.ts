import type Electron from 'electron';
import { guardedClass } from './guard.ts';

type Filter = Electron.WebRequestFilter;
type BeforeRequest = (
  details: Electron.OnBeforeRequestListenerDetails,
  callback: (response: Electron.CallbackResponse) => void,
) => void;
type HeadersReceived = (
  details: Electron.OnHeadersReceivedListenerDetails,
  callback: (response: Electron.HeadersReceivedResponse) => void,
) => void;
type BeforeSendHeaders = (
  details: Electron.OnBeforeSendHeadersListenerDetails,
  callback: (response: Electron.BeforeSendResponse) => void,
) => void;
type Registered<L> = { readonly filter: Filter | undefined; readonly listener: L };
type Members = Pick<
  Electron.WebRequest,
  'onBeforeRequest' | 'onBeforeSendHeaders' | 'onHeadersReceived'
>;

/** `session.webRequest`: one listener per event, as in Electron. */
export class WebRequest implements Members {
  readonly #changed: () => void;
  #beforeRequest: Registered<BeforeRequest> | undefined;
  #beforeSendHeaders: Registered<BeforeSendHeaders> | undefined;
  #headersReceived: Registered<HeadersReceived> | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Somebody wants to hear of every request. */
  get watchesRequests(): boolean {
    return this.#beforeRequest !== undefined || this.#beforeSendHeaders !== undefined;
  }

  /** Somebody wants to hear of every response. */
  get watchesResponses(): boolean {
    return this.#headersReceived !== undefined;
  }

  onBeforeRequest(...values: [Filter, BeforeRequest | null] | [BeforeRequest | null]): void {
    this.#beforeRequest = registered(values);
    this.#changed();
  }

  onBeforeSendHeaders(
    ...values: [Filter, BeforeSendHeaders | null] | [BeforeSendHeaders | null]
  ): void {
    this.#beforeSendHeaders = registered(values);
    this.#changed();
  }

  onHeadersReceived(...values: [Filter, HeadersReceived | null] | [HeadersReceived | null]): void {
    this.#headersReceived = registered(values);
    this.#changed();
  }

  askBeforeRequest(
    details: Electron.OnBeforeRequestListenerDetails,
  ): Promise<Electron.CallbackResponse> {
    return ask(this.#beforeRequest, details, {});
  }

  askBeforeSendHeaders(
    details: Electron.OnBeforeSendHeadersListenerDetails,
  ): Promise<Electron.BeforeSendResponse> {
    return ask(this.#beforeSendHeaders, details, {});
  }

  askHeadersReceived(
    details: Electron.OnHeadersReceivedListenerDetails,
  ): Promise<Electron.HeadersReceivedResponse> {
    return ask(this.#headersReceived, details, {});
  }
}

guardedClass('WebRequest', WebRequest);

function registered<L>(values: [Filter, L | null] | [L | null]): Registered<L> | undefined {
  const [first, second] = values;
  const [filter, listener] =
    values.length === 2 ? [first as Filter, second as L | null] : [undefined, first as L | null];
  return listener === null ? undefined : { filter, listener };
}

function ask<D extends { url: string; resourceType: string }, R>(
  entry: Registered<(details: D, callback: (response: R) => void) => void> | undefined,
  details: D,
  unasked: R,
): Promise<R> {
  if (!entry || !matches(entry.filter, details)) return Promise.resolve(unasked);
  return new Promise((resolve) => {
    entry.listener(details, resolve);
  });
}

function matches(
  filter: Filter | undefined,
  { url, resourceType }: { url: string; resourceType: string },
) {
  if (!filter) return true;
  if (filter.types && !filter.types.some((type) => type === resourceType)) return false;
  if (filter.excludeUrls?.some((pattern) => matchesPattern(pattern, url))) return false;
  return filter.urls.length === 0 || filter.urls.some((pattern) => matchesPattern(pattern, url));
}

function matchesPattern(pattern: string, url: string): boolean {
  if (pattern === '<all_urls>') return true;
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`).test(url);
}
