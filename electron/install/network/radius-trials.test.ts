import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../../shared/models/credential.ts';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { EapWorld } from '../../testing/eap-world.ts';
import { writeKeyMaterial } from './key-files.ts';
import type { RadiusProbeSurroundings } from './radius-probe.ts';
import { issuersIn, proveAllByRadius } from './radius-trials.ts';

const target = 'wpa-supplicant';

let world: EapWorld;
beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

async function prove(
  networks: readonly NetworkDescription[],
  difference: Partial<RadiusProbeSurroundings> = {},
): Promise<Proof | null> {
  const credential = { ...world.credential(await world.issue()), networks };
  const written = await writeKeyMaterial(credential, { homeDirectory: world.home, target });
  const { key, passphrase = '' } = written;
  if (key.kind !== 'file') throw new Error('not a file');
  return proveAllByRadius(
    {
      ...{ target, networks, certificate: credential.certificate, probe: world.radius.probe },
      ...{ signIn: { ...written, key: { ...key, passphrase } }, issuers: [world.rootDer] },
    },
    world.surroundings(difference),
  );
}

/** It works, and the server hears of it so often. */
async function isTried(networks: readonly NetworkDescription[], times: number): Promise<void> {
  const before = world.radius.verdicts.length;
  expect(await prove(networks)).toMatchObject({ status: 'proven', method: 'eap-tls' });
  await expect.poll(() => world.radius.verdicts.length - before).toBe(times);
}

describe('signing in as in all networks of a credential', () => {
  it('is tried once for each way in which a server is believed', async () => {
    const names = ['other.example.test', 'radius.example.test'];
    const same = [
      world.network({ serverNames: names }),
      world.network({ serverNames: names.toReversed(), ssids: ['Southlight'] }),
    ];
    await isTried(same, 1);
    const one = world.network({ serverNames: ['radius.example.test'] });
    await isTried([...same, one], 2);
  });

  it('fails with the network that does not work, wherever it stands', async () => {
    const broken = world.network({ name: 'Southlight', serverNames: ['south.example.test'] });
    const failure = { reason: 'proof-failed', link: 'name-mismatch' };
    const detail = expect.stringMatching(/^Southlight: 127\.0\.0\.1:/) as string;
    expect(await prove([world.network(), broken])).toMatchObject({
      ...{ status: 'failed', method: 'eap-tls', failure: { ...failure, detail } },
    });
    // Of one alone it is clear which.
    expect(await prove([broken])).toMatchObject({
      failure: { ...failure, detail: expect.not.stringContaining('Southlight') as string },
    });
  });

  it('leaves out networks of files, of which the organisation’s server knows nothing', async () => {
    const serverNames = ['elsewhere.example.test'];
    const ofFile = world.network({ source: 'file', serverNames });
    expect(await prove([ofFile, world.network()])).toMatchObject({ status: 'proven' });
    expect(await prove([ofFile])).toMatchObject({ failure: { link: 'name-mismatch' } });
    expect(await prove([])).toBeNull();
  });

  it('ends after four', async () => {
    const networks = ['a', 'b', 'c', 'd', 'e'].map((label) =>
      world.network({ serverNames: [`${label}.example.test`, 'radius.example.test'] }),
    );
    await isTried(networks, 4);
  });

  it('is left out once where the program is not there', async () => {
    const networks = [world.network(), world.network({ outerIdentity: '@example.test' })];
    const searchPath = join(world.home, 'few programs');
    await mkdir(searchPath);
    await symlink('/usr/bin/mkfifo', join(searchPath, 'mkfifo'));
    expect(await prove(networks, { searchPath })).toMatchObject({ status: 'not-tried' });
  });
});

it('issuers are those that are sent along, and those in which that ends', async () => {
  const certificateFile = join(world.home, 'chain.pem');
  await writeFile(certificateFile, (await world.issue()) + world.stranger.certificate);
  const material = { certificateFile } as Parameters<typeof issuersIn>[0];
  const issuers = await issuersIn(material, [world.rootDer]);
  expect(issuers.map((each) => Buffer.from(each))).toEqual([world.strangerDer, world.rootDer]);
});
