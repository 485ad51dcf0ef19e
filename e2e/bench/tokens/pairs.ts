import { ratios } from '../acme/figures-of-races.ts';
import type { Figure } from '../figures.ts';

/** Milliseconds of one round. */
export interface Pair {
  readonly ours: number;
  readonly bare: number;
}

/** What ours costs, what the same costs without it, and the one beside the other, pair by pair. */
export function beside(
  name: string,
  pairs: readonly Pair[],
  without = 'pkcs11js in this process',
): readonly Figure[] {
  const ours = pairs.map((pair) => pair.ours);
  const bare = pairs.map((pair) => pair.bare);
  return [
    { name: `${name}: ${without}`, unit: 'ms', values: bare },
    { name: `${name}: Countersign`, unit: 'ms', values: ours },
    { name: `${name}: Countersign : ${without}`, unit: 'ratio', values: ratios(ours, bare) },
    {
      name: `${name}: what Countersign adds`,
      unit: 'ms',
      values: pairs.map((pair) => pair.ours - pair.bare),
    },
  ];
}
