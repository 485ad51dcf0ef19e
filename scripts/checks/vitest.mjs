import { join } from 'node:path';
import { inProject, readJson, root } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { nothing, withExitCode } from './outcome.mjs';

/**
 * Unit and integration tests.
 *
 * @param {string} scratch folder for the report
 * @param {readonly string[]} filters parts of paths; none: everything
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export async function runVitest(scratch, filters) {
  const file = join(scratch, 'vitest.json');
  const result = await run(process.execPath, [...vitestCommand(file), ...filters]);
  return withExitCode(countVitest(readJson(file)), result);
}

/** @param {string} file for the report */
export const vitestCommand = (file) => [
  inProject('node_modules/vitest/vitest.mjs'),
  'run',
  '--passWithNoTests',
  '--reporter=json',
  `--outputFile.json=${file}`,
  // The report leaves out what broke outside any test; this one prints it.
  '--reporter=dot',
];

/**
 * @param {any} report vitest's JSON, in the form of Jest's; undefined when it broke before writing one
 * @returns {import('./outcome.mjs').Outcome}
 */
export function countVitest(report) {
  if (report === undefined) return nothing;
  // A file that could not be loaded has no tests to fail.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map((test) => failure(name, test.fullName, test.failureMessages.join('\n'))),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    report: [...broken.map(({ name, message }) => failure(name, '', message)), ...failures].join(
      '\n',
    ),
  };
}

function failure(path, title, message) {
  const file = path.startsWith(root) ? path.slice(root.length + 1) : path;
  return `✗ ${file}${title === '' ? '' : ` › ${title}`}\n${message.replace(/^/gm, '    ')}\n`;
}
