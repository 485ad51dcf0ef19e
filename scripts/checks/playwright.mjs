import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, readJson } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { nothing, withExitCode } from './outcome.mjs';

/**
 * Every screen in every state, or journeys through the built app.
 *
 * @param {string} scratch folder for the report
 * @param {'screens' | 'journeys'} project of playwright.config.ts
 * @param {boolean} isSampled without what is tagged `@deep`
 */
export const checkProject = (scratch, project, isSampled) =>
  runPlaywright(scratch, [
    `--project=${project}`,
    ...(isSampled ? ['--grep-invert', '@deep'] : []),
  ]);

/**
 * @param {string} scratch folder for the report
 * @param {readonly string[]} parameters parts of paths, or a project; none: everything
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export async function runPlaywright(scratch, parameters) {
  const file = join(scratch, 'playwright.json');
  // Of a run before this one: it would be counted again if this one broke.
  rmSync(file, { force: true });
  const result = await run(
    process.execPath,
    [
      inProject('node_modules/playwright/cli.js'),
      'test',
      '--reporter=json',
      '--pass-with-no-tests',
      ...parameters,
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
