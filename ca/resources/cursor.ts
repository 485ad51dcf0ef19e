import { Problem } from '../problems.ts';

/** A place in a list that this server gave out; undefined at its beginning. Throws `malformed`. */
export function readCursor(query: URLSearchParams): number | undefined {
  const cursor = query.get('cursor');
  if (cursor === null) return undefined;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new Problem('malformed', 'The cursor is not one this server gave out.');
}
