import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
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
  const wanted = filters.length > 0 ? filters : leftOut.flatMap((path) => ['--exclude', path]);
  const env = { ...process.env, ...(filters.length === 0 && { HALF_OF_THE_FAULTS: '1' }) };
  const result = await run(process.execPath, [...vitestCommand(file), ...wanted], { env });
  return vitestOutcome(readJson(file), result);
}

/**
 * Of a whole run, which has fifteen minutes: the windows of the stand-in and Chromium's sign-in, which journeys go through anyway,
 * and a shell script that starts OpenSSL some hundred times. `npm test -- standin chromium dehydrated` runs them. Of the
 * faults at the CA every second one is tried; `npm run faults` tries all.
 */
const leftOut = [
  'standin/{desktop,launch,lifecycle,page,partition,screen,strict}.test.ts',
  'ca/interop/dehydrated.test.ts',
  'electron/install/nss-chromium.test.ts',
];

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
    skipped: report.numPendingTests + report.numTodoTests,
    report: '',
    unsteady: report.testResults.flatMap(unsteadyIn),
  };
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
