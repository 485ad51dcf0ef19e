import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../setup/project.mjs';

/** What oxlint does not have (1.89); `npm run lint` does. */
const missing = ['no-unsafe-class-instance-assignment', 'no-unsafe-enum-assignment'];
const prefix = '@typescript-eslint/';

/**
 * Writes a configuration for oxlint: the rules of eslint.config.js that need types, as they are there. It has them
 * from TypeScript's native compiler, for a tenth of the time.
 *
 * @param {string} folder
 * @returns {Promise<string>} path of the file
 */
export async function writeTypedRules(folder) {
  const { ESLint } = await import('eslint');
  const { plugin } = (await import('typescript-eslint')).default;
  const eslint = new ESLint({ cwd: inProject() });
  // They are the same for every file that has types.
  const { rules } = await eslint.calculateConfigForFile(inProject('electron/main.ts'));
  const needTypes = ([name, [severity]]) =>
    severity !== 0 &&
    name.startsWith(prefix) &&
    plugin.rules[name.slice(prefix.length)].meta.docs.requiresTypeChecking;
  const wanted = Object.entries(rules)
    .filter(needTypes)
    .map(([name, [, ...options]]) => [name.slice(prefix.length), ['error', ...options]])
    .filter(([name]) => !missing.includes(name));
  const typed = Object.fromEntries(wanted.map(([name, rule]) => [`typescript/${name}`, rule]));
  const path = join(folder, 'oxlint.json');
  const configuration = {
    plugins: ['typescript'],
    categories: { correctness: 'off' },
    rules: typed,
  };
  writeFileSync(path, JSON.stringify(configuration));
  return path;
}

/** What oxlint is told. @param {string} rules path of that file */
export const typedLint = (rules) => [
  ...['--type-aware', '--deny-warnings', '--config', rules, '--disable-nested-config'],
  ...['--ignore-pattern', '**/*.{js,mjs,cjs}'],
];
