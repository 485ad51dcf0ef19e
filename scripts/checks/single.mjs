import { inProject } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { byExitCode } from './outcome.mjs';

/** A tool of the project that is one check. It runs beside tests, some of which look at the clock. */
async function tool(path, parameters, env = {}) {
  const command = [inProject('node_modules', path), ...parameters];
  const options = { yielding: true, env: { ...process.env, ...env } };
  return byExitCode(await run(process.execPath, command, options));
}

export const checkFormat = () => tool('prettier/bin/prettier.cjs', ['--check', '.']);
export const checkTypes = () => tool('typescript/bin/tsc', ['--build', '--pretty']);
/** Tests by the rules that need no types: those take as long again, and `npm run lint` has them. */
export const checkLint = () =>
  tool('eslint/bin/eslint.js', ['--max-warnings', '0', '.'], { LINT_TESTS_WITHOUT_TYPES: '1' });
