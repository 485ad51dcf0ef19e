// npm run faults: writes docs/faults.md from the cases of the fault suite.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { inProject, root } from './setup/project.mjs';
import { runScript, say } from './setup/say.mjs';

const page = inProject('docs', 'faults.md');

await runScript(async () => {
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { renderPage } = await import('../electron/testing/fault-suite/page.ts');
  const { format, resolveConfig } = await import('prettier');
  const style = await resolveConfig(page);
  writeFileSync(page, await format(renderPage(), { ...style, filepath: page }));
  say(`wrote ${relative(root, page)}`);
  return 0;
});
