// npm run conformance: holds any server that claims draft-ietf-acme-client against docs/wire-profile.md.
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { runScript } from './setup/say.mjs';

await runScript(async () => {
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { main } = await import('../conformance/main.ts');
  const interrupted = new AbortController();
  // The case under way is finished and what has been found is told.
  process.once('SIGINT', () => interrupted.abort());
  return main(process.argv.slice(2), {
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
    live: process.stderr.isTTY === true,
    signal: interrupted.signal,
  });
});
