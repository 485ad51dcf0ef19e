import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EapWorld } from '../testing/eap-world.ts';
import { tracesIn } from '../testing/installing/traces.ts';
import type { InstallTarget } from './install-target.ts';
import { wpaSupplicantTarget } from './wpa-supplicant.ts';

let world: EapWorld;
let directory: string;
let target: InstallTarget;

beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  directory = join(world.home, 'etc', 'wpa_supplicant');
  await rm(join(world.home, 'etc'), { recursive: true, force: true });
  await rm(join(world.home, '.cert'), { recursive: true, force: true });
  target = wpaSupplicantTarget({ ...world.surroundings(), isAdministrator: true, directory });
});

const issued = async (difference: Parameters<EapWorld['network']>[0] = {}) =>
  world.credential(await world.issue(), world.network(difference));
const probes = () => ({ radius: world.radius.probe, anchors: [world.rootDer] });

describe('a credential for wpa_supplicant', () => {
  it('is written for radio and wire, closed to others, and proven by its own code', async () => {
    const credential = await issued({ wired: true });
    const { credentialId, networks } = credential;
    await target.preflight();
    const installed = await target.install(credential);
    expect(installed.location).toBe(join(directory, `countersign-${credentialId}.conf`));
    expect((await readdir(directory)).sort()).toEqual([
      `countersign-${credentialId}-wired.conf`,
      `countersign-${credentialId}.conf`,
    ]);
    expect((await stat(installed.location)).mode & 0o777).toBe(0o600);
    const proofs = await target.prove({ ...installed, networks }, probes());
    expect(proofs.map((each) => each.status !== 'not-tried' && [each.status, each.method])).toEqual(
      [
        ['proven', 'signature'],
        ['proven', 'listed'],
        ['proven', 'eap-tls'],
      ],
    );
    expect(await target.list([credential])).toMatchObject([{ credentialId }]);
  });

  it('is written again without a trace of what it was, and goes as a whole', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'wpa_supplicant.conf'), 'network={\n}\n');
    const before = tracesIn(world.home);
    const credential = await issued({ wired: true });
    await target.install(credential);
    const installed = await target.install({ ...credential, networks: [world.network()] });
    expect((await readdir(directory)).sort()).toEqual([
      `countersign-${credential.credentialId}.conf`,
      'wpa_supplicant.conf',
    ]);
    // Nor is it looked for, or opened by a passphrase of before.
    const proofs = await target.prove(installed);
    expect(proofs.map(({ status }) => status)).toEqual(['proven', 'proven']);
    await target.remove(installed);
    await target.remove({ ...installed, location: '' });
    expect(tracesIn(world.home)).toEqual(before);
    expect(await target.list([credential])).toEqual([]);
  });

  it('takes away no file of the administrators’, whatever lies among its own', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'wpa_supplicant.conf'), 'network={\n}\n');
    const credential = await issued();
    const { credentialId } = credential;
    const installed = await target.install(credential);
    const own = join(world.home, '.cert/countersign', credentialId, 'wpa-supplicant');
    await writeFile(join(own, 'wpa_supplicant.conf'), credentialId);
    await target.install(credential);
    expect(await readdir(directory)).toContain('wpa_supplicant.conf');
    await target.remove(installed);
    expect(await readdir(directory)).toEqual(['wpa_supplicant.conf']);
  });

  it('gives way to the one that takes its place', async () => {
    const [older, newer] = [await issued(), await issued()];
    const from = await target.install(older);
    const to = await target.install(newer);
    await target.rebind(from, to, [newer]);
    await target.rebind(from, to, [newer]);
    expect(await readdir(directory)).toEqual([`countersign-${newer.credentialId}.conf`]);
    expect(await target.list([older, newer])).toHaveLength(1);
  });

  it('fails its proof where the administrator has taken it away, or the key is not its own', async () => {
    const credential = await issued();
    const { networks } = credential;
    const installed = { ...(await target.install(credential)), networks };
    await rm(installed.location);
    expect((await target.prove(installed, probes())).at(-1)).toMatchObject({
      ...{ status: 'failed', method: 'listed', failure: { link: 'not-listed' } },
    });
    const copy = join(world.home, '.cert/countersign', credential.credentialId, target.id);
    const configuration = join(copy, `countersign-${credential.credentialId}.conf`);
    const text = await readFile(configuration, 'utf8');
    await writeFile(configuration, text.replace(/passwd="...../, 'passwd="other'));
    expect(await target.prove(installed, probes())).toMatchObject([
      { status: 'failed', method: 'signature', failure: { link: 'key' } },
    ]);
  });

  it('is refused without a network, and when nothing can be written', async () => {
    const credential = await issued();
    const refused = { code: 'install', target: 'wpa-supplicant', reason: 'refused' };
    await expect(target.install({ ...credential, networks: [] })).rejects.toMatchObject(refused);
    await writeFile(join(world.home, 'etc'), '');
    await expect(target.install(credential)).rejects.toMatchObject({
      ...{ code: 'install', reason: 'store-not-writable', detail: directory },
    });
    await target.remove({ ...credential, location: '' }).catch(() => undefined);
  });
});
