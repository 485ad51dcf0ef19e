// npm run vectors: writes docs/vectors/*.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { root } from './setup/project.mjs';
import { runScript, say } from './setup/say.mjs';

await runScript(async () => {
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { makeFiles } = await import('./vectors/files.mjs');
  const { folder } = await import('./vectors/kept.mjs');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of await makeFiles()) writeFileSync(join(folder, name), text);
  say(`wrote ${relative(root, folder)}`);
  return 0;
});
