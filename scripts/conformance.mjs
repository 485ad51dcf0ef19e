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
  const { stderr } = process;
  // One line that is written over.
  const show = (text) => stderr.isTTY === true && stderr.write(`\r\u001b[K${text}`);
  return main(process.argv.slice(2), {
    print(text) {
      show('');
      console.log(text);
    },
    complain: (text) => console.error(text),
    progress: show,
    signal: interrupted.signal,
  });
});
