import { inProject } from '../setup/project.mjs';
import { run } from '../setup/run.mjs';
import { byExitCode } from './outcome.mjs';

/** A tool of the project that is one check. */
const tool = (path, ...parameters) =>
  run(process.execPath, [inProject('node_modules', path), ...parameters]).then(byExitCode);

export const checkFormat = () => tool('prettier/bin/prettier.cjs', '--check', '.');
export const checkTypes = () => tool('typescript/bin/tsc', '--build', '--pretty');
export const checkLint = () => tool('eslint/bin/eslint.js', '--max-warnings', '0', '.');
