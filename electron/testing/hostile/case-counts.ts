/**
 * How many made-up inputs each parser of outside data meets in every whole run of the tests (made-up.ts says how
 * many in a sampled one). They are 100,000 together,
 * and take some ten seconds: a test counts them.
 */
export const caseCounts = {
  'arbitrary JSON': 1_500,
  'mutated objects': 5_000,
  headers: 3_000,
  'PEM chains': 3_000,
  'second opinions': 2_000,
  octets: 6_000,
  'mutated certificates': 16_000,
  'mutated requests': 6_000,
  'mutated names': 6_000,
  'round trips': 2_000,
} as const;

/** How many parsers of JSON there are. */
export const jsonParsers = 8;

/** By how many parsers, or kinds of input, each of them is met. */
const times: Readonly<Record<keyof typeof caseCounts, number>> = {
  'arbitrary JSON': jsonParsers,
  'mutated objects': jsonParsers,
  headers: 3,
  'PEM chains': 1,
  'second opinions': 1,
  octets: 1,
  'mutated certificates': 1,
  'mutated requests': 1,
  'mutated names': 1,
  'round trips': 4,
};

export const caseTotal = (): number =>
  (Object.keys(caseCounts) as (keyof typeof caseCounts)[]).reduce(
    (sum, kind) => sum + caseCounts[kind] * times[kind],
    0,
  );
