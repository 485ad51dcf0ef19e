import { defaultPorts, direct, type Proxy, type Route } from './route.ts';

// "SOCKS" means version 4 in the first place; who speaks that nowadays speaks version 5 as well, and 4 cannot look names up.
const kinds: Readonly<Record<string, Proxy['kind']>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks5',
  SOCKS5: 'socks5',
};

/**
 * The routes that a PAC script, or a system that speaks like one, names: `PROXY host:port; SOCKS5 host:port; DIRECT`.
 * What is not understood is left out, and when nothing is left the way is straight, as in browsers.
 */
export function routesOfPac(result: string): readonly Route[] {
  const routes = result.split(';').flatMap((element) => routeOf(element.trim()) ?? []);
  return routes.length > 0 ? routes : [direct];
}

function routeOf(element: string): Route | undefined {
  if (element.toUpperCase() === 'DIRECT') return direct;
  const [, word = '', authority = ''] = /^([A-Za-z0-9]+)[ \t]+(\S+)$/.exec(element) ?? [];
  const kind = Object.hasOwn(kinds, word.toUpperCase()) ? kinds[word.toUpperCase()] : undefined;
  const [, host, port] =
    /^(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:[\]\\]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  if (kind === undefined || host === undefined) return undefined;
  const number = port === undefined ? defaultPorts[kind] : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  return { kind, host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
}
