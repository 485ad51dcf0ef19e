/**
 * What a check came to.
 *
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} report what failed and why; empty when nothing did
 * @property {readonly string[]} unsteady tests that passed only when they were tried again
 */

/** @type {Outcome} */
export const nothing = { passed: 0, failed: 0, skipped: 0, report: '', unsteady: [] };

/**
 * @param {readonly Outcome[]} outcomes
 * @returns {Outcome}
 */
export function total(outcomes) {
  return outcomes.reduce(
    (sum, outcome) => ({
      passed: sum.passed + outcome.passed,
      failed: sum.failed + outcome.failed,
      skipped: sum.skipped + outcome.skipped,
      report: [sum.report, outcome.report].filter(Boolean).join('\n'),
      unsteady: [...sum.unsteady, ...outcome.unsteady],
    }),
    nothing,
  );
}

/**
 * The last line of `npm test`.
 *
 * @param {Outcome} outcome
 */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * A program that is one check: right or wrong by its exit code.
 *
 * @param {{ code: number, output: string }} result
 * @returns {Outcome}
 */
export function byExitCode({ code, output }) {
  return code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1, report: output };
}

/**
 * A runner's own figures, corrected by its exit code: what broke outside any test is a failure too.
 *
 * @param {Outcome} counted
 * @param {{ code: number, output: string }} result
 * @returns {Outcome}
 */
export function withExitCode(counted, { code, output }) {
  if (code === 0 || counted.failed > 0) return counted;
  return { ...counted, failed: 1, report: output };
}
