// npm test: everything; the last line says how much passed. With words after `--`: only tests whose path has them.
import {
  browserPackages,
  buildPackages,
  ensureSystemPackages,
  installPackages,
  sessionPackages,
  testPackages,
} from './setup/debian.mjs';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages, missingPackages } from './setup/packages.mjs';
import { root } from './setup/project.mjs';
import { runScript } from './setup/say.mjs';

await runScript(async () => {
  const filters = process.argv.slice(2);
  await ensureSystemPackages([
    ...(missingPackages(root).length > 0 ? buildPackages : []),
    ...browserPackages,
    ...installPackages,
    ...sessionPackages,
    ...testPackages,
  ]);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { runChecks } = await import('./run-checks.mjs');
  return runChecks(filters);
});
