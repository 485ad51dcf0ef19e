import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../shared/models/credential.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import type { InstallTarget } from '../install/install-target.ts';
import { DirectoryTarget } from '../testing/directory-target.ts';
import type { InstallRooms } from '../testing/installing/install-rooms.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';
import { everyNth } from '../testing/made-up.ts';
import { targetsUnderTest } from '../testing/installing/targets-under-test.ts';
import { tracesIn } from '../testing/installing/traces.ts';
import { derOf, readChain } from '../certificates/pem.ts';

const deep = { tags: ['deep'] };

let world: InstallWorld;

beforeEach(async () => {
  world = await InstallWorld.create();
});
afterEach(() => world[Symbol.dispose]());

const nss = (): InstallTarget => {
  const target = targetsUnderTest['nss']?.(world.places);
  if (target === undefined) throw new Error('there is no NSS');
  return target;
};

/** NSS whose proofs fail from now on, as if a page did not let anybody in. */
function failing(): InstallTarget {
  const target = nss();
  const failed: Proof = {
    ...{ status: 'failed', method: 'mutual-tls', at: new Date().toISOString() },
    failure: { code: 'install', target: 'nss', reason: 'proof-failed' },
  };
  return {
    id: target.id,
    preflight: (wish) => target.preflight(wish),
    list: (known) => target.list(known),
    install: (credential) => target.install(credential),
    prove: async (installed, probes) => [...(await target.prove(installed, probes)), failed],
    rebind: (from, to, remaining) => target.rebind(from, to, remaining),
    remove: (installed, remaining) => target.remove(installed, remaining),
  };
}

/** The certificates of people under our nicknames, DER, as certutil has them. */
function inNss(): readonly Buffer[] {
  const database = ['-d', `sql:${join(world.home, '.pki', 'nssdb')}`];
  const certutil = (...words: readonly string[]): string =>
    execFileSync('certutil', [...words, ...database], { encoding: 'utf8' });
  const nicknames = new Set(certutil('-L').match(/^Countersign (?!issuer).*?(?= {2,})/gm));
  return [...nicknames].flatMap((name) => readChain(certutil('-L', '-n', name, '-a')).map(derOf));
}

const placesOf = ({ wallet }: InstallRooms): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    wallet.credentials
      .list()
      .map(({ id, installations }) => [id, installations.map(({ target }) => target)]),
  );

const eventsOf = ({ wallet }: InstallRooms): readonly string[] =>
  wallet.activity
    .entries()
    .map(({ event, credentialId, detail }) => [event, credentialId, detail].join(' '));

async function both(rooms: InstallRooms, changes: object = {}) {
  const older = await world.issue(rooms, { id: 'older', issuedAt: '2026-11-01T00:00:00.000Z' });
  await rooms.credentials.install('older', 'nss');
  const newer = await world.issue(rooms, { id: 'newer', ...changes });
  return { older: derOf(older.chain), newer: derOf(newer.chain) };
}

describe('of two credentials for the same thing', () => {
  it('programs are offered the newer alone, once it was shown to work', async () => {
    const rooms = world.open(nss());
    const { newer } = await both(rooms);
    await rooms.credentials.install('newer', 'nss');
    expect(inNss()).toEqual([newer]);
    expect(placesOf(rooms)).toEqual({ newer: ['nss'], older: [] });
    expect(eventsOf(rooms).slice(0, 4)).toEqual([
      'rebound older nss',
      'proven newer nss · listed',
      'proven newer nss · signature',
      'installed newer nss',
    ]);
    // Whoever wants the older one there as well has it.
    await rooms.credentials.install('older', 'nss');
    expect(inNss()).toHaveLength(2);
    expect(placesOf(rooms)).toEqual({ newer: ['nss'], older: ['nss'] });
  });

  it('both stay where the newer does not work', deep, async () => {
    world.open(nss()).wallet.close();
    const rooms = world.open(failing());
    const { older, newer } = await both(rooms);
    const { proofs } = await rooms.credentials.install('newer', 'nss');
    expect(proofs.at(-1)).toMatchObject({ status: 'failed' });
    expect(inNss()).toEqual(expect.arrayContaining([older, newer]));
    expect(placesOf(rooms)).toEqual({ newer: ['nss'], older: ['nss'] });
    expect(eventsOf(rooms)[0]).toBe('proof-failed newer nss · mutual-tls');
    expect(rooms.wallet.installing.list()).toEqual([]);
  });

  const differing: readonly object[] = [
    { offerId: 'vpn' },
    { identifiers: [{ type: 'email', value: 'billie@example.test' }] },
    { issuedAt: '2026-10-01T00:00:00.000Z' },
  ];

  it.each(everyNth(3, differing))('those are not that differ: %j', async (changes) => {
    const target = new DirectoryTarget(join(world.directory, 'target'));
    const rooms = world.open(target);
    await both(rooms, changes);
    await rooms.credentials.install('newer', 'nss');
    expect(placesOf(rooms)).toEqual({ newer: ['nss'], older: ['nss'] });
  });

  it('the older makes way at the next start where it could not at first', async () => {
    const target = new DirectoryTarget(join(world.directory, 'target'));
    const rooms = world.open(target);
    await both(rooms);
    target.refused.add('remove');
    await rooms.credentials.install('newer', 'nss');
    expect(placesOf(rooms)).toEqual({ newer: ['nss'], older: ['nss'] });
    expect(rooms.logged).toHaveLength(1);
    rooms.wallet.close();
    target.refused.clear();
    const next = world.open(target);
    await next.interrupted.recover();
    expect(placesOf(next)).toEqual({ newer: ['nss'], older: [] });
    expect(next.interrupted.list()).toMatchObject([{ credentialId: 'newer', target: 'nss' }]);
    next.interrupted.dismiss();
    expect(next.interrupted.list()).toEqual([]);
  });
});

it('removing a credential removes every trace of it, and nothing else', async () => {
  const rooms = world.open(nss());
  const certutil = (...words: readonly string[]): void => {
    const database = ['-d', `sql:${join(world.home, '.pki', 'nssdb')}`];
    execFileSync('certutil', [...words, ...database], { stdio: 'ignore' });
  };
  await world.issue(rooms, { id: 'other', offerId: 'other' });
  await rooms.credentials.install('other', 'nss');
  // What the person has put there by themselves, even if it is one of ours.
  const root = join(world.directory, 'root.pem');
  execFileSync('sh', ['-c', 'cat > "$0"', root], { input: world.root.certificate });
  certutil('-A', '-n', 'My own', '-t', 'C,,', '-i', root);
  const before = tracesIn(world.home);
  await world.issue(rooms, { id: 'one' });
  await rooms.credentials.install('one', 'nss');
  expect(tracesIn(world.home)).not.toEqual(before);
  await rooms.credentials.remove('one');
  expect(tracesIn(world.home)).toEqual(before);
  expect(rooms.keys.has('key of one')).toBe(false);
});

describe('a target that refuses', () => {
  it('is left as it was, and nothing is open', async () => {
    const target = new DirectoryTarget(join(world.directory, 'target'));
    const rooms = world.open(target);
    await world.issue(rooms, { id: 'one' });
    const before = tracesIn(world.directory + '/target');
    target.installing = () => Promise.reject(new Error('the disk is full'));
    await expect(rooms.credentials.install('one', 'nss')).rejects.toThrow('disk is full');
    expect(tracesIn(world.directory + '/target')).toEqual(before);
    expect(rooms.wallet.installing.list()).toEqual([]);
    expect(placesOf(rooms)).toEqual({ one: [] });
  });

  it('and does not even let it be undone is cleared at the next start', deep, async () => {
    const target = new DirectoryTarget(join(world.directory, 'target'));
    const rooms = world.open(target);
    await world.issue(rooms, { id: 'one' });
    target.installing = () => Promise.reject(new Error('the disk is full'));
    target.refused.add('remove');
    await expect(rooms.credentials.install('one', 'nss')).rejects.toThrow('disk is full');
    rooms.wallet.close();
    target.refused.clear();
    const next = world.open(target);
    await next.interrupted.recover();
    expect(tracesIn(world.directory + '/target')).toEqual({});
    expect(next.interrupted.list()).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(eventsOf(next)[0]).toBe('install-rolled-back one nss');
  });
});

it('a network is remembered, told of once, and nothing is installed where nothing joins networks', async () => {
  const rooms = world.open(nss());
  await world.issue(rooms, { id: 'one' });
  const network: NetworkDescription = {
    ...{ id: 'n', name: 'Northlight', source: 'file', ssids: ['Northlight'], wired: false },
    ...{ serverNames: ['radius.example.org'], serverRoots: [rootOf(world)] },
    outerIdentity: '@example.org',
  };
  await rooms.credentials.addNetwork('one', network);
  await rooms.credentials.addNetwork('one', network);
  expect(rooms.wallet.credentials.find('one')?.networks).toEqual([network]);
  expect(eventsOf(rooms)).toEqual(['network-added one Northlight']);
  expect(placesOf(rooms)).toEqual({ one: [] });
});

const rootOf = ({ root }: InstallWorld): string => derOf(root.certificate).toString('base64');
