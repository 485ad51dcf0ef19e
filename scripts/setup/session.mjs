import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from './run.mjs';
import { say, SetupError } from './say.mjs';

/** Whether programs find a D-Bus session, and with it, as a rule, a secret store. */
export function hasSessionBus(env = process.env) {
  return (
    process.platform !== 'linux' ||
    Boolean(env.DBUS_SESSION_BUS_ADDRESS) ||
    existsSync(join(env.XDG_RUNTIME_DIR ?? '/nonexistent', 'bus'))
  );
}

/**
 * Starts a D-Bus session with a secret store where the machine has none, as for root in a container.
 * Both end with this process at the latest. The keyring stays in the folder, so that the wallet finds its key again.
 *
 * @param {string} folder
 * @returns {Promise<{ env: Record<string, string>, stop: () => void }>} `env`: for the programs that use it
 */
export async function startSession(folder) {
  say(
    'no D-Bus session here: starting one with a secret store of its own; only file permissions protect it',
  );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const bus = bound('dbus-daemon', ['--session', '--nofork', '--print-address=1'], process.env);
  const [address] = await Promise.race([
    once(createInterface({ input: bus.stdout }), 'line'),
    once(bus, 'exit').then(() => [undefined]),
  ]);
  if (address === undefined) throw new SetupError('dbus-daemon could not be started');
  const env = { DBUS_SESSION_BUS_ADDRESS: address };
  const keyring = await startKeyring(folder, env);
  const stop = () => {
    keyring.kill();
    bus.kill();
  };
  return { env, stop };
}

async function startKeyring(folder, env) {
  const keyring = bound(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets'],
    { ...process.env, ...env, XDG_DATA_HOME: folder, XDG_RUNTIME_DIR: folder },
  );
  keyring.stdin.end(keyringPassword(folder));
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await ownsSecrets(env)) return keyring;
    await delay(50);
  }
  throw new SetupError('gnome-keyring-daemon could not be started');
}

async function ownsSecrets(env) {
  const { stdout } = await run(
    'dbus-send',
    [
      '--session',
      '--print-reply=literal',
      '--dest=org.freedesktop.DBus',
      '/',
      'org.freedesktop.DBus.NameHasOwner',
      'string:org.freedesktop.secrets',
    ],
    { env: { ...process.env, ...env } },
  );
  return stdout.includes('true');
}

function keyringPassword(folder) {
  const path = join(folder, 'keyring-password');
  if (!existsSync(path)) {
    writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(path, 'utf8');
}

/** A program that ends with this process, however this process ends. */
function bound(program, parameters, env) {
  return spawn('setpriv', ['--pdeathsig', 'TERM', program, ...parameters], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
