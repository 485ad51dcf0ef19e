import { join } from 'node:path';
import { inProject, readJson, root } from './project.mjs';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

/**
 * Packages that the lock file wants and `node_modules` does not have in that version.
 * npm keeps its own record of what it installed, so nothing has to be asked of it.
 *
 * @param {string} folder
 * @returns {string[]} paths such as `node_modules/zod`
 */
export function missingPackages(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))?.packages ?? {};
  const installed = readJson(join(folder, 'node_modules/.package-lock.json'))?.packages ?? {};
  return Object.keys(wanted).filter((path) => {
    if (path === '') return false;
    // Optional ones are for other machines.
    if (installed[path] === undefined) return wanted[path].optional !== true;
    return (
      installed[path].version !== wanted[path].version ||
      installed[path].integrity !== wanted[path].integrity
    );
  });
}

/** Installs the npm packages, exactly as locked, when any is missing. */
export async function ensurePackages() {
  const missing = missingPackages(root);
  if (missing.length === 0) return;
  say(`installing npm packages (${missing.length} missing)`);
  const parameters = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run('npm', parameters, { cwd: inProject() });
  if (code !== 0) throw new SetupError('npm ci failed', output);
}
