const directive = /(?:^|,)\s*([a-z-]+)(?:\s*=\s*"?(\d{1,10})"?)?\s*(?=,|$)/g;

export interface CacheControl {
  readonly mayStore: boolean;
  /** Milliseconds for which an answer needs no second look, 0 for none; undefined when nothing is said. */
  readonly maximumAge: number | undefined;
}

/** What a server says about using its answer again (RFC 9111 §5.2.2). */
export function parseCacheControl(header: string | null): CacheControl {
  const said = new Map<string, number>();
  for (const [, name = '', value = '0'] of (header ?? '').toLowerCase().matchAll(directive)) {
    said.set(name, Number(value) * 1_000);
  }
  const maximumAge = said.has('no-cache') ? 0 : said.get('max-age');
  return { mayStore: !said.has('no-store'), maximumAge };
}
