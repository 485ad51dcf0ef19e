/** Which parts of a request were in view, and of which request: by the digest of what stood there. */
export interface Reading {
  readonly digest: string;
  readonly seen: ReadonlySet<string>;
}

export const unread = (digest: string): Reading => ({ digest, seen: new Set() });

/** What was seen of another content does not count for this one. */
export function withSeen(reading: Reading, digest: string, parts: readonly string[]): Reading {
  const current = reading.digest === digest ? reading : unread(digest);
  const fresh = parts.filter((part) => !current.seen.has(part));
  if (fresh.length === 0) return current;
  return { digest, seen: new Set([...current.seen, ...fresh]) };
}

/** What has not been in view yet, in the order of the page. */
export function leftToSee(
  reading: Reading,
  digest: string,
  parts: readonly string[],
): readonly string[] {
  if (reading.digest !== digest) return parts;
  return parts.filter((part) => !reading.seen.has(part));
}

/** Where a part lies in the view, from the top of the page down. */
export interface Edges {
  readonly top: number;
  readonly bottom: number;
}

/** The part's beginning and end as far as they have been in view: one that is higher than the view never is at once. */
export interface SeenEdges {
  readonly top: boolean;
  readonly bottom: boolean;
}

export const noEdges: SeenEdges = { top: false, bottom: false };

export function withEdges(before: SeenEdges, part: Edges, view: Edges): SeenEdges {
  // Sizes are fractions of pixels after a zoom.
  const inView = (edge: number): boolean => edge >= view.top - 1 && edge <= view.bottom + 1;
  return {
    top: before.top || inView(part.top),
    bottom: before.bottom || inView(part.bottom),
  };
}
