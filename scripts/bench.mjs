// npm run bench [-- part ...]: what it costs on this machine, beside what others cost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureBuild } from './setup/build.mjs';
import {
  benchPackages,
  browserPackages,
  ensureSystemPackages,
  installPackages,
  sessionPackages,
  tokenPackages,
} from './setup/debian.mjs';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { inProject } from './setup/project.mjs';
import { runScript } from './setup/say.mjs';

await runScript(async () => {
  await ensureSystemPackages([
    ...benchPackages,
    ...browserPackages,
    ...installPackages,
    ...sessionPackages,
    ...tokenPackages,
  ]);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  await ensureBuild();
  const bench = spawn(
    process.execPath,
    [inProject('e2e/bench/bench.ts'), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  const [exit] = await once(bench, 'exit');
  return exit ?? 1;
});
