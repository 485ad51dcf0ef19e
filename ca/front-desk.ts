import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authority } from './authority.ts';
import { complete, notFound, readBody, runRoute, send } from './exchange.ts';
import type { ResourceName } from './fault-kinds.ts';
import type { RequestRecorder } from './request-log.ts';
import type { Exchange } from './requests.ts';
import { fallbackRoutes, findRoute, routes } from './routes.ts';
import type { Match } from './routes.ts';
import type { PageHandler, RunningCa } from './running-ca.ts';
import { createTransportFaults } from './transport-faults.ts';

export type FrontDeskOptions = {
  readonly authority: Authority;
  readonly requestLog: RequestRecorder;
  readonly pages: Readonly<Record<string, PageHandler>>;
  /** The finished CA, for the pages; it exists before the first request does. */
  readonly ca: () => RunningCa;
  readonly log: (line: string) => void;
};

type Outcome = { readonly resource: ResourceName; readonly status: number };

/** Sends each request where it belongs: to ACME, to a page, or away. */
export function createFrontDesk(
  options: FrontDeskOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { requestLog, log } = options;
  const serve = createServing(options);
  return (request, response) => {
    const started = performance.now();
    const method = request.method ?? '';
    const [path = ''] = (request.url ?? '').split('?');
    serve(request, response, path)
      .then(({ resource, status }) => {
        const milliseconds = performance.now() - started;
        requestLog.record({ method, resource, path, status, milliseconds });
        log(`${method} ${resource} ${status} ${milliseconds.toFixed(1)} ms`);
      })
      .catch((error: unknown) => {
        // Without the path: a page may keep a secret in it.
        log(`${method} broke off: ${String(error)}`);
        response.destroy();
      });
  };
}

type Serving = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => Promise<Outcome>;

function createServing({ authority, pages, ca, log }: FrontDeskOptions): Serving {
  const prefixes = Object.keys(pages).sort((a, b) => b.length - a.length);
  const transport = createTransportFaults(authority.faults, authority.clock);

  async function serveRoute(
    match: Match,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Outcome> {
    const { resource } = match.route;
    const exchange = toExchange(match, request, authority.urls.origin);
    const early = transport.before(exchange);
    if (early === 'dropped') {
      response.destroy();
      return { resource, status: 0 };
    }
    const method = request.method ?? '';
    if (early !== undefined) {
      send(response, early);
      return { resource, status: early.status };
    }
    const answer = await runRoute(match, exchange, { method, authority, log });
    const whole = complete(answer, { resource, method, authority });
    return { resource, status: await transport.deliver(exchange, whole, response) };
  }

  return async (request, response, path) => {
    const route = findRoute(path, routes);
    if (route !== undefined) return serveRoute(route, request, response);
    const page = pages[prefixes.find((prefix) => isBelow(path, prefix)) ?? ''];
    if (page !== undefined) {
      await page(request, response, ca());
      return { resource: 'page', status: response.statusCode };
    }
    const fallback = findRoute(path, fallbackRoutes);
    if (fallback !== undefined) return serveRoute(fallback, request, response);
    const method = request.method ?? '';
    send(response, complete(notFound(), { resource: 'page', method, authority }));
    return { resource: 'page', status: 404 };
  };
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

function toExchange({ route, id }: Match, request: IncomingMessage, origin: string): Exchange {
  const target = request.url ?? '';
  const [, query = ''] = target.split('?');
  return {
    resource: route.resource,
    url: `${origin}${target}`,
    id,
    query: new URLSearchParams(query),
    contentType: request.headers['content-type'],
    readBody: () => readBody(request),
  };
}
