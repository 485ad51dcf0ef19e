import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProofLink } from '../../shared/failure.ts';
import type { ProofMethod } from '../../shared/models/credential.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { EapWorld } from '../testing/eap-world.ts';
import { NetworkManagerDaemon } from '../testing/network-manager-daemon.ts';
import { tracesIn } from '../testing/installing/traces.ts';
import { noNamespaces, WiredPort } from '../testing/wired-port.ts';
import type { InstalledCredential } from './install-target.ts';
import { NetworkManagerTarget, type NetworkManagerTargetOptions } from './network-manager.ts';
import { writeKeyMaterial } from './network/key-files.ts';

const target = 'network-manager';
let world: EapWorld;
let port: WiredPort;
let daemon: NetworkManagerDaemon;

describe.skipIf(noNamespaces !== null)(`NetworkManager (${noNamespaces ?? 'as root'})`, () => {
  beforeAll(async () => {
    world = await EapWorld.start();
    port = await portOf(world);
    daemon = await NetworkManagerDaemon.start(port.computer);
  });

  // What a test that failed has left is nothing for the others, nor for its second try.
  afterEach(async () => {
    const left = nmcli(['-g', 'UUID', 'connection', 'show']).split('\n').filter(Boolean);
    for (const uuid of left) nmcli(['connection', 'delete', 'uuid', uuid]);
    await rm(join(world.home, '.cert'), { recursive: true, force: true });
  });

  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    await port[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it('gets a connection for each way into a network, and nobody else reads its file', async () => {
    const credential = await issued({ ssids: [' a;b\\ü', 'Northlight'], wired: true });
    const nm = targetOf();
    const installed = await nm.install(credential);
    expect(await nm.list([credential])).toEqual([installed]);
    const files = await readdir(daemon.keyfileDirectory);
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect((await stat(join(daemon.keyfileDirectory, file))).mode & 0o777).toBe(0o600);
    }
    const names = nmcli(['-g', 'NAME', 'connection', 'show']).split('\n');
    expect(names).toEqual(expect.arrayContaining([' a;b\\ü', 'Northlight', 'Northlight (802.1X)']));
    await nm.install(credential);
    expect(await readdir(daemon.keyfileDirectory)).toEqual(files);
    await nm.remove(installed);
    await nm.remove(installed);
    expect(await traces()).toEqual([]);
  });

  it('is shown to work: by its key, by what NetworkManager has, by a server, and by the socket in the wall', async () => {
    const credential = await issued({ ssids: [], wired: true });
    const nm = targetOf();
    const installed = { ...(await nm.install(credential)), networks: credential.networks };
    plugIn(installed);
    const probes = { radius: world.radius.probe, network: true, anchors: [world.rootDer] };
    expect(await nm.prove(installed, probes)).toMatchObject([
      { status: 'proven', method: 'signature', by: 'OpenSSL' },
      { status: 'proven', method: 'listed', by: 'NetworkManager' },
      { status: 'proven', method: 'eap-tls', by: 'eapol_test' },
      { status: 'proven', method: 'network', by: 'NetworkManager' },
    ]);
    await port.opens();
    expect(port.verdicts).toContainEqual(expect.stringContaining('Login OK: [anonymous@'));
    await nm.remove(installed);
    expect(await traces()).toEqual([]);
  });

  it('belongs to the person over the bus, whose passphrase no command line and no history has', async () => {
    const credential = await issued({ ssids: ['Northlight " \\s;ü '], wired: true });
    const overheard = await eavesdropper();
    const nm = targetOf({ user: userInfo().username, searchPath: overheard.searchPath });
    const installed = await nm.install(credential);
    const again = await nm.install(credential);
    expect(again).toEqual(installed);
    expect(await nm.list([credential])).toEqual([installed]);
    const proofs = await nm.prove({ ...installed, networks: credential.networks });
    expect(proofs.map(({ status }) => status)).toEqual(['proven', 'proven']);
    const [file = ''] = await readdir(daemon.keyfileDirectory);
    const text = await readFile(join(daemon.keyfileDirectory, file), 'utf8');
    expect(text).toContain(`permissions=user:${userInfo().username}:;`);
    const [, passphrase = ''] = /^private-key-password=([\w-]{40,})$/m.exec(text) ?? [];
    const commands = await overheard.commands();
    expect(commands).toMatch(/^\/dev\/null connection edit uuid /m);
    // In its home nmcli would keep a history of what was typed.
    expect(commands.split('\n').every((line) => /^(\/dev\/null .*)?$/.test(line))).toBe(true);
    expect(passphrase).not.toBe('');
    expect(commands).not.toContain(passphrase);
    expect(text).not.toContain('autoconnect=false');
    expect(nmcli(['-g', 'NAME', 'connection', 'show'])).toContain('Northlight " \\s;ü \n');
    await nm.remove(installed);
    expect(await traces()).toEqual([]);
  });

  it('says which link is broken', async () => {
    const nm = targetOf();
    const credential = await issued({ ssids: [], wired: true });
    const { networks } = credential;
    const never = { ...credential, location: '' };
    expect(await nm.prove(never)).toMatchObject([failedAt('signature', 'not-listed')]);
    const installed = { ...(await nm.install(credential)), networks };
    const { key } = await writeKeyMaterial(credential, { homeDirectory: world.home, target });
    // A passphrase that NetworkManager does not have.
    expect(key.kind).toBe('file');
    expect(await nm.prove(installed)).toMatchObject([failedAt('signature', 'key')]);
    await nm.install(credential);
    const strangers = { anchors: [world.strangerDer] };
    const lists = { status: 'proven', method: 'signature' };
    expect(await nm.prove(installed, strangers)).toMatchObject([
      lists,
      failedAt('listed', 'chain'),
    ]);
    nmcli(['connection', 'delete', 'Northlight (802.1X)']);
    expect(await nm.prove(installed)).toMatchObject([failedAt('signature', 'not-listed')]);
    await nm.remove(installed);
  });

  it('takes over what the person said of the connection before it, and takes its place', async () => {
    const nm = targetOf();
    const old = await issued();
    const from = await nm.install(old);
    nmcli([
      'connection',
      'modify',
      'Northlight',
      'connection.zone',
      'work',
      'ipv4.dns',
      '10.0.0.1',
    ]);
    const fresh = await issued();
    const to = await nm.install(fresh);
    const priorities = ['-g', 'NAME,AUTOCONNECT-PRIORITY', 'connection', 'show'];
    expect(nmcli(priorities)).toMatch(/^Northlight:1$/m);
    await nm.rebind(from, to);
    await nm.rebind(from, to);
    expect(await nm.list([old, fresh])).toEqual([to]);
    expect(nmcli(priorities)).toMatch(/^Northlight:0$/m);
    const kept = ['-g', 'connection.zone,ipv4.dns', 'connection', 'show', 'Northlight'];
    expect(nmcli(kept)).toBe('work\n10.0.0.1\n');
    // So does what is installed once more.
    await nm.install(fresh);
    expect(nmcli(kept)).toBe('work\n10.0.0.1\n');
    await nm.remove(to);
    expect(await traces()).toEqual([]);
  });

  it(
    'goes before another credential in the network of both, and before nothing else that the person joins',
    { tags: ['deep'] },
    async () => {
      const nm = targetOf();
      const first = await nm.install(await issued({ ssids: ['Northlight'], wired: true }));
      const second = await nm.install(await issued({ ssids: ['Southlight', 'Northlight'] }));
      const connections = nmcli(['-g', 'NAME,AUTOCONNECT-PRIORITY', 'connection', 'show']);
      const priorities = connections.split('\n').filter((line) => line.includes('light'));
      expect(priorities.sort()).toEqual([
        ...['Northlight (802.1X):0', 'Northlight:0', 'Northlight:1', 'Southlight:0'],
      ]);
      await nm.remove(first);
      await nm.remove(second);
      expect(await traces()).toEqual([]);
    },
  );

  it('goes after what the person joins by the same name, which stays as it is', async () => {
    const nm = targetOf();
    const own = ['type', 'wifi', 'con-name', 'Home', 'ifname', '*', 'ssid', 'Home'];
    nmcli([
      'connection',
      'add',
      ...own,
      'wifi-sec.key-mgmt',
      'wpa-psk',
      'wifi-sec.psk',
      'x'.repeat(8),
    ]);
    const before = nmcli(['-s', 'connection', 'show', 'Home']);
    const installed = await nm.install(await issued({ ssids: ['Home', 'Northlight'] }));
    const connections = nmcli(['-g', 'NAME,AUTOCONNECT-PRIORITY', 'connection', 'show']);
    const priorities = connections.split('\n').filter((line) => /^(?:Home|Northlight):/.test(line));
    expect(priorities.sort()).toEqual(['Home:-10', 'Home:0', 'Northlight:0']);
    await nm.remove(installed);
    expect(nmcli(['-s', 'connection', 'show', 'Home'])).toBe(before);
    nmcli(['connection', 'delete', 'Home']);
    expect(await traces()).toEqual([]);
  });

  it('leaves alone what is not its own, and finds what a stopped wallet left', async () => {
    const nm = targetOf();
    const others = [
      'type',
      'ethernet',
      'con-name',
      'Northlight',
      'ifname',
      '*',
      'autoconnect',
      'no',
    ];
    nmcli(['connection', 'add', ...others]);
    const directory = daemon.keyfileDirectory;
    const everything = () => [
      nmcli(['-g', 'UUID,NAME', 'connection', 'show']),
      tracesIn(directory, world.home),
    ];
    const before = everything();
    const credential = await issued();
    const { credentialId } = credential;
    // It was stopped while it wrote, or before NetworkManager was told.
    await writeFile(join(directory, `.countersign-${credentialId}.part`), 'half of it');
    const installed = await nm.install(credential);
    await writeFile(join(directory, `.countersign-${credentialId}.part`), 'half of it');
    await nm.remove({ ...installed, location: '' });
    expect(everything()).toEqual(before);
    nmcli(['connection', 'delete', 'Northlight']);
  });

  it(
    'is refused without a network, or with one that is not described safely',
    { tags: ['deep'] },
    async () => {
      const nm = targetOf();
      const credential = await issued();
      const refused = { code: 'install', target, reason: 'refused' };
      await expect(nm.install({ ...credential, networks: [] })).rejects.toMatchObject(refused);
      for (const difference of [
        { serverNames: [] },
        { serverRoots: [] },
        { outerIdentity: 'alex@example.test' },
        { ssids: ['x\n[802-1x]'] },
      ]) {
        const networks = [world.network(difference)];
        await expect(nm.install({ ...credential, networks })).rejects.toMatchObject(refused);
      }
      expect(await traces()).toEqual([]);
    },
  );

  it('says when NetworkManager does not run, or is not there', async () => {
    const nobody = targetOf({ environment: { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent' } });
    await expect(nobody.preflight()).rejects.toMatchObject({ reason: 'not-running' });
    const without = targetOf({ searchPath: '/nonexistent' });
    await expect(without.preflight()).rejects.toMatchObject({ reason: 'tool-missing' });
    await expect(targetOf().preflight()).resolves.toBeUndefined();
  });
});

const traces = async (): Promise<readonly string[]> => [
  ...(await readdir(daemon.keyfileDirectory)),
  ...Object.keys(tracesIn(join(world.home, '.cert'))),
];

async function portOf({ root, revoked }: EapWorld): Promise<WiredPort> {
  return WiredPort.open({
    trusted: root.certificate,
    revocationLists: await root.revocationList(revoked),
    server: await root.issueServer({ names: [{ type: 'dns', value: 'radius.example.test' }] }),
  });
}

async function issued(difference: Partial<NetworkDescription> = {}) {
  return world.credential(await world.issue(), world.network(difference));
}

const targetOf = (difference: Partial<NetworkManagerTargetOptions> = {}): NetworkManagerTarget =>
  new NetworkManagerTarget({
    ...world.surroundings({ environment: daemon.environment }),
    ...{ user: null, keyfileDirectory: daemon.keyfileDirectory, ...difference },
  });

/** An nmcli in front of the real one, which writes down where it is at home and what it was told on its command line. */
async function eavesdropper() {
  const directory = await mkdtemp(join(world.home, 'overheard-'));
  const record = join(directory, 'commands');
  const script = `#!/bin/sh\necho "$HOME $*" >>'${record}'\nPATH='${process.env['PATH'] ?? ''}' exec nmcli "$@"\n`;
  await writeFile(join(directory, 'nmcli'), script, { mode: 0o755 });
  return {
    searchPath: `${directory}:${process.env['PATH'] ?? ''}`,
    commands: () => readFile(record, 'utf8'),
  };
}

/** There is nobody at this socket who gives addresses: the person, who knows that, has set one. */
function plugIn({ credentialId }: InstalledCredential): void {
  expect(credentialId).not.toBe('');
  const address = ['ipv4.method', 'manual', 'ipv4.addresses', '10.99.0.2/24'];
  const rest = ['ipv6.method', 'disabled'];
  nmcli(['connection', 'modify', 'Northlight (802.1X)', ...address, ...rest]);
}

const failedAt = (method: ProofMethod, link: ProofLink) => ({
  ...{ status: 'failed', method },
  failure: { code: 'install', target, reason: 'proof-failed', link },
});

const nmcli = (parameters: readonly string[]): string =>
  execFileSync('nmcli', ['-e', 'no', ...parameters], {
    env: { PATH: process.env['PATH'], ...daemon.environment, HOME: '/dev/null', LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
  });
