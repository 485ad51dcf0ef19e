import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lendSecret } from '../lent-secret.ts';
import { withPrivateDirectory } from '../private-directory.ts';
import { brokenLink, type NetworkManagerTool } from './network-manager-tool.ts';
import type { ConnectionMedium } from './network-manager-settings.ts';

/** A way into a network that may be tried. */
export interface TriedConnection {
  readonly uuid: string;
  readonly medium: ConnectionMedium;
  readonly outerIdentity: string;
  /** Its key lies on a token, and somebody has to be asked for the PIN. */
  readonly asksForPin: boolean;
}

/** nmcli(1) `--wait`, seconds. Somebody may be typing a PIN. */
const patience = 90;
/** Milliseconds. A port that refuses is waited for; where nobody can be asked for a PIN it is over at once. */
const tooSoonForAPort = 1500;
/** Milliseconds. */
const settling = 30_000;

export interface JoinOptions {
  readonly tool: NetworkManagerTool;
  readonly temporaryDirectory: string;
  /** Of the token; when not said, NetworkManager has the person's session ask for it. */
  readonly pin?: Uint8Array | undefined;
}

/**
 * Joins the first of the networks that is within reach, and goes back to what there was. Returns false when none is. Throws
 * `InstallError` with the broken link when the network does not let this computer in.
 */
export async function joinNetwork(
  connections: readonly TriedConnection[],
  options: JoinOptions,
): Promise<boolean> {
  const { tool } = options;
  for (const connection of connections) {
    const device = await deviceFor(tool, connection.medium);
    if (device === null) continue;
    await settled(tool, device);
    const before = await activeOn(tool, device);
    try {
      await activate(connection, device, options);
    } finally {
      // What else was there may be out of reach by now.
      if (before !== null && before !== connection.uuid) {
        await up(tool, ['uuid', before, 'ifname', device]);
      }
    }
    return true;
  }
  return false;
}

async function activate(
  { uuid, asksForPin, outerIdentity }: TriedConnection,
  device: string,
  { tool, pin, temporaryDirectory }: JoinOptions,
): Promise<void> {
  const start = performance.now();
  const where = ['uuid', uuid, 'ifname', device];
  const lendsPin = asksForPin && pin && isPlain(pin) ? pin : null;
  const exitCode = lendsPin
    ? await withPrivateDirectory(temporaryDirectory, (directory) =>
        upWithPin(tool, where, { directory, outerIdentity, pin: lendsPin }),
      )
    : await up(tool, where);
  if (exitCode === 0) return;
  const isAtOnce = performance.now() - start < tooSoonForAPort;
  // NetworkManager asks for other secrets whatever the other side had against these.
  throw brokenLink(asksForPin && isAtOnce ? 'pin' : 'refused', `${device}: nmcli: ${exitCode}`);
}

/** nmcli's files of secrets have a line for each, in which a backslash means something. */
const isPlain = (pin: Uint8Array): boolean =>
  pin.every((octet) => octet > 0x20 && octet < 0x7f && octet !== 0x5c);

interface LentPin {
  readonly directory: string;
  readonly outerIdentity: string;
  readonly pin: Uint8Array;
}

async function upWithPin(
  tool: NetworkManagerTool,
  where: readonly string[],
  { directory, outerIdentity, pin }: LentPin,
): Promise<number> {
  const pipe = join(directory, 'secrets');
  await tool.makePipe(pipe);
  // nmcli asks for all that a person could be asked for at such a connection.
  const asked = `802-1x.identity:${outerIdentity}\n802-1x.private-key-password:`;
  const secrets = Buffer.concat([Buffer.from(asked), pin, Buffer.from('\n')]);
  try {
    return await lendSecret(pipe, secrets, () => up(tool, [...where, 'passwd-file', pipe]));
  } finally {
    secrets.fill(0);
  }
}

async function up(tool: NetworkManagerTool, which: readonly string[]): Promise<number> {
  const { exitCode } = await tool.run({
    parameters: ['--wait', String(patience), 'connection', 'up', ...which],
    allowed: [1, 2, 3, 4, 10],
    timeout: (patience + 10) * 1000,
  });
  return exitCode;
}

async function activeOn(tool: NetworkManagerTool, device: string): Promise<string | null> {
  const { stdout } = await tool.run({
    parameters: ['-g', 'GENERAL.CON-UUID', 'device', 'show', device],
  });
  return stdout.trim() || null;
}

/** A device that has a carrier, or hears the network's name. */
async function deviceFor(
  tool: NetworkManagerTool,
  medium: ConnectionMedium,
): Promise<string | null> {
  const { stdout } = await tool.run({
    parameters: ['-e', 'no', '-g', 'TYPE,STATE,DEVICE', 'device', 'status'],
  });
  for (const line of stdout.split('\n')) {
    const [, type, state = '', device] = /^([^:]*):([^:]*):(\S+)$/.exec(line) ?? [];
    if (device === undefined || type !== medium.kind) continue;
    // "unavailable": no carrier, or its radio is off.
    if (!/^(?:dis)?connect/.test(state)) continue;
    if (medium.kind === 'ethernet' || (await hears(tool, device, medium.ssid))) return device;
  }
  return null;
}

/** NetworkManager tries by itself what is new; an attempt that is broken off has the port wait before it answers the next. */
async function settled(tool: NetworkManagerTool, device: string): Promise<void> {
  const deadline = performance.now() + settling;
  while (performance.now() < deadline) {
    const { stdout } = await tool.run({
      parameters: ['-g', 'GENERAL.STATE', 'device', 'show', device],
    });
    // NMDeviceState: 40 to 90 is on the way to 100.
    const state = Number.parseInt(stdout, 10);
    if (!(state >= 40 && state < 100)) return;
    await delay(200);
  }
}

async function hears(tool: NetworkManagerTool, device: string, ssid: string): Promise<boolean> {
  const { stdout } = await tool.run({
    parameters: ['-e', 'no', '-g', 'SSID', 'device', 'wifi', 'list', 'ifname', device],
  });
  return stdout.split('\n').includes(ssid);
}
