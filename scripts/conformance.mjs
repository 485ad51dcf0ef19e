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
  // On a terminal one line that is written over; elsewhere a line for each.
  const over = (text) => stderr.write(`\r\u001b[K${text}`);
  const show = stderr.isTTY === true ? over : (text) => stderr.write(`${text}\n`);
  return main(process.argv.slice(2), {
    print(text) {
      if (stderr.isTTY === true) over('');
      console.log(text);
    },
    complain: (text) => console.error(text),
    progress: show,
    signal: interrupted.signal,
  });
});
