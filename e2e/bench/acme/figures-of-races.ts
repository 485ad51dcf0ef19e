import type { Figure } from '../figures.ts';
import type { Blocks } from './in-process.ts';
import type { Run, Runs } from './whole-process.ts';

/** What whole processes cost, and the first one beside each of the others, round by round. */
export function figuresOfRuns(where: string, runs: readonly Runs[]): readonly Figure[] {
  const kinds = [
    ['new account', ({ newAccount }: Runs) => newAccount],
    ['existing account', ({ existingAccount }: Runs) => existingAccount],
  ] as const;
  return kinds.flatMap(([kind, of]) => {
    const [ours, ...peers] = runs;
    if (ours === undefined) return [];
    const label = `${where}, ${kind}`;
    return [
      ...runs.flatMap((contender) => costs(`${label}: ${contender.name}`, of(contender))),
      ...peers.map((peer) => ({
        name: `${label}: ${ours.name} : ${peer.name}, time`,
        unit: 'ratio' as const,
        values: ratios(
          of(ours).map(({ wall }) => wall),
          of(peer).map(({ wall }) => wall),
        ),
      })),
    ];
  });
}

const costs = (name: string, runs: readonly Run[]): readonly Figure[] => [
  { name: `${name}, time`, unit: 'ms', values: runs.map(({ wall }) => wall) },
  { name: `${name}, processor`, unit: 'ms', values: runs.map(({ processor }) => processor) },
  { name: `${name}, memory`, unit: 'MB', values: runs.map(({ memory }) => memory) },
  { name: `${name}, requests`, unit: 'requests', values: runs.map(({ requests }) => requests) },
];

/** What one order of many costs, and each contender beside the first, block by block. */
export function figuresOfBlocks(where: string, results: readonly Blocks[]): readonly Figure[] {
  const [bound, ...others] = results;
  if (bound === undefined) return [];
  const of = (kind: 'wall' | 'processor', { blocks }: Blocks) => blocks.map((each) => each[kind]);
  const word = { wall: 'time', processor: 'processor' } as const;
  const kinds = ['wall', 'processor'] as const;
  return kinds.flatMap((kind): readonly Figure[] => [
    ...results.map((each) => ({
      name: `${where}: ${each.name}, ${word[kind]}`,
      unit: 'ms' as const,
      values: of(kind, each),
    })),
    ...others.map((each) => ({
      name: `${where}: ${each.name} : ${bound.name}, ${word[kind]}`,
      unit: 'ratio' as const,
      values: ratios(of(kind, each), of(kind, bound)),
    })),
  ]);
}

export const ratios = (over: readonly number[], under: readonly number[]): readonly number[] =>
  over.map((value, at) => value / (under[at] ?? Number.NaN));
