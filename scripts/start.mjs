// npm start: installs what is missing, builds what is stale, starts the local CA, opens the wallet with it.
import { parseArgs } from 'node:util';
import {
  buildPackages,
  ensureSystemPackages,
  sessionPackages,
  walletPackages,
} from './setup/debian.mjs';
import { continueInOwnNode } from './setup/node.mjs';
import { ensurePackages, missingPackages } from './setup/packages.mjs';
import { root } from './setup/project.mjs';
import { runScript, say, SetupError } from './setup/say.mjs';
import { hasSessionBus } from './setup/session.mjs';

const usage = `Usage: npm start -- [options] [invitation link or .enroll file]
  --demo        run the whole journey without anybody at the keyboard (also done when there is no display)
  --port <n>    where the local CA listens on 127.0.0.1 (default 14443)
  --help`;

await runScript(async () => {
  const { values, positionals } = readOptions();
  if (values.help) return console.log(usage);
  const alone = values.demo === true || !hasDisplay();
  await ensureSystemPackages([
    ...(missingPackages(root).length > 0 ? buildPackages : []),
    ...walletPackages,
    // The demo never touches the person's own session.
    ...(alone || !hasSessionBus() ? sessionPackages : []),
  ]);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const { ensureBuild } = await import('./setup/build.mjs');
  await ensureBuild();
  if (alone) {
    if (values.demo !== true) say('no display: the journey runs by itself, as with --demo');
    const { runDemo } = await import('./demo.mjs');
    return runDemo();
  }
  const { openWallet } = await import('./open-wallet.mjs');
  return openWallet(values.port, positionals);
});

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        demo: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new SetupError(`${error.message}\n${usage}`);
  }
}

function hasDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY) || Boolean(WAYLAND_DISPLAY);
}
