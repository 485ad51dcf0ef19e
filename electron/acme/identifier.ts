import { z } from 'zod';
import type { Identifier } from '../../shared/failure.ts';

export type { Identifier } from '../../shared/failure.ts';

/** RFC 8555 §9.7.7; types are open, values are bounded only. */
export const identifierSchema = z.looseObject({
  type: z.string().min(1).max(64),
  value: z.string().max(4096),
});

export const toIdentifier = ({ type, value }: Identifier): Identifier => ({ type, value });

const key = ({ type, value }: Identifier): string =>
  JSON.stringify([type, type === 'dns' ? value.toLowerCase() : value]);

/** Whether both lists hold the same identifiers in any order (RFC 8555 §7.1.3 fixes none). */
export function sameIdentifiers(
  left: readonly Identifier[],
  right: readonly Identifier[],
): boolean {
  const rightKeys = new Set(right.map(key));
  const leftKeys = new Set(left.map(key));
  return leftKeys.size === rightKeys.size && [...leftKeys].every((each) => rightKeys.has(each));
}
