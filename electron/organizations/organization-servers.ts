import type { HttpClient } from '../http/http-client.ts';
import { directoryOrigin, rootsOf } from './directory-roots.ts';
import { PreviewError } from './errors.ts';
import type { OrganizationStore } from './organization-store.ts';

/** Which PEM roots alone vouch for an origin; undefined: whoever this computer trusts. */
type RootsFor = (origin: string) => readonly string[] | undefined;

export interface OrganizationServersOptions {
  readonly store: Pick<OrganizationStore, 'find'>;
  readonly createHttpClient: (rootsFor: RootsFor) => HttpClient;
}

/**
 * The way to each organisation's server. An organisation's own roots vouch for it and nobody else's do, also when
 * another organisation has its directory at the same origin.
 */
export class OrganizationServers {
  readonly #options: OrganizationServersOptions;
  readonly #clients = new Map<string, HttpClient>();

  constructor(options: OrganizationServersOptions) {
    this.#options = options;
  }

  /** Its requests reject when the organisation is not joined any more or cannot be read: then nobody knows its roots. */
  to(organizationId: string): HttpClient {
    const known = this.#clients.get(organizationId);
    if (known !== undefined) return known;
    // Asked for each request, so that roots of a newer profile hold from the moment it is stored.
    const client = this.#options.createHttpClient((origin) =>
      this.rootsFor(organizationId, origin),
    );
    this.#clients.set(organizationId, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  /** PEM; undefined when the operating system's roots vouch. Throws when nobody knows. */
  rootsFor(organizationId: string, origin: string): readonly string[] | undefined {
    const organization = this.#options.store.find(organizationId);
    if (organization === undefined) throw new PreviewError('gone', 'no organisation by that id');
    const { profile } = organization;
    return origin === directoryOrigin(profile) ? rootsOf(profile) : undefined;
  }
}
