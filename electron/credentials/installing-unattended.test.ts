import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { derOf } from '../certificates/pem.ts';
import { wpaSupplicantTarget } from '../install/wpa-supplicant.ts';
import type { InstallRooms } from '../testing/installing/install-rooms.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';
import type { InstallDeed } from '../wallet/install-journal.ts';

let world: InstallWorld;

const target = 'wpa-supplicant';
const older = '00000000-0000-4000-8000-0000000001de';
const newer = '11111111-1111-4111-8111-1111111111e1';
const install: InstallDeed = { credentialId: newer, target, deed: 'install' };

beforeEach(async () => {
  world = await InstallWorld.create();
  await giving(
    'for word do shift; case "$word" in -o|-g|root) ;; *) set -- "$@" "$word";; esac; done; exec "$@"',
  );
});
afterEach(() => world[Symbol.dispose]());

/** What stands in the place of pkexec notes when it asks for a password, and then does this. */
const giving = (script: string): Promise<void> =>
  writeFile(elevate(), `#!/bin/sh\necho asked >>'${world.directory}/asked'\n${script}\n`, {
    mode: 0o700,
  });
const elevate = (): string => join(world.directory, 'elevate');
const dismissing = (): Promise<void> => giving('exit 126');

const asked = (): number => {
  const path = join(world.directory, 'asked');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
};

const etc = (): string => join(world.home, 'etc');
const written = (): readonly string[] => (existsSync(etc()) ? readdirSync(etc()).sort() : []);
const fileOf = (credentialId: string): string => `countersign-${credentialId}.conf`;

/** The next process, which begins by going on. */
function open(isAdministrator = false): InstallRooms {
  const { home: homeDirectory, temporaryDirectory } = world.places;
  return world.open(
    wpaSupplicantTarget({
      ...{ homeDirectory, temporaryDirectory, searchPath: '/usr/bin:/bin', environment: {} },
      ...{ now: () => new Date(), directory: etc(), isAdministrator, elevate: elevate() },
    }),
  );
}

async function start(rooms: InstallRooms, isAdministrator = false): Promise<InstallRooms> {
  rooms.wallet.close();
  const next = open(isAdministrator);
  await next.interrupted.recover();
  return next;
}

const network = (): NetworkDescription => ({
  ...{ id: 'network', name: 'Northlight', source: 'organization', ssids: ['Northlight'] },
  ...{ wired: false, serverNames: ['radius.example.test'], outerIdentity: '@example.test' },
  serverRoots: [derOf(world.root.certificate).toString('base64')],
});

const issued = async (rooms: InstallRooms, id = newer, issuedAt = new Date().toISOString()) => {
  await world.issue(rooms, { id, issuedAt, networks: [network()] });
};

describe('a start of the wallet asks for no administrator’s password', () => {
  it('to go on with an installation, which the person’s next finishes', async () => {
    const first = open();
    await issued(first);
    first.wallet.installing.begin(install);
    const second = await start(await start(first));
    expect(asked()).toBe(0);
    expect(second.wallet.installing.list()).toEqual([install]);
    expect(second.interrupted.list()).toEqual([]);
    await second.credentials.install(newer, target);
    expect(written()).toEqual([fileOf(newer)]);
    expect(second.wallet.installing.list()).toEqual([]);
    expect(second.interrupted.list()).toMatchObject([{ outcome: 'finished' }]);
  });

  it('to go on with one that only was not tried out, which a test finishes', async () => {
    const first = open();
    await issued(first);
    await first.credentials.install(newer, target);
    const before = asked();
    first.wallet.installing.begin(install);
    const second = await start(first);
    expect(asked()).toBe(before);
    expect(second.wallet.installing.list()).toEqual([install]);
    await second.credentials.prove(newer, target);
    expect(second.wallet.installing.list()).toEqual([]);
    expect(written()).toEqual([fileOf(newer)]);
  });

  it.each(['remove', 'install'] as const)(
    'to go on with a removal, which the person’s next %s settles',
    async (next) => {
      const first = open();
      await issued(first);
      await first.credentials.install(newer, target);
      const removal: InstallDeed = { ...install, deed: 'remove' };
      first.wallet.installing.begin(removal);
      const before = asked();
      const second = await start(await start(first));
      expect(asked()).toBe(before);
      expect(second.wallet.installing.list()).toEqual([removal]);
      expect(second.interrupted.list()).toEqual([]);
      if (next === 'remove') await second.credentials.remove(newer);
      else await second.credentials.install(newer, target);
      expect(second.wallet.installing.list()).toEqual([]);
      expect(written()).toEqual(next === 'remove' ? [] : [fileOf(newer)]);
    },
  );

  it('to take an older one out, which a test of the newer does', async () => {
    const first = open();
    await issued(first, older, '2026-11-01T00:00:00.000Z');
    await first.credentials.install(older, target);
    await issued(first);
    await first.credentials.install(newer, target);
    await first.credentials.install(older, target);
    first.wallet.installing.begin({ ...install, deed: 'rebind', from: older });
    const before = asked();
    const second = await start(first);
    expect(asked()).toBe(before);
    expect(written()).toEqual([fileOf(older), fileOf(newer)]);
    await second.credentials.prove(newer, target);
    expect(written()).toEqual([fileOf(newer)]);
    expect(second.wallet.installing.list()).toEqual([]);
  });

  it('after somebody gave none, and removing the credential leaves nothing behind', async () => {
    await dismissing();
    const first = open();
    await issued(first);
    const refused = { code: 'install', reason: 'store-not-writable' };
    await expect(first.credentials.install(newer, target)).rejects.toMatchObject(refused);
    const before = asked();
    const second = await start(await start(first));
    expect(asked()).toBe(before);
    await second.credentials.remove(newer);
    expect(second.wallet.installing.list()).toEqual([]);
    expect(existsSync(join(world.home, '.cert'))).toBe(false);
  });

  it('as root, where all of it is finished at once', async () => {
    const first = open(true);
    await mkdir(etc(), { recursive: true });
    await issued(first);
    first.wallet.installing.begin(install);
    const second = await start(first, true);
    expect(written()).toEqual([fileOf(newer)]);
    expect(second.wallet.installing.list()).toEqual([]);
    expect(asked()).toBe(0);
  });
});
