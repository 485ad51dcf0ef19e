import { BlockList, isIP, isIPv6 } from 'node:net';
import { defaultPorts, direct, type Proxy, type Route, type RoutesFor } from './route.ts';

/** A variable of the environment names a proxy in a way that nobody understands. Says which, not what: it may hold a password. */
export class ProxySettingError extends Error {
  readonly code = 'proxy-setting';
  readonly variable: string;

  constructor(variable: string) {
    super(`the environment variable ${variable} names no proxy`);
    this.name = 'ProxySettingError';
    this.variable = variable;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const kinds: Readonly<Record<string, Proxy['kind']>> = {
  'http:': 'http',
  'https:': 'https',
  'socks:': 'socks5',
  'socks5:': 'socks5',
  'socks5h:': 'socks5',
};

/**
 * The routes that `https_proxy`, `all_proxy` and `no_proxy` ask for, in the spellings that curl reads; capitals count
 * when there is no other. This computer itself is reached directly unless `no_proxy` says `<-loopback>`, as browsers have it.
 * Throws `ProxySettingError`.
 */
export function environmentRoutes(environment: Environment): RoutesFor {
  const proxy = proxyIn(environment, 'https_proxy') ?? proxyIn(environment, 'all_proxy');
  if (proxy === undefined) return () => Promise.resolve([direct]);
  const exceptions = (valueOf(environment, 'no_proxy')?.value ?? '').split(/[\s,]+/);
  const spared = exceptions.filter((exception) => exception !== '' && exception !== '<-loopback>');
  if (!exceptions.includes('<-loopback>')) spared.push(...loopback);
  return (origin) => Promise.resolve(routes(new URL(origin), proxy, spared));
}

/**
 * The same routes, with the credentials that the environment has for their proxies: systems name a proxy without saying how to
 * sign in to it. Variables that nobody understands are none.
 */
export function withCredentials(routesFor: RoutesFor, environment: Environment): RoutesFor {
  const known = ['https_proxy', 'all_proxy'].flatMap((name) => readable(environment, name) ?? []);
  return async (origin) =>
    (await routesFor(origin)).map((route) => known.find((proxy) => isSame(proxy, route)) ?? route);
}

function readable(environment: Environment, name: string): Proxy | undefined {
  try {
    return proxyIn(environment, name);
  } catch (error) {
    if (error instanceof ProxySettingError) return undefined;
    throw error;
  }
}

const isSame = (proxy: Proxy, route: Route): boolean =>
  route.kind === proxy.kind && route.host === proxy.host && route.port === proxy.port;

const loopback = ['localhost', '127.0.0.0/8', '::1'];

function routes(url: URL, proxy: Proxy, spared: readonly string[]): readonly Route[] {
  const host = bare(url.hostname).replace(/\.$/, '');
  const port = url.port === '' ? '443' : url.port;
  return [spared.some((exception) => covers(exception, host, port)) ? direct : proxy];
}

/** `host`, `.domain`, `*.domain`, an address, a range of them, each with a port or without; or `*` for all. */
function covers(exception: string, host: string, port: string): boolean {
  if (exception === '*') return true;
  const [, named = exception, onlyPort = port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(exception) ?? [];
  if (onlyPort !== port) return false;
  const name = bare(named).toLowerCase();
  if (isIP(host) !== 0) return coversAddress(name, host);
  const domain = name.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function coversAddress(name: string, address: string): boolean {
  const [network = '', prefix] = name.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIP(network) !== isIP(address)) return false;
  const bits = prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return list.check(address, family);
}

function proxyIn(environment: Environment, name: string): Proxy | undefined {
  const setting = valueOf(environment, name);
  if (setting === undefined) return undefined;
  const { value, variable } = setting;
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const kind = url && Object.hasOwn(kinds, url.protocol) ? kinds[url.protocol] : undefined;
  if (url === undefined || kind === undefined || url.hostname === '') {
    throw new ProxySettingError(variable);
  }
  const port = url.port === '' ? defaultPorts[kind] : Number(url.port);
  return { kind, host: bare(url.hostname), port, ...credentialsIn(url, variable) };
}

function credentialsIn(url: URL, variable: string): Pick<Proxy, 'credentials'> {
  if (url.username === '' && url.password === '') return {};
  try {
    const [username, password] = [url.username, url.password].map(decodeURIComponent);
    return { credentials: { username: username ?? '', password: password ?? '' } };
  } catch (error) {
    if (error instanceof URIError) throw new ProxySettingError(variable);
    throw error;
  }
}

/** An empty variable counts as none. */
function valueOf(
  environment: Environment,
  name: string,
): { readonly value: string; readonly variable: string } | undefined {
  for (const variable of [name, name.toUpperCase()]) {
    const value = environment[variable];
    if (value !== undefined) return value === '' ? undefined : { value, variable };
  }
  return undefined;
}

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
