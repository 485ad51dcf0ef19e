const directive = /(?:^|,)\s*([a-z-]+)(?:\s*=\s*"?(\d{1,10})"?)?\s*(?=,|$)/g;

/** Milliseconds for which RFC 9111 §5.2 lets an answer be used again: 0 for not at all; undefined when nothing is said. */
export function ageLimit(cacheControl: string | null): number | undefined {
  let limit: number | undefined;
  for (const [, name, value] of (cacheControl ?? '').toLowerCase().matchAll(directive)) {
    if (name === 'no-store' || name === 'no-cache') return 0;
    if (name === 'max-age' && value !== undefined) limit = Number(value) * 1_000;
  }
  return limit;
}
