/** How to get to a server: straight, or through somebody who passes connections on. */
export type Route = { readonly kind: 'direct' } | Proxy;

export interface Proxy {
  /** What is spoken with it: HTTP's CONNECT, the same within TLS, or SOCKS (RFC 1928). */
  readonly kind: 'http' | 'https' | 'socks5';
  /** A name or an address, an IPv6 one without brackets. */
  readonly host: string;
  readonly port: number;
  /** For nobody but the proxy: never in an error or a log. */
  readonly credentials?: ProxyCredentials;
}

export interface ProxyCredentials {
  readonly username: string;
  readonly password: string;
}

/** The ways to a server of that origin, the preferred first; the next one is taken when a proxy is not to be reached. */
export type RoutesFor = (origin: string) => Promise<readonly Route[]>;

export const direct: Route = { kind: 'direct' };

export const defaultPorts = { http: 80, https: 443, socks5: 1080 } as const;

/** As in a URL: `host:port`, with brackets around an IPv6 address. */
export const authorityOf = ({ host, port }: Pick<Proxy, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;
