import { DnsError } from './dns-error.ts';
import { nameIn, recordTypes } from './dns-message.ts';
import type { DnsServer } from './dns-transport.ts';
import { isOwnAddress } from '../http/own-address.ts';
import type { Lookup } from './zone.ts';

export interface ServerLookup extends Lookup {
  /** Of the servers that are found; 53 when not said. */
  readonly port?: number | undefined;
  /** Whether a zone may say that its servers are on this computer, or on its link. */
  readonly leadsHome?: boolean | undefined;
}

/** As many as the root has, which were chosen to fit into the smallest answer (RFC 1035 §4.2.1). */
const mostServers = 13;
const mostAtOnce = 4;

/**
 * The zone's own name servers, the first of them if it names very many.
 * One without an address that may be asked is left out: a CA will ask the others.
 */
export async function serversOf(
  lookup: ServerLookup,
  zone: string,
  signal?: AbortSignal,
): Promise<readonly DnsServer[]> {
  const { dns, resolver } = lookup;
  const { answers } = await dns.query(resolver, { name: zone, type: 'NS' }, signal);
  const names = new Set(answers.filter(({ type }) => type === recordTypes.NS).map(nameIn));
  const hosts = await inTurns([...names].slice(0, mostServers), (name) =>
    addressOf(lookup, name, signal),
  );
  const { port = 53 } = lookup;
  return [...new Set(hosts)].flatMap((host) => (host === undefined ? [] : [{ host, port }]));
}

/** As `Promise.all`, but over a few at a time: whoever writes a zone must not have us ask everybody at once. */
export async function inTurns<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += mostAtOnce) {
    done.push(...(await Promise.all(items.slice(at, at + mostAtOnce).map(work))));
  }
  return done;
}

async function addressOf(
  { dns, resolver, leadsHome = false }: ServerLookup,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (const type of ['A', 'AAAA'] as const) {
    const { answers } = await dns.query(resolver, { name, type }, signal);
    const address = answers
      .filter((answer) => answer.type === recordTypes[type])
      .map(({ data }) => addressIn(data))
      .find((each) => each !== undefined && (leadsHome || !isOwnAddress(each)));
    if (address !== undefined) return address;
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
