import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { derOf } from '../certificates/pem.ts';
import type { InstallTarget } from '../install/install-target.ts';
import { DirectoryTarget } from '../testing/directory-target.ts';
import type { InstallRooms } from '../testing/installing/install-rooms.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';

let world: InstallWorld;
let target: DirectoryTarget;
let rooms: InstallRooms;

beforeEach(async () => {
  world = await InstallWorld.create();
  target = new DirectoryTarget(join(world.directory, 'target'));
  rooms = world.open(joining(target));
  await world.issue(rooms, { id: 'one' });
});
afterEach(() => world[Symbol.dispose]());

/** The same as a program that joins networks. */
const joining = (at: DirectoryTarget): InstallTarget => ({
  id: 'network-manager',
  preflight: () => at.preflight(),
  list: (known) => at.list(known),
  install: (credential) => at.install(credential),
  prove: (installed) => at.prove(installed),
  rebind: (from) => at.rebind(from),
  remove: (installed) => at.remove(installed),
});

const network = (name: string): NetworkDescription => ({
  ...{ id: name, name, source: 'file', ssids: [name], wired: false },
  ...{ serverNames: ['radius.example.org'], outerIdentity: '@example.org' },
  serverRoots: [derOf(world.root.certificate).toString('base64')],
});

const remembered = (): readonly string[] =>
  (rooms.wallet.credentials.find('one')?.networks ?? []).map(({ name }) => name);

const told = (): readonly (string | undefined)[] =>
  rooms.wallet.activity
    .entries()
    .filter(({ event }) => event === 'network-added')
    .map(({ detail }) => detail);

it('a network that could not be set up is not remembered, so that nothing adds it later', async () => {
  target.refused.add('install');
  await expect(rooms.credentials.addNetwork('one', network('New'))).rejects.toThrow('no install');
  expect(remembered()).toEqual([]);
  expect(told()).toEqual([]);
  target.refused.clear();
  await rooms.credentials.install('one', 'network-manager');
  expect(remembered()).toEqual([]);
});

it('one that was there before stays where setting it up again fails', async () => {
  await rooms.credentials.addNetwork('one', network('Old'));
  target.refused.add('install');
  for (const name of ['Old', 'New']) {
    await expect(rooms.credentials.addNetwork('one', network(name))).rejects.toThrow('no install');
  }
  expect(remembered()).toEqual(['Old']);
  expect(told()).toEqual(['Old']);
});

it('one that a program has stays remembered where only its trial could not be made', async () => {
  target.prove = () => Promise.reject(new Error('the token was pulled'));
  await expect(rooms.credentials.addNetwork('one', network('New'))).rejects.toThrow('pulled');
  expect(remembered()).toEqual(['New']);
  expect(told()).toEqual(['New']);
});
