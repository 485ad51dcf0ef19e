import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { inProject, readJson, root } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { nothing, withExitCode } from './outcome.mjs';

/**
 * Unit and integration tests.
 *
 * @param {string} scratch folder for the report
 * @param {import('../run-checks.mjs').Wanted} wanted
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export async function runVitest(scratch, { filters, isSampled }) {
  const file = join(scratch, 'vitest.json');
  const env = { ...process.env, SAMPLED_TESTS: isSampled ? '1' : '' };
  const sample = isSampled ? ['--tagsFilter=!deep'] : [];
  const command = [...vitestCommand(file), ...sample, ...filters];
  const result = await run(process.execPath, command, { env });
  return vitestOutcome(readJson(file), result);
}

/** @param {string} file for the report */
export const vitestCommand = (file) => [
  inProject('node_modules/vitest/vitest.mjs'),
  'run',
  '--passWithNoTests',
  '--reporter=json',
  `--outputFile.json=${file}`,
  // The report leaves out differences and what broke outside any test; this one prints them.
  '--reporter=dot',
];

/**
 * @param {any} report vitest's JSON, in the form of Jest's; undefined when it broke before writing one
 * @param {{ code: number, output: string }} result
 * @returns {import('./outcome.mjs').Outcome}
 */
export function vitestOutcome(report, result) {
  const output = afterTheDots(result.output);
  const counted = report === undefined ? nothing : count(report);
  const outcome = withExitCode(counted, { ...result, output });
  return outcome.failed > 0 ? { ...outcome, report: output } : outcome;
}

function count(report) {
  // A file that could not be loaded has no tests to fail.
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests - leftOut(report),
    report: '',
    unsteady: report.testResults.flatMap(unsteadyIn),
  };
}

/** Tests that a sample does without are not skipped: nobody wanted them in this run. */
function leftOut({ testResults }) {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status, tags = [] }) => status === 'skipped' && tags.includes('deep')).length;
}

function unsteadyIn({ name, assertionResults }) {
  return assertionResults
    .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    .map(({ fullName, failureMessages }) =>
      [`${relative(root, name)} › ${fullName}`, ...failureMessages].join('\n'),
    );
}

function afterTheDots(output) {
  const text = stripVTControlCharacters(output);
  const start = text.search(/^.*(Failed (Suites|Tests)|Unhandled Errors).*$/m);
  return start === -1 ? text : text.slice(start);
}
