import { getServers } from 'node:dns';
import type { DnsServer } from './dns-transport.ts';

/** The resolvers that this computer is set up with, in their order. */
export const systemResolvers = (): readonly DnsServer[] => getServers().map(readServer);

/** As Node writes them (RFC 5952 §6): an address, or with a port that is not 53. */
export function readServer(text: string): DnsServer {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(text) ?? /^([^:]+):(\d+)$/.exec(text);
  const [, host, port] = bracketed ?? [];
  return host === undefined ? { host: text } : { host, port: Number(port) };
}
