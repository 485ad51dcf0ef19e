import { inProject } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { byExitCode } from './outcome.mjs';

/** A tool of the project that is one check. It runs beside tests, some of which look at the clock. */
async function tool(path, ...parameters) {
  const program = inProject('node_modules', path);
  return byExitCode(await run(process.execPath, [program, ...parameters], { yielding: true }));
}

export const checkFormat = () => tool('prettier/bin/prettier.cjs', '--check', '.');
export const checkTypes = () => tool('typescript/bin/tsc', '--build', '--pretty');
export const checkLint = () => tool('eslint/bin/eslint.js', '--max-warnings', '0', '.');
