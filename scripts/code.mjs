// npm run code: the one-time code that the demo person's authenticator app would show now.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { inProject } from './setup/project.mjs';
import { quiet, runScript, SetupError } from './setup/say.mjs';

const usage = `Usage: npm run code -- [options]
  --email <address>   whose code (default alex@example.test)
  --state <folder>    of the CA (default .local-ca/ca)
  --help`;

await runScript(async () => {
  const { email, state, help } = readOptions();
  if (help) return console.log(usage);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  await printCode(email, resolve(state));
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        email: { type: 'string', default: 'alex@example.test' },
        state: { type: 'string', default: inProject('.local-ca', 'ca') },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n${usage}`);
  }
}

/**
 * @param {string} email
 * @param {string} directory
 */
async function printCode(email, directory) {
  if (!existsSync(join(directory, 'ca.sqlite'))) {
    throw new SetupError(`there is no state of a CA in ${directory}; has npm start run yet?`);
  }
  const { currentCode, readAuthenticator } = await import('../ca/portal/authenticator.ts');
  const authenticator = readAuthenticator(directory, email);
  if (authenticator === undefined) {
    throw new SetupError(`the CA knows nobody with the address ${email}`);
  }
  const { code, step, secondsLeft } = await currentCode(authenticator, new Date());
  console.log(code);
  const hint =
    step <= authenticator.lastStep
      ? `used already; the next one comes in ${secondsLeft} s`
      : `good for ${secondsLeft} s`;
  // The code alone goes to standard output, so that it can be piped.
  console.error(quiet(hint));
}
