import { parseCacheControl } from './cache-control.ts';
import type { Clock } from './clock.ts';
import { parseDirectory, type Directory } from './directory.ts';
import type { Exchange } from './exchange.ts';

/** A directory as its server sent it; plain data. */
export interface CachedDirectory {
  /** Unparsed: what is read from a disk is no more trusted than what came over the network. */
  readonly json: unknown;
  /** Milliseconds since 1970 after which it is asked for again. */
  readonly freshUntil: number;
}

/** Where directories are remembered, by their URL; a `Map` will do. */
export interface DirectoryCache {
  get(url: string): CachedDirectory | undefined;
  set(url: string, directory: CachedDirectory): unknown;
  delete(url: string): unknown;
}

const minute = 60_000;
/** Directories change about once in a year, and terms, profiles and limits rather more often. */
const defaultLife = 60 * minute;
const longestLife = 24 * 60 * minute;
/**
 * Large CAs put "no-cache" on all they answer, as none of it may be cached on the way. This is no cache on the way: it is told
 * of what has moved by the server itself, and forgets then.
 */
const lifeDespiteNoCache = 10 * minute;

/** Milliseconds. */
function lifeOf(cacheControl: string | null): number {
  const { mayStore, maximumAge = defaultLife } = parseCacheControl(cacheControl);
  if (!mayStore) return 0;
  return Math.min(longestLife, maximumAge === 0 ? lifeDespiteNoCache : maximumAge);
}

interface ReadingOptions {
  readonly directoryUrl: string;
  readonly directories: DirectoryCache | undefined;
  readonly clock: Clock;
}

/** From the cache when it is fresh, otherwise from the server (RFC 8555 §7.1.1). */
export async function readDirectory(
  exchange: Exchange,
  { directoryUrl, directories, clock }: ReadingOptions,
  signal: AbortSignal | undefined,
): Promise<Directory> {
  const cached = directories?.get(directoryUrl);
  const now = clock.now().getTime();
  if (cached && isFresh(cached, now)) {
    exchange.whenLost(() => directories?.delete(directoryUrl));
    return parseDirectory(cached.json, directoryUrl);
  }
  const answer = await exchange.get('reading the directory', directoryUrl, signal);
  const json = answer.json();
  const directory = parseDirectory(json, directoryUrl);
  const life = lifeOf(answer.header('cache-control'));
  if (life > 0) directories?.set(directoryUrl, { json, freshUntil: now + life });
  else directories?.delete(directoryUrl);
  return directory;
}

/** A clock that was put back must not make a directory last for years. */
const isFresh = ({ freshUntil }: CachedDirectory, now: number): boolean =>
  now < freshUntil && freshUntil <= now + longestLife;
