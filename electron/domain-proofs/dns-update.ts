import type { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import { classes, recordTypes, type ResourceRecord } from './dns-message.ts';
import { domainName, isWithin } from './dns-name.ts';
import type { DnsServer } from './dns-transport.ts';
import type { PublishedRecord, RecordPublisher, Stay } from './record-publisher.ts';
import type { TsigKey } from './tsig.ts';
import { encodeTxt, type TxtRecord } from './txt-record.ts';
import { followAliases, placeOf, type RecordPlace } from './zone.ts';

export interface DnsUpdateOptions {
  readonly dns: DnsClient;
  /** The primary server, which takes updates. */
  readonly server: DnsServer;
  readonly key: TsigKey;
  /** `tcp` when not said: its answers cannot be forged from afar. */
  readonly transport?: 'tcp' | 'udp';
  /** Knows the names to prove when the primary server does not, e.g. because they are only delegated to it by CNAME. */
  readonly resolver?: DnsServer;
  /** Spares the search for the zone, and keeps every other zone out of reach. */
  readonly zone?: string;
}

/** Publishes by DNS UPDATE (RFC 2136) signed with TSIG (RFC 8945). Touches no record but those it adds. */
export class DnsUpdatePublisher implements RecordPublisher {
  readonly #options: DnsUpdateOptions;
  readonly #zone: string | undefined;

  constructor(options: DnsUpdateOptions) {
    this.#options = options;
    this.#zone = options.zone === undefined ? undefined : domainName(options.zone);
  }

  suits(name: string): boolean {
    // With another resolver the name may be anywhere, and lead into the zone by CNAME.
    const mayLeadThere = this.#options.resolver !== undefined;
    return this.#zone === undefined || mayLeadThere || isWithin(name, this.#zone);
  }

  async publish(
    record: TxtRecord,
    signal?: AbortSignal,
    stay: Stay = 'for-now',
  ): Promise<PublishedRecord> {
    const place = await this.#placeOf(record.name, signal);
    const added = {
      name: place.name,
      type: recordTypes.TXT,
      class: classes.IN,
      ttl: record.ttl,
      data: encodeTxt(record.value),
    };
    // RFC 2136 §2.5.4: this one record, of whatever else is at the name.
    const removed = { ...added, class: classes.NONE, ttl: 0 };
    const remove = (): Promise<void> => this.#change(place, removed);
    try {
      await this.#change(place, added, signal);
    } catch (error) {
      // The answer may have been lost after the server acted. That it cannot be taken back either is worth less than why.
      if (stay === 'for-now' && !isRefusal(error)) await remove().catch(() => undefined);
      throw error;
    }
    return { remove };
  }

  async #placeOf(name: string, signal: AbortSignal | undefined): Promise<RecordPlace> {
    const { dns, server, resolver = server } = this.#options;
    if (this.#zone === undefined) return placeOf({ dns, resolver }, name, signal);
    return { name: await followAliases({ dns, resolver }, name, signal), zone: this.#zone };
  }

  #change({ zone }: RecordPlace, change: ResourceRecord, signal?: AbortSignal): Promise<void> {
    const { dns, server, key, transport = 'tcp' } = this.#options;
    return dns.update({ server, key, transport, zone, changes: [change] }, signal);
  }
}

/** The server has said that it did nothing. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DnsError &&
  ['rcode', 'key-unknown', 'key-wrong', 'clock'].includes(error.reason);
