// npm run wine: what the wallet does with Windows's own libraries, done with Wine's in their place; writes the table of
// docs/os-keys.md. Wine is no Windows: what it cannot do is expected by name, and the page says what that leaves unproven.
import { ensureSystemPackages } from './setup/debian.mjs';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { run } from './setup/run.mjs';
import { bold, green, red, runScript, SetupError } from './setup/say.mjs';
import { winePackages } from './wine/packages.mjs';

await runScript(async () => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('Wine runs Windows programs for x64 on Linux on the same processor only');
  }
  await ensureSystemPackages(winePackages);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { runUnderWine } = await import('./wine/run-under-wine.mjs');
  const { writePage } = await import('./wine/page.mjs');
  const outcomes = await runUnderWine();
  for (const { area, what, expects, outcome } of outcomes) {
    const mark = outcome === expects ? green('✓') : red('✗');
    console.log(`${mark} ${bold(area)} ${what}: ${outcome}`);
  }
  const surprises = outcomes.filter(({ outcome, expects }) => outcome !== expects);
  if (surprises.length > 0) {
    throw new SetupError(`${surprises.length} of ${outcomes.length} came out otherwise`);
  }
  const { stdout } = await run('wine', ['--version']);
  // Such as `wine-8.0 (Debian 8.0~repack-4)`.
  await writePage(outcomes, stdout.trim());
  return 0;
});
