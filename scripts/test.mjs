// npm test: what every change has to pass; the last line says how much did. With `-- --all`: everything, the slow tests
// too. With other words after `--`: only tests whose path has them, all of those.
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

const everything = '--all';

await runScript(async () => {
  const words = process.argv.slice(2);
  const filters = words.filter((word) => word !== everything);
  const isSampled = words.length === 0;
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
  return runChecks({ filters, isSampled });
});
