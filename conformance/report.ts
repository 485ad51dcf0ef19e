import { groups } from './case.ts';
import type { Verdict } from './case.ts';
import type { Result } from './suite.ts';

export type About = {
  readonly directory: string;
  readonly started: Date;
  readonly requests: number;
  readonly milliseconds: number;
};

const marks: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  skipped: 'skipped',
  'not-applicable': 'n/a',
};

/** One line, or for a failure three, about a case that was tried. */
function lineOf({ case: { id, expected, clause }, verdict, came }: Result): string {
  const line = `  ${marks[verdict].padEnd(8)}${id}`;
  switch (verdict) {
    case 'pass':
      return `${line}  ${printable(came)}`;
    case 'fail':
      return [
        line,
        `          expected: ${expected} (${clause})`,
        `          came: ${printable(came)}`,
      ].join('\n');
    default:
      return `${line}  (${printable(came)})`;
  }
}

/** The results by type, and a line that sums them up. */
export function textReport(results: readonly Result[], about: About): string {
  const parts = groups.flatMap((group) => {
    const found = results.filter((one) => one.case.group === group);
    return found.length === 0 ? [] : [[group, ...found.map(lineOf)].join('\n')];
  });
  return [`Conformance of ${printable(about.directory)}`, ...parts, summaryOf(results, about)].join(
    '\n\n',
  );
}

function summaryOf(results: readonly Result[], { requests, milliseconds }: About): string {
  const { pass, fail, skipped, 'not-applicable': notApplicable } = countsOf(results);
  const counts = `${pass} passed, ${fail} failed, ${skipped} skipped, ${notApplicable} not applicable`;
  return `${counts} (${requests} requests, ${Math.round(milliseconds / 1000)} s)`;
}

export function countsOf(results: readonly Result[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number =>
    results.filter((one) => one.verdict === verdict).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    skipped: count('skipped'),
    'not-applicable': count('not-applicable'),
  };
}

/** For programs; its shape is in docs/conformance.md and changes with `version` only. */
export function jsonReport(results: readonly Result[], about: About): object {
  return {
    version: 1,
    directory: about.directory,
    started: about.started.toISOString(),
    milliseconds: about.milliseconds,
    requests: about.requests,
    counts: countsOf(results),
    results: results.map(({ case: { id, group, clause, expected }, ...result }) => ({
      ...{ id, group, clause, expected },
      verdict: result.verdict,
      came: result.came,
      milliseconds: result.milliseconds,
      requests: result.requests,
    })),
  };
}

/** What servers say does not steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
}
