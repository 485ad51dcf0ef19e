// What `npm test` does once everything is installed. Runs on the project's own Node.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nothing, summary, total } from './checks/outcome.mjs';
import { checkProject, runPlaywright } from './checks/playwright.mjs';
import { checkFormat, checkLint, checkLintWithTypes, checkTypes } from './checks/single.mjs';
import { runVitest } from './checks/vitest.mjs';
import { ensureBuild } from './setup/build.mjs';
import { inProject } from './setup/project.mjs';
import { green, quiet, red, SetupError } from './setup/say.mjs';

/**
 * What of the tests is to be run.
 *
 * @typedef {object} Wanted
 * @property {readonly string[]} filters parts of paths; none: of all files
 * @property {boolean} isSampled without what is slow and rarely the first to break
 */

/**
 * @param {Wanted} wanted
 * @returns {Promise<number>} the exit code
 */
export async function runChecks(wanted) {
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  try {
    const outcome = total(await runAll(scratch, wanted));
    if (outcome.report !== '') console.log(`\n${outcome.report}`);
    for (const test of outcome.unsteady) console.log(red(`passed only at the second try: ${test}`));
    const nothingRan = outcome.passed + outcome.failed + outcome.skipped === 0;
    if (nothingRan) console.log(red(`no test has ${wanted.filters.join(' or ')} in its path`));
    if (wanted.isSampled)
      console.log(quiet('npm run test:all runs the tests that are left out here'));
    console.log(summary(outcome));
    return outcome.failed > 0 || nothingRan ? 1 : 0;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runAll(scratch, wanted) {
  const unit = ['unit and integration tests', () => runVitest(scratch, wanted)];
  if (wanted.filters.length === 0) {
    const lanes = [inTurn([unit]), checkApp(scratch, wanted), checkText(scratch, wanted)];
    return (await Promise.all(lanes)).flat();
  }
  const journeys = ['journeys', () => runPlaywright(scratch, wanted.filters)];
  const built = hasJourney(wanted.filters) ? [['build', buildApp], journeys] : [];
  return inTurn([unit, ...built]);
}

// Three lanes on the two cores of the machines this runs on: all but the last, which has what the others leave, wait for
// timers and other processes half of their time.

async function checkApp(scratch, { isSampled }) {
  const [built] = await inTurn([['build', buildApp]]);
  // Without a fresh build journeys would try an old one.
  if (built.failed > 0) return [built];
  const shown = ['journeys', 'screens'].map((project) => [
    project,
    () => checkProject(scratch, project, isSampled),
  ]);
  return [built, ...(await inTurn(shown))];
}

function checkText(scratch, { isSampled }) {
  return inTurn([
    ['types', checkTypes],
    ['lint', () => checkLint(scratch)],
    ['format', checkFormat],
    ...(isSampled ? [] : [['lint with types', checkLintWithTypes]]),
  ]);
}

function hasJourney(filters) {
  const journeys = readdirSync(inProject('e2e'), { recursive: true })
    .map((path) => `e2e/${path}`)
    .filter((path) => path.endsWith('.spec.ts'));
  return journeys.some((path) => filters.some((filter) => path.includes(filter)));
}

async function inTurn(checks) {
  const outcomes = [];
  for (const [name, perform] of checks) outcomes.push(await check(name, perform));
  return outcomes;
}

async function check(name, perform) {
  const started = performance.now();
  const outcome = await perform();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const mark = outcome.failed > 0 ? red('✗') : green('✓');
  console.log(`${mark} ${name} ${quiet(`${summary(outcome)}, ${seconds} s`)}`);
  return outcome;
}

async function buildApp() {
  try {
    await ensureBuild();
    return { ...nothing, passed: 1 };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { ...nothing, failed: 1, report: `${error.message}\n${error.details}` };
  }
}
