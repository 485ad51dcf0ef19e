import { join } from 'node:path';
import { inProject, readJson } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { nothing, withExitCode } from './outcome.mjs';

/**
 * Journeys through the built app.
 *
 * @param {string} scratch folder for the report
 * @param {readonly string[]} filters parts of paths; none: everything
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export async function runPlaywright(scratch, filters) {
  const file = join(scratch, 'playwright.json');
  const result = await run(
    process.execPath,
    [
      inProject('node_modules/playwright/cli.js'),
      'test',
      '--reporter=json',
      '--pass-with-no-tests',
      ...filters,
    ],
    { env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file } },
  );
  return withExitCode(countPlaywright(readJson(file)), result);
}

/**
 * @param {any} report Playwright's JSON; undefined when it broke before writing one
 * @returns {import('./outcome.mjs').Outcome}
 */
export function countPlaywright(report) {
  if (report === undefined) return nothing;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const told = (status) => report.suites.flatMap((suite) => testsIn(suite, status, []));
  return {
    passed: expected + flaky,
    failed: unexpected,
    skipped,
    unsteady: told('flaky'),
    report: [...told('unexpected'), ...report.errors.map(({ message }) => message)].join('\n'),
  };
}

function testsIn(suite, wanted, above) {
  const titles = [...above, suite.title];
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests
      .filter(({ status }) => status === wanted)
      .map((test) => {
        const errors = test.results.flatMap((result) => result.errors ?? []);
        const messages = errors.map(({ message }) => message.replace(/^/gm, '    ')).join('\n');
        return `✗ e2e/${[...titles, spec.title].join(' › ')}\n${messages}\n`;
      }),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => testsIn(inner, wanted, titles))];
}
