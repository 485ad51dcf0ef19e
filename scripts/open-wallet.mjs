// The interactive half of `npm start`. Runs on the project's own Node.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introduce, openLocalCa, ports, stateFolder } from './local-ca.mjs';
import { root } from './setup/project.mjs';
import { bold, quiet } from './setup/say.mjs';
import { hasSessionBus, startSession } from './setup/session.mjs';

const demoAddress = 'alex@example.test';

/**
 * Starts the local CA and the wallet beside it; the CA stops when the wallet closes.
 *
 * @param {import('./setup/host.mjs').Host} host
 * @param {string | undefined} port
 * @param {readonly string[]} openings invitation links and files for the wallet
 * @returns {Promise<number>} the wallet's exit code
 */
export async function openWallet(host, port, openings) {
  const localCa = await openLocalCa({
    ...ports(port),
    state: { directory: join(stateFolder, 'ca') },
  });
  const handOver = join(stateFolder, 'hand-over.json');
  let session = personsOwn;
  try {
    if (!hasSessionBus()) session = await startSession(join(stateFolder, 'session'));
    await writeHandOver(handOver, localCa);
    introduce(localCa);
    explainCode();
    return await runWallet(host, session.env, [`--local-ca=${handOver}`, ...openings]);
  } finally {
    rmSync(handOver, { force: true });
    session.stop();
    await localCa.ca.stop();
  }
}

const personsOwn = {
  env: {},
  stop() {
    // The person's session goes on.
  },
};

/** What makes the local CA a ready organisation; it holds an invitation, so it is for the owner only. */
async function writeHandOver(path, localCa) {
  const profile = await localCa.profile();
  const invitation = localCa.invite(demoAddress);
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify({ profile, invitation }), { mode: 0o600, flag: 'wx' });
}

function explainCode() {
  console.log(bold('One-time code of Alex Demo'));
  console.log(`  in a second terminal: ${bold('npm run code')}`);
  console.log('  or scan the QR code on the portal, under People, with an authenticator app');
  console.log(quiet('The wallet opens now. Closing it stops the CA too.'));
}

async function runWallet(host, env, parameters) {
  const wallet = spawn(
    host.program,
    [...host.parameters, root, `--user-data-dir=${join(stateFolder, 'wallet')}`, ...parameters],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  // Ctrl+C reaches the wallet as well; the CA stops after it.
  const wait = () => wallet.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', wait);
  const [code] = await once(wallet, 'exit');
  return code ?? 0;
}
