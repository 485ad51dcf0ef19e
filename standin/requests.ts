// Every request of a page that the app may have a say in: its own schemes, its locks on navigation, its webRequest.
import type Electron from 'electron';
import type { CdpSession, Protocol } from './cdp.ts';
import { headerEntries, headerLists, toFulfilment, toRequest } from './http-message.ts';
import { MAPPED_PATTERN, type CustomSchemes } from './scheme.ts';
import type { Session } from './session.ts';
import { FetchFailure, fetchVerified, type VerifyProc } from './verified-fetch.ts';

type Paused = Protocol.Fetch.requestPausedPayload;
type ResourceType = Electron.OnBeforeRequestListenerDetails['resourceType'];

const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  Stylesheet: 'stylesheet',
  Script: 'script',
  Image: 'image',
  Font: 'font',
  Media: 'media',
  XHR: 'xhr',
  Fetch: 'xhr',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
};

export type RequestsOptions = {
  readonly session: Session;
  readonly schemes: CustomSchemes;
  readonly mainFrameId: string;
  readonly contentsId: number;
  /** False forbids a document of the page's own choosing. */
  readonly mayNavigate: (navigation: Navigation) => boolean;
};

export type Navigation = {
  readonly url: string;
  readonly isMainFrame: boolean;
  readonly isRedirect: boolean;
};

type Verified = {
  readonly verify: VerifyProc;
  readonly requestHeaders: Record<string, string | string[]> | undefined;
};

export class Requests {
  readonly #options: RequestsOptions;
  readonly #sessions = new Set<CdpSession>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Watches the page itself, or a worker of its. */
  async watch(session: CdpSession): Promise<void> {
    this.#sessions.add(session);
    session.on('Fetch.requestPaused', (paused) => {
      this.#handle(session, paused).catch((error: unknown) => {
        console.error(`stand-in: ${paused.request.url}:`, error);
        this.#fail(session, paused, 'Failed');
      });
    });
    await this.#enable(session);
  }

  forget(session: CdpSession): void {
    this.#sessions.delete(session);
  }

  /** Applies what the session intercepts now. */
  refresh(): void {
    for (const session of this.#sessions) void this.#enable(session).catch(() => undefined);
  }

  async #enable(session: CdpSession): Promise<void> {
    await session.send('Fetch.enable', { patterns: this.#patterns() });
  }

  #patterns(): Protocol.Fetch.RequestPattern[] {
    const { protocol, webRequest, verifyCertificate } = this.#options.session;
    return [
      ...(webRequest.watchesRequests ? [{ urlPattern: '*' }] : []),
      { urlPattern: MAPPED_PATTERN },
      { urlPattern: '*', resourceType: 'Document' as const },
      ...(verifyCertificate ? [{ urlPattern: 'https://*' }] : []),
      ...protocol.intercepted.map((scheme) => ({ urlPattern: `${scheme}://*` })),
      ...(webRequest.watchesResponses
        ? [{ urlPattern: 'http*', requestStage: 'Response' as const }]
        : []),
    ];
  }

  async #handle(session: CdpSession, paused: Paused): Promise<void> {
    if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined) {
      await this.#passResponse(session, paused);
      return;
    }
    if (!this.#isAllowed(paused)) {
      this.#fail(session, paused, 'Aborted');
      return;
    }
    const { cancel, redirectURL } = await this.#options.session.webRequest.askBeforeRequest({
      ...this.#details(paused),
      uploadData: [],
    });
    if (cancel) this.#fail(session, paused, 'BlockedByClient');
    else if (redirectURL !== undefined) this.#redirect(session, paused, redirectURL);
    else await this.#serve(session, paused);
  }

  #isAllowed({ resourceType, request, frameId, redirectedRequestId }: Paused): boolean {
    if (resourceType !== 'Document') return true;
    return this.#options.mayNavigate({
      url: this.#options.schemes.toApp(request.url),
      isMainFrame: frameId === this.#options.mainFrameId,
      isRedirect: redirectedRequestId !== undefined,
    });
  }

  async #serve(session: CdpSession, paused: Paused): Promise<void> {
    const { schemes, session: owner } = this.#options;
    const mapped = schemes.isMapped(paused.request.url);
    const handler = owner.protocol.handlerOf(schemes.toApp(paused.request.url));
    if (!handler) {
      if (mapped) this.#fail(session, paused, 'AddressUnreachable');
      else await this.#passOn(session, paused);
      return;
    }
    await this.#fulfil(session, paused, await handler(toRequest(paused.request, schemes)));
  }

  async #fulfil(session: CdpSession, paused: Paused, given: Response): Promise<void> {
    const { schemes } = this.#options;
    const mapped = schemes.isMapped(paused.request.url);
    const response = await this.#withHeaders(given, paused);
    if (response.type === 'error') {
      this.#fail(session, paused, 'Failed');
      return;
    }
    const isDocument = paused.resourceType === 'Document';
    const fulfilment = await toFulfilment(response, { schemes, mapped, isDocument });
    session.tell('Fetch.fulfillRequest', { requestId: paused.requestId, ...fulfilment });
  }

  async #withHeaders(response: Response, paused: Paused): Promise<Response> {
    const { webRequest } = this.#options.session;
    if (!webRequest.watchesResponses) return response;
    const before = headerLists(response.headers);
    const { cancel, responseHeaders } = await webRequest.askHeadersReceived({
      ...this.#details(paused),
      statusCode: response.status,
      statusLine: `HTTP/1.1 ${response.status} ${response.statusText}`,
      responseHeaders: before,
    });
    if (cancel) return Response.error();
    if (!responseHeaders) return response;
    const { status, statusText, body } = response;
    return new Response(body, { status, statusText, headers: headerEntries(responseHeaders) });
  }

  async #passOn(session: CdpSession, { requestId, ...paused }: Paused): Promise<void> {
    const { webRequest } = this.#options.session;
    const { cancel, requestHeaders } = await webRequest.askBeforeSendHeaders({
      ...this.#details({ requestId, ...paused }),
      requestHeaders: paused.request.headers,
    });
    if (cancel) {
      this.#fail(session, { requestId, ...paused }, 'BlockedByClient');
      return;
    }
    const { verifyCertificate: verify } = this.#options.session;
    if (verify && paused.request.url.startsWith('https:')) {
      await this.#fetch(session, { requestId, ...paused }, { verify, requestHeaders });
      return;
    }
    const headers = requestHeaders && headerEntries(requestHeaders).map(toEntry);
    session.tell('Fetch.continueRequest', { requestId, ...(headers && { headers }) });
  }

  async #fetch(
    session: CdpSession,
    paused: Paused,
    { verify, requestHeaders }: Verified,
  ): Promise<void> {
    const plain = toRequest(paused.request, this.#options.schemes);
    const headers = requestHeaders && headerEntries(requestHeaders);
    try {
      const request = headers ? new Request(plain, { headers }) : plain;
      await this.#fulfil(session, paused, await fetchVerified(request, verify));
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      this.#fail(session, paused, error.reason);
    }
  }

  async #passResponse(session: CdpSession, paused: Paused): Promise<void> {
    const { requestId, responseStatusCode = 0, responseStatusText = '' } = paused;
    const entries = (paused.responseHeaders ?? []).map(({ name, value }) => [name, value] as const);
    const { cancel, responseHeaders } = await this.#options.session.webRequest.askHeadersReceived({
      ...this.#details(paused),
      statusCode: responseStatusCode,
      statusLine: `HTTP/1.1 ${responseStatusCode} ${responseStatusText}`,
      responseHeaders: headerLists(entries),
    });
    if (cancel) {
      this.#fail(session, paused, 'BlockedByClient');
      return;
    }
    const headers = responseHeaders && headerEntries(responseHeaders).map(toEntry);
    session.tell('Fetch.continueResponse', {
      requestId,
      ...(headers &&
        responseStatusCode > 0 && { responseHeaders: headers, responseCode: responseStatusCode }),
    });
  }

  #details(paused: Paused) {
    const { schemes, contentsId, mainFrameId } = this.#options;
    const isMainFrame = paused.frameId === mainFrameId;
    const document: ResourceType = isMainFrame ? 'mainFrame' : 'subFrame';
    return {
      id: Number.parseInt(paused.requestId.replace(/^\D+/, ''), 10),
      url: schemes.toApp(paused.request.url),
      method: paused.request.method,
      webContentsId: contentsId,
      resourceType:
        paused.resourceType === 'Document'
          ? document
          : (RESOURCE_TYPES[paused.resourceType] ?? ('other' as const)),
      referrer: schemes.toApp(paused.request.headers['Referer'] ?? ''),
      timestamp: Date.now(),
    };
  }

  #redirect(session: CdpSession, { requestId }: Paused, target: string): void {
    session.tell('Fetch.fulfillRequest', {
      requestId,
      responseCode: 307,
      responseHeaders: [{ name: 'Location', value: this.#options.schemes.toPage(target) }],
    });
  }

  #fail(
    session: CdpSession,
    { requestId }: Paused,
    errorReason: Protocol.Network.ErrorReason,
  ): void {
    session.tell('Fetch.failRequest', { requestId, errorReason });
  }
}

function toEntry([name, value]: [string, string]): Protocol.Fetch.HeaderEntry {
  return { name, value };
}
