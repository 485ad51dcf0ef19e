import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EapWorld, softwareRsaKey } from '../testing/eap-world.ts';
import { tracesIn } from '../testing/installing/traces.ts';
import { madeUp } from '../testing/made-up.ts';
import { readByIwd } from '../testing/read-by-iwd.ts';
import type { InstallTarget } from './install-target.ts';
import { iwdTarget } from './iwd.ts';
import { iwdFileName } from './network/iwd-profile.ts';

let world: EapWorld;
let directory: string;
let target: InstallTarget;

beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  directory = join(world.home, 'var', 'iwd');
  await rm(join(world.home, 'var'), { recursive: true, force: true });
  await rm(join(world.home, '.cert'), { recursive: true, force: true });
  target = iwdTarget({ ...world.surroundings(), isAdministrator: true, directory });
});

const issued = async (...ssids: readonly string[]) => {
  const network = world.network(ssids.length === 0 ? {} : { ssids });
  return world.credential(await world.issue(softwareRsaKey), network);
};

describe('a credential for iwd', () => {
  it('is a profile that iwd’s own library reads, with all that it takes to sign in', async () => {
    const credential = await issued();
    const installed = await target.install(credential);
    expect(installed.location).toBe(join(directory, 'Northlight.8021x'));
    const own = join(world.home, '.cert/countersign', credential.credentialId, 'iwd');
    const found = await readByIwd(installed.location);
    expect(found).toMatchObject({
      'EAP-Method': 'TLS',
      'EAP-Identity': 'anonymous@example.test',
      'EAP-TLS-ServerDomainMask': 'other.example.test;radius.example.test',
      'EAP-TLS-CACert': world.root.certificate.trimEnd() + '\n',
      'EAP-TLS-ClientCert': await readFile(join(own, 'certificate.pem'), 'utf8'),
      'EAP-TLS-ClientKey': await readFile(join(own, 'key.pem'), 'utf8'),
    });
    const { networks } = credential;
    const probes = { radius: world.radius.probe, anchors: [world.rootDer] };
    const proofs = await target.prove({ ...installed, networks }, probes);
    expect(proofs.map(({ status }) => status)).toEqual(['proven', 'proven', 'proven']);
  });

  it('is called as iwd calls networks, and nothing else', () => {
    expect(iwdFileName('My net_work-1')).toBe('My net_work-1.8021x');
    expect(iwdFileName('a/../b')).toBe('=612f2e2e2f62.8021x');
    expect(iwdFileName('=41')).toBe('=3d3431.8021x');
    const pieces = ['a', ' ', '/', '..', '=', 'ü', '🛜', '\n', '\0', '-', '[', ']'];
    for (let round = 0; round < madeUp(300); round += 1) {
      const ssid = Array.from({ length: 1 + (round % 8) }, () => {
        return pieces[Math.floor(Math.random() * pieces.length)] ?? '';
      }).join('');
      const name = iwdFileName(ssid);
      expect(name).toMatch(/^(?:[A-Za-z0-9_ -]+|=(?:[0-9a-f]{2})+)\.8021x$/);
      const back = name.startsWith('=')
        ? Buffer.from(name.slice(1, -6), 'hex').toString()
        : name.slice(0, -6);
      expect(back).toBe(ssid);
    }
    for (const none of ['', 'x'.repeat(33), 'ü'.repeat(17), '\ud800']) {
      expect(() => iwdFileName(none)).toThrow('refused');
    }
  });

  it('takes its network over from the older one, gives it back, and leaves no trace', async () => {
    await mkdir(directory, { recursive: true });
    await mkdir(join(world.home, '.cert'));
    await writeFile(join(world.home, '.cert', 'mine.pem'), 'of another program');
    const before = tracesIn(world.home);
    const [older, newer] = [await issued(), await issued()];
    const from = await target.install(older);
    const to = await target.install(newer);
    const profile = () => readFile(join(directory, 'Northlight.8021x'), 'utf8');
    await target.rebind(from, to, [newer]);
    expect(await profile()).toContain(newer.credentialId);
    const again = await target.install(older);
    expect(await profile()).toContain(older.credentialId);
    await target.remove(again, [newer]);
    expect(await profile()).toContain(newer.credentialId);
    await target.remove(to, []);
    expect(tracesIn(world.home)).toEqual(before);
  });

  it('leaves alone what the person told iwd of a network', async () => {
    const credential = await issued();
    await mkdir(directory, { recursive: true });
    const path = join(directory, 'Northlight.8021x');
    await writeFile(path, '[Security]\nEAP-Method=PWD\n');
    const refused = { code: 'install', target: 'iwd', reason: 'refused', detail: path };
    await expect(target.install(credential)).rejects.toMatchObject(refused);
    await target.remove({ ...credential, location: '' });
    expect(await readFile(path, 'utf8')).toBe('[Security]\nEAP-Method=PWD\n');
  });

  it('is refused where iwd could not use it', async () => {
    const refused = { code: 'install', target: 'iwd', reason: 'unsuitable' };
    await expect(target.preflight({ onToken: true })).rejects.toMatchObject(refused);
    const wish = { onToken: false, keyType: 'RSA-3072', networks: [world.network()] } as const;
    await expect(target.preflight(wish)).resolves.toBeUndefined();
    for (const keyType of ['P-256', 'Ed25519'] as const) {
      await expect(target.preflight({ ...wish, keyType })).rejects.toMatchObject(refused);
    }
    const sockets = [world.network({ ssids: [], wired: true })];
    await expect(target.preflight({ ...wish, networks: sockets })).rejects.toMatchObject(refused);
    const one = [...sockets, world.network()];
    await expect(target.preflight({ ...wish, networks: one })).resolves.toBeUndefined();
    const elliptic = world.credential(await world.issue());
    await expect(target.install(elliptic)).rejects.toMatchObject(refused);
    const wired = await issued();
    const networks = [world.network({ ssids: [], wired: true })];
    await expect(target.install({ ...wired, networks })).rejects.toMatchObject(refused);
  });
});
