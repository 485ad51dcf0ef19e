// Which proxy a request would take, as Chromium reads it from the environment of a desktop without settings of its own
// (net/proxy_resolution/proxy_config_service_linux.cc).
import { BlockList, isIP } from 'node:net';
import { UnsupportedError } from './guard.ts';

const words: Readonly<Record<string, readonly [word: string, port: number]>> = {
  'http:': ['PROXY', 80],
  'https:': ['HTTPS', 443],
  'socks:': ['SOCKS5', 1080],
  'socks4:': ['SOCKS', 1080],
  'socks5:': ['SOCKS5', 1080],
};

/** The answer in the words of a PAC file: `DIRECT`, or `PROXY host:port` and the like. */
export function proxyFor(url: string, environment: NodeJS.ProcessEnv): string {
  const { protocol, hostname } = new URL(url);
  if (variable(environment, 'auto_proxy') !== undefined) throw new UnsupportedError('auto_proxy');
  const proxy =
    variable(environment, 'all_proxy') ?? variable(environment, `${protocol.slice(0, -1)}_proxy`);
  const exceptions = (variable(environment, 'no_proxy') ?? '').split(/[\s,;]+/);
  if (proxy === undefined || isSpared(hostname, exceptions)) return 'DIRECT';
  return inWordsOfPac(proxy) ?? 'DIRECT';
}

/** Chromium leaves a user name and a password out, and asks for them when the proxy does. */
function inWordsOfPac(proxy: string): string | undefined {
  const text = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  const known = Object.hasOwn(words, protocol) ? words[protocol] : undefined;
  if (known === undefined || hostname === '') return undefined;
  const [word, usualPort] = known;
  return `${word} ${hostname}:${port === '' ? usualPort : port}`;
}

/** This computer and what is plugged into it need no exception, but may be excepted from that. */
function isSpared(hostname: string, exceptions: readonly string[]): boolean {
  const isImplied = !exceptions.includes('<-loopback>') && isLocal(hostname);
  return isImplied || exceptions.some((name) => covers(name, hostname));
}

function isLocal(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(address);
  if (family === 0) return hostname === 'localhost' || hostname.endsWith('.localhost');
  const local = new BlockList();
  local.addSubnet('127.0.0.0', 8, 'ipv4');
  local.addSubnet('169.254.0.0', 16, 'ipv4');
  local.addAddress('::1', 'ipv6');
  local.addSubnet('fe80::', 10, 'ipv6');
  return local.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** An empty variable counts as none. */
function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const values = [environment[name], environment[name.toUpperCase()]];
  return values.find((value) => value !== undefined && value !== '');
}

function covers(name: string, hostname: string): boolean {
  const suffix = name.replace(/^\*?\./, '');
  return (
    name === '*' || (suffix !== '' && (hostname === suffix || hostname.endsWith(`.${suffix}`)))
  );
}
