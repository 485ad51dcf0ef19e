import { systemClock, type Clock } from '../acme/clock.ts';
import type { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import { recordTypes } from './dns-message.ts';
import type { DnsServer } from './dns-transport.ts';
import { readTxt, type TxtRecord } from './txt-record.ts';
import { firstOf, inTurns, serversOf } from './zone-servers.ts';
import { followAliases, placeOf } from './zone.ts';

/** What the name servers of a zone say about a record. */
export type Sighting =
  | { readonly seen: 'record' }
  /** Some of the servers have it, others not yet. */
  | { readonly seen: 'partly' }
  /** There are TXT records at the name, but not ours. */
  | { readonly seen: 'other'; readonly values: readonly string[] }
  | { readonly seen: 'nothing' }
  /** Somebody who has to know did not answer. */
  | { readonly seen: 'unknown'; readonly cause: DnsError };

export interface VisibilityOptions {
  readonly dns: DnsClient;
  /** For finding the servers of a zone; in turn, until one answers. */
  readonly resolvers: readonly DnsServer[];
  /** Asked in place of the zone's own servers. */
  readonly authorities?: readonly DnsServer[];
  /** Of the zone's own servers; 53 when not said. */
  readonly port?: number;
  /** Whether a zone may say that its servers are on this computer, or on its link; not when not said. */
  readonly leadsHome?: boolean;
  readonly clock?: Clock;
  /** Milliseconds between two looks. */
  readonly interval?: number;
  /** Milliseconds until `waitFor` gives up. */
  readonly patience?: number;
}

/** Looks at a zone's own servers, as a CA will, until all of them have a record. */
export class Visibility {
  readonly #options: VisibilityOptions;
  readonly #clock: Clock;

  constructor(options: VisibilityOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Looks once. */
  async lookAt(record: TxtRecord, signal?: AbortSignal): Promise<Sighting> {
    try {
      const { name, servers } = await this.#authoritiesOf(record.name, signal);
      return sightingOf(record.value, await this.#askAll(servers, name, signal));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof DnsError) return { seen: 'unknown', cause: error };
      throw error;
    }
  }

  /** Throws `DnsError` with `not-visible` when the patience, or the time until then, runs out. */
  async waitFor(record: TxtRecord, until?: Date, signal?: AbortSignal): Promise<void> {
    const { interval = 2_000, patience = 120_000 } = this.#options;
    const end = this.#clock.now().getTime() + patience;
    const deadline = Math.min(end, until?.getTime() ?? end);
    for (;;) {
      const sighting = await this.lookAt(record, signal);
      if (sighting.seen === 'record') return;
      if (this.#clock.now().getTime() + interval > deadline) {
        const cause = sighting.seen === 'unknown' ? { cause: sighting.cause } : {};
        throw new DnsError('not-visible', 'waiting for a record to be seen', cause);
      }
      await this.#clock.sleep(interval, signal);
    }
  }

  async #authoritiesOf(
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly name: string; readonly servers: readonly DnsServer[] }> {
    const { dns, resolvers, authorities, port, leadsHome } = this.#options;
    if (authorities !== undefined) {
      const [resolver] = [...resolvers, ...authorities];
      const at = resolver && (await followAliases({ dns, resolver }, name, signal));
      return { name: at ?? name, servers: authorities };
    }
    return firstOf(resolvers, signal, async (resolver) => {
      const place = await placeOf({ dns, resolver }, name, signal);
      const servers = await serversOf({ dns, resolver, port, leadsHome }, place.zone, signal);
      return { name: place.name, servers };
    });
  }

  /** What the servers that answer have; one that is down does not hold up a CA either. */
  async #askAll(
    servers: readonly DnsServer[],
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly (readonly string[])[]> {
    const asked = await inTurns(servers, async (server) => {
      const [settled] = await Promise.allSettled([this.#textsAt(server, name, signal)]);
      return settled;
    });
    const found = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (found.length > 0) return found;
    const refused = asked.find((each) => each.status === 'rejected');
    throw refused?.reason ?? new DnsError('zone-not-found', 'finding the servers of a zone');
  }

  async #textsAt(
    server: DnsServer,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    const { answers } = await this.#options.dns.query(server, { name, type: 'TXT' }, signal);
    return answers
      .filter(({ type }) => type === recordTypes.TXT)
      .map(({ data }) => readTxt(data))
      .filter((text) => text !== undefined);
  }
}

function sightingOf(value: string, found: readonly (readonly string[])[]): Sighting {
  if (found.every((texts) => texts.includes(value))) return { seen: 'record' };
  if (found.some((texts) => texts.includes(value))) return { seen: 'partly' };
  const values = [...new Set(found.flat())];
  return values.length === 0 ? { seen: 'nothing' } : { seen: 'other', values };
}
