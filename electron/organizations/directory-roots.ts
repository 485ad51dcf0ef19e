import { X509Certificate } from 'node:crypto';
import type { OrganizationStore } from './organization-store.ts';

/**
 * Which roots vouch for which ACME directory. Two organisations may name the same origin; then the one joined
 * first decides, or a second could bring its own root for the first one's server.
 */
export class DirectoryRoots {
  readonly #store: Pick<OrganizationStore, 'list'>;
  /** By origin; remembered because every connection asks. */
  #roots: ReadonlyMap<string, readonly string[] | undefined> | null = null;

  constructor(store: Pick<OrganizationStore, 'list'>) {
    this.#store = store;
  }

  /** PEM; undefined when the operating system's roots vouch. */
  rootsFor(origin: string): readonly string[] | undefined {
    return this.#known().get(origin);
  }

  isKnown(origin: string): boolean {
    return this.#known().has(origin);
  }

  /** To be called when an organisation was joined. */
  forget(): void {
    this.#roots = null;
  }

  #known(): ReadonlyMap<string, readonly string[] | undefined> {
    this.#roots ??= new Map(
      this.#store
        .list()
        .toReversed()
        .map(({ profile }) => [new URL(profile.directory).origin, profile.roots?.map(toPem)]),
    );
    return this.#roots;
  }
}

function toPem(base64: string): string {
  return new X509Certificate(Buffer.from(base64, 'base64')).toString();
}
