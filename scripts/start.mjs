// npm start: installs what is missing, builds what is stale, starts the local CA, opens the wallet with it.
import { parseArgs } from 'node:util';
import {
  browserPackages,
  buildPackages,
  ensureSystemPackages,
  installPackages,
  nameMissingPackages,
  sessionPackages,
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
  if (missingPackages(root).length > 0) await ensureSystemPackages(buildPackages);
  await ensurePackages();
  const code = await continueInOwnNode();
  if (code !== undefined) return code;
  const alone = values.demo === true || !hasDisplay();
  if (alone && values.demo !== true) say('no display: the journey runs by itself, as with --demo');
  const { findHost } = await import('./setup/host.mjs');
  const host = await findHost({ mayDownload: !alone });
  await prepareSystem(host, alone);
  const { ensureBuild } = await import('./setup/build.mjs');
  await ensureBuild();
  if (alone) {
    const { runDemo } = await import('./demo.mjs');
    return runDemo(host);
  }
  const { openWallet } = await import('./open-wallet.mjs');
  return openWallet(host, values.port, positionals);
});

/** The demo needs a session and a browser of its own; a person may have both already. */
async function prepareSystem(host, alone) {
  await ensureSystemPackages([
    ...(alone || host.kind === 'standin' ? browserPackages : []),
    ...(alone || !hasSessionBus() ? sessionPackages : []),
    ...(alone ? installPackages : []),
  ]);
  // The wallet says by itself when it cannot install into browsers; the rest of it works.
  if (!alone) await nameMissingPackages(installPackages);
}

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
