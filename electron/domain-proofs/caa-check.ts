import { caaRefusalOf, type CaaRefusal, type IssuanceWish } from './caa-policy.ts';
import { relevantCaaSet, type AskCaa } from './caa-search.ts';
import type { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import type { ReceivedRecord } from './dns-message.ts';
import type { DnsServer } from './dns-transport.ts';
import { firstOf, quickestOf, serversOf } from './zone-servers.ts';
import { zoneOf } from './zone.ts';

/** Whether the CAA records that speak for a domain let a CA issue for it. */
export type CaaVerdict =
  | { readonly verdict: 'allowed' }
  /** `at`: the name that has the records. */
  | ({ readonly verdict: 'refused'; readonly at: string } & CaaRefusal)
  /** Nobody could be asked. */
  | { readonly verdict: 'unknown'; readonly cause: DnsError };

export interface CaaCheckOptions {
  readonly dns: DnsClient;
  /** In turn, until one answers. */
  readonly resolvers: readonly DnsServer[];
  /** Of the zones' own servers; 53 when not said. */
  readonly port?: number;
  /** Whether a zone may say that its servers are on this computer, or on its link; not when not said. */
  readonly leadsHome?: boolean;
}

/** Looks beforehand at what a CA will have to heed (RFC 8659). It is the CA's look that counts. */
export class CaaCheck {
  readonly #options: CaaCheckOptions;

  constructor(options: CaaCheckOptions) {
    this.#options = options;
  }

  /** `domain` may be a wildcard. Rejects only when aborted. */
  async lookAt(domain: string, wish: IssuanceWish, signal?: AbortSignal): Promise<CaaVerdict> {
    const remembered = await this.#judge(domain, wish, signal, (resolver) =>
      this.#askResolver(resolver, signal),
    );
    if (remembered.verdict !== 'refused') return remembered;
    // A resolver may remember a no that somebody has just cured: those who answer for the zone know better.
    const fresh = await this.#judge(domain, wish, signal, (resolver) =>
      this.#askZone(resolver, signal),
    );
    return fresh.verdict === 'unknown' ? remembered : fresh;
  }

  async #judge(
    domain: string,
    wish: IssuanceWish,
    signal: AbortSignal | undefined,
    asking: (resolver: DnsServer) => AskCaa,
  ): Promise<CaaVerdict> {
    // RFC 8659 §3: the search for a wildcard begins where its asterisk is taken away.
    const bare = domain.replace(/^\*\./, '');
    try {
      const set = await firstOf(this.#options.resolvers, signal, (resolver) =>
        relevantCaaSet(asking(resolver), bare),
      );
      const wildcard = bare !== domain;
      const refusal = set && caaRefusalOf(set.properties, { ...wish, wildcard });
      return refusal ? { verdict: 'refused', at: set.at, ...refusal } : { verdict: 'allowed' };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof DnsError) return { verdict: 'unknown', cause: error };
      throw error;
    }
  }

  #askResolver(resolver: DnsServer, signal: AbortSignal | undefined): AskCaa {
    return (name) => this.#ask(resolver, name, signal);
  }

  #askZone(resolver: DnsServer, signal: AbortSignal | undefined): AskCaa {
    const { dns, port, leadsHome } = this.#options;
    return async (name) => {
      const zone = await zoneOf({ dns, resolver }, name, signal);
      const servers = await serversOf({ dns, resolver, port, leadsHome }, zone, signal);
      return quickestOf(servers, (server) => this.#ask(server, name, signal));
    };
  }

  async #ask(
    server: DnsServer,
    name: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly ReceivedRecord[]> {
    return (await this.#options.dns.query(server, { name, type: 'CAA' }, signal)).answers;
  }
}
