import { inProject } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { byExitCode, total } from './outcome.mjs';
import { typedLint, writeTypedRules } from './typed-rules.mjs';

/** A tool of the project that is one check. It runs beside tests, some of which look at the clock. */
async function tool(path, parameters, env = {}) {
  const command = [inProject('node_modules', path), ...parameters];
  const options = { yielding: true, env: { ...process.env, ...env } };
  return byExitCode(await run(process.execPath, command, options));
}

export const checkFormat = () => tool('prettier/bin/prettier.cjs', ['--check', '.']);
/** By TypeScript's native compiler, for less than half the time; ESLint has no other API than that of the one before. */
export const checkTypes = () => tool('typescript-native/bin/tsc', ['--build', '--pretty']);

/**
 * All rules: those that need types by oxlint, which is ten times as fast with them, the others by ESLint.
 *
 * @param {string} scratch folder for oxlint's configuration
 */
export async function checkLint(scratch) {
  const plain = await tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.'], {
    LINT_WITHOUT_TYPES: '1',
  });
  const rules = await writeTypedRules(scratch);
  const typed = await tool('oxlint/bin/oxlint', [...typedLint(rules), '.']);
  return total([plain, typed]);
}

/** All of it once more by ESLint itself, for what oxlint lacks. */
export const checkLintWithTypes = () => tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.']);
