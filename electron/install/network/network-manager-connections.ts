import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { InstallError } from '../install-target.ts';
import { keyfileOf } from './network-manager-keyfile.ts';
import { settingsOf, type NetworkManagerConnection } from './network-manager-settings.ts';
import { nmcliExit, type NetworkManagerTool } from './network-manager-tool.ts';

/** One of the wallet's connections, as NetworkManager has it. */
export interface OwnConnection {
  readonly uuid: string;
  readonly type: string;
  readonly rootsFile: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly priority: number;
  /** Of the network in the air. */
  readonly ssid: string;
}

/** One that joins a network in the air, whoever made it. */
export interface WirelessConnection {
  readonly uuid: string;
  readonly ssid: string;
  readonly priority: number;
}

export interface ConnectionsOptions {
  readonly tool: NetworkManagerTool;
  /** nm-settings-keyfile(5). Only administrators may write there. */
  readonly keyfileDirectory: string;
}

const listed = [
  'connection.uuid',
  'connection.type',
  '802-1x.ca-cert',
  '802-1x.client-cert',
  '802-1x.private-key',
  'connection.autoconnect-priority',
  // Last: it is there only for some.
  '802-11-wireless.ssid',
] as const;

/** What the person, or an administrator, has changed about a connection, and wants of the next one too. */
const personal = [
  'connection.autoconnect',
  'connection.zone',
  'connection.metered',
  'connection.interface-name',
  '802-1x.optional',
  ...['method', 'addresses', 'gateway', 'routes', 'dns', 'dns-search', 'ignore-auto-dns'].flatMap(
    (property) => [`ipv4.${property}`, `ipv6.${property}`],
  ),
  'proxy.method',
  'proxy.pac-url',
  // Last: they are there only for some.
  '802-11-wireless.hidden',
  '802-11-wireless.cloned-mac-address',
] as const;

/** Connections of the wallet among those that NetworkManager has. Throws `InstallError`. */
export class NetworkManagerConnections {
  readonly #tool: NetworkManagerTool;
  readonly #keyfileDirectory: string;

  constructor({ tool, keyfileDirectory }: ConnectionsOptions) {
    this.#tool = tool;
    this.#keyfileDirectory = keyfileDirectory;
  }

  /** Those whose files lie below a directory of the wallet's: a connection's name and UUID can be anybody's. */
  async below(directory: string): Promise<readonly OwnConnection[]> {
    const candidates = await this.#candidates();
    const found: OwnConnection[] = [];
    // One after the other: they may go while they are looked at.
    for (const candidate of candidates) {
      const values = await this.#tool.properties(candidate, listed);
      const connection = values && ownConnection(values);
      if (connection?.rootsFile.startsWith(`${directory}/`)) found.push(connection);
    }
    return found;
  }

  /** Those that this person sees. */
  async wireless(): Promise<readonly WirelessConnection[]> {
    const names = ['connection.autoconnect-priority', '802-11-wireless.ssid'];
    const found: WirelessConnection[] = [];
    for (const uuid of await this.#candidates('802-11-wireless')) {
      const [priority, ssid] = (await this.#tool.properties(uuid, names)) ?? [];
      if (ssid !== undefined) found.push({ uuid, ssid, priority: Number(priority) });
    }
    return found;
  }

  /** Those that could sign in by 802.1X. */
  async #candidates(
    type: '802-11-wireless' | '802-(?:3-ethernet|11-wireless)' = '802-(?:3-ethernet|11-wireless)',
  ): Promise<readonly string[]> {
    const wanted = new RegExp(`^([0-9a-f-]{36}):${type}$`);
    const { stdout } = await this.#tool.run({
      parameters: ['-e', 'no', '-g', 'UUID,TYPE', 'connection', 'show'],
    });
    return stdout
      .split('\n')
      .map((line) => wanted.exec(line)?.[1])
      .filter((uuid) => uuid !== undefined);
  }

  /** As a file, which takes an administrator. What the person has changed about it stays. */
  async putFile(connection: NetworkManagerConnection, credentialId: string): Promise<void> {
    const { uuid } = connection;
    const text = keyfileOf(connection);
    const kept = await this.#personal(uuid);
    const path = join(this.#keyfileDirectory, `countersign-${uuid}.nmconnection`);
    const unfinished = this.#unfinished(credentialId);
    try {
      await rm(unfinished, { force: true });
      const file = await open(unfinished, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      const options = { cause: error };
      throw new InstallError('network-manager', 'store-not-writable', path, options);
    }
    await this.#tool.run({ parameters: ['connection', 'load', path] });
    await this.#restore(uuid, kept);
  }

  /** What a stopped wallet left in the directory of key files: NetworkManager reads what it has, and not what is unfinished. */
  async clearAway(credentialId: string): Promise<void> {
    await rm(this.#unfinished(credentialId), { force: true });
    await this.#tool.run({ parameters: ['connection', 'reload'] });
  }

  #unfinished(credentialId: string): string {
    return join(this.#keyfileDirectory, `.countersign-${credentialId}.part`);
  }

  /** Over the bus, where NetworkManager asks polkit whether this person may. What the person has changed about it stays. */
  async put(connection: NetworkManagerConnection): Promise<void> {
    const { uuid, key, id, medium } = connection;
    const kept = await this.#personal(uuid);
    await this.remove(uuid);
    const properties = settingsOf(connection).flatMap(([setting, each]) =>
      each.flatMap(([name, value]) =>
        isSaidOtherwise(setting, name) ? [] : [`${setting}.${name}`, textOf(value)],
      ),
    );
    // Until it has its passphrase it is not to be tried.
    const isReady = key.kind === 'token';
    const quietly = isReady ? [] : ['connection.autoconnect', 'no'];
    const what = ['type', medium.kind, 'con-name', id, 'ifname', '*'];
    const where = medium.kind === 'wifi' ? ['ssid', medium.ssid] : [];
    await this.#tool.run({
      parameters: ['connection', 'add', ...what, ...where, '--', ...properties, ...quietly],
    });
    if (!isReady) await this.#givePassphrase(uuid, key.passphrase);
    await this.#restore(uuid, kept);
  }

  /** Not in a parameter, which everybody on the computer could read. */
  async #givePassphrase(uuid: string, passphrase: string): Promise<void> {
    const words = [`set 802-1x.private-key-password ${passphrase}`, 'save persistent', 'quit', ''];
    const input = words.join('\n');
    await this.#tool.run({ parameters: ['connection', 'edit', 'uuid', uuid], input });
    // Not there: the editor would ask back, whether it may be joined at once.
    await this.#modify(uuid, ['connection.autoconnect', 'yes']);
    if ((await this.passphraseOf(uuid)) === passphrase) return;
    throw new InstallError('network-manager', 'refused', 'the passphrase was not kept');
  }

  /** `null`: it has none, or this person may not know it. */
  async passphraseOf(uuid: string): Promise<string | null> {
    const names = ['802-1x.private-key-password'];
    // nmcli forgets secrets that it was told when the connection is changed, or joined, in that moment.
    for (const pause of [0, 50, 150, 300, 500]) {
      await delay(pause);
      const [passphrase = ''] = (await this.#tool.properties(uuid, names, { secret: true })) ?? [];
      if (passphrase !== '') return passphrase;
    }
    return null;
  }

  /** What is not there is no error. NetworkManager removes the file of one that it has as a file. */
  async remove(uuid: string): Promise<void> {
    await this.#tool.run({
      parameters: ['connection', 'delete', 'uuid', uuid],
      allowed: [nmcliExit.doesNotExist],
    });
  }

  /** Has one connection be as another is in all that is the person's to say. */
  async carryOver(from: string, to: string): Promise<void> {
    const kept = await this.#personal(from);
    await this.#restore(to, kept);
    const [priority] =
      (await this.#tool.properties(from, ['connection.autoconnect-priority'])) ?? [];
    if (priority === undefined) return;
    await this.#modify(to, ['connection.autoconnect-priority', priority]);
  }

  async #personal(uuid: string): Promise<ReadonlyMap<string, string> | null> {
    const values = await this.#tool.properties(uuid, personal);
    return values && new Map(personal.map((name, index) => [name, values[index] ?? '']));
  }

  async #restore(uuid: string, kept: ReadonlyMap<string, string> | null): Promise<void> {
    if (kept === null) return;
    const now = await this.#personal(uuid);
    const changed = [...kept].filter(([name, value]) => now?.get(name) !== value);
    if (changed.length > 0) await this.#modify(uuid, changed.flat());
  }

  async #modify(uuid: string, changes: readonly string[]): Promise<void> {
    await this.#tool.run({ parameters: ['connection', 'modify', 'uuid', uuid, ...changes] });
  }
}

function ownConnection(values: readonly string[]): OwnConnection | null {
  const [uuid, type, rootsFile, certificate, privateKey, priority, ssid = ''] = values;
  if (uuid === undefined || type === undefined || rootsFile === undefined) return null;
  if (certificate === undefined || privateKey === undefined) return null;
  return {
    ...{ uuid, type, rootsFile, certificate, ssid },
    // nmcli(1) may add the passphrase after a space.
    privateKey: privateKey.split(' ')[0] ?? '',
    priority: Number(priority),
  };
}

/** `nmcli connection add` has words of its own for them. */
const isSaidOtherwise = (setting: string, name: string): boolean =>
  (setting === 'connection' && (name === 'id' || name === 'type')) || name === 'ssid';

const textOf = (value: string | number | readonly string[]): string =>
  typeof value === 'object' ? value.join(',') : String(value);
