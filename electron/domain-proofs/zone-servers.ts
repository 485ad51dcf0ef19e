import { DnsError } from './dns-error.ts';
import { nameIn, recordTypes } from './dns-message.ts';
import type { DnsServer } from './dns-transport.ts';
import type { Lookup } from './zone.ts';

export interface ServerLookup extends Lookup {
  /** Of the servers that are found; 53 when not said. */
  readonly port?: number | undefined;
}

/** The zone's own name servers. One without an address is left out: a CA will ask the others. */
export async function serversOf(
  lookup: ServerLookup,
  zone: string,
  signal?: AbortSignal,
): Promise<readonly DnsServer[]> {
  const { dns, resolver } = lookup;
  const { answers } = await dns.query(resolver, { name: zone, type: 'NS' }, signal);
  const hosts = answers.filter(({ type }) => type === recordTypes.NS).map(nameIn);
  const found = await Promise.all(hosts.map((host) => addressOf(lookup, host, signal)));
  return found.filter((server) => server !== undefined);
}

async function addressOf(
  { dns, resolver, port = 53 }: ServerLookup,
  name: string,
  signal: AbortSignal | undefined,
): Promise<DnsServer | undefined> {
  for (const type of ['A', 'AAAA'] as const) {
    const { answers } = await dns.query(resolver, { name, type }, signal);
    const record = answers.find((answer) => answer.type === recordTypes[type]);
    const host = record && addressIn(record.data);
    if (host !== undefined) return { host, port };
  }
  return undefined;
}

/** RFC 1035 §3.4.1, RFC 3596 §2.2. */
function addressIn(data: Buffer): string | undefined {
  if (data.length === 4) return data.join('.');
  return data.length === 16 ? data.toString('hex').replaceAll(/(.{4})(?!$)/g, '$1:') : undefined;
}

/** What the first server that answers says; what the last one failed with when none does. */
export async function firstOf<T>(
  servers: readonly DnsServer[],
  signal: AbortSignal | undefined,
  ask: (server: DnsServer) => Promise<T>,
): Promise<T> {
  let last: unknown = new DnsError('unreachable', 'asking without a name server');
  for (const server of servers) {
    try {
      return await ask(server);
    } catch (error) {
      signal?.throwIfAborted();
      last = error;
    }
  }
  throw last;
}

/** What the quickest server says; asked all at once, because those of a zone are many and may be shut off together. */
export async function quickestOf<T>(
  servers: readonly DnsServer[],
  ask: (server: DnsServer) => Promise<T>,
): Promise<T> {
  try {
    return await Promise.any(servers.map(ask));
  } catch (error) {
    const faults: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    const first = faults.find((fault) => fault instanceof Error);
    throw first ?? new DnsError('zone-not-found', 'finding the servers of a zone');
  }
}
