import { nextStep, type RenewalState } from './renewal-state.ts';

export interface RenewalEntry {
  readonly id: string;
  readonly state: RenewalState;
}

/** Where renewals are kept; a table with an index on the time of the next step serves any number of them. */
export interface RenewalStore {
  /** The first ones that are not in `except`, by the time of their next step; at most `limit`. */
  first(limit: number, except: ReadonlySet<string>): readonly RenewalEntry[];
  save(entry: RenewalEntry): void;
  /** The certificate was replaced or removed: it is not asked about again (RFC 9773 §4.3). */
  remove(id: string): void;
}

interface Dated {
  readonly entry: RenewalEntry;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Renewals in memory: for a wallet's few, and for tests. */
export class RenewalMap implements RenewalStore {
  readonly #entries = new Map<string, Dated>();

  constructor(entries: Iterable<RenewalEntry> = []) {
    for (const entry of entries) this.save(entry);
  }

  first(limit: number, except: ReadonlySet<string>): readonly RenewalEntry[] {
    const nearest: Dated[] = [];
    for (const [id, dated] of this.#entries) {
      if (except.has(id)) continue;
      if (nearest.length === limit && dated.at >= (nearest.at(-1)?.at ?? 0)) continue;
      const place = nearest.findIndex(({ at }) => at > dated.at);
      nearest.splice(place === -1 ? nearest.length : place, 0, dated);
      if (nearest.length > limit) nearest.pop();
    }
    return nearest.map(({ entry }) => entry);
  }

  save(entry: RenewalEntry): void {
    this.#entries.set(entry.id, { entry, at: nextStep(entry.state).at.getTime() });
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  get(id: string): RenewalState | undefined {
    return this.#entries.get(id)?.entry.state;
  }

  get size(): number {
    return this.#entries.size;
  }
}
