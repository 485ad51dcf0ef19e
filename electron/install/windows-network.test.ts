import { tmpdir } from 'node:os';
import * as koffi from 'koffi';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { Crypt32Double } from '../testing/crypt32-double.ts';
import { Issuer, type IssuedCredential } from '../testing/installable.ts';
import { soundNetwork } from '../testing/made-up-networks.ts';
import { textsAt } from '../testing/read-xml.ts';
import { WlanDouble } from '../testing/wlan-double.ts';
import { thumbprint } from './network/windows-wlan-profile.ts';
import { WindowsNetworkTarget } from './windows-network.ts';
import { WindowsStoreTarget } from './windows-store.ts';
import { wlanSignatures } from './windows-wlan.ts';

let issuer: Issuer;
let network: NetworkDescription;
let credential: IssuedCredential;
let crypt32: Crypt32Double;
let wlan: WlanDouble;
let target: WindowsNetworkTarget;
let store: WindowsStoreTarget;
beforeAll(async () => {
  issuer = await Issuer.create();
  network = await soundNetwork({ ssids: ['A & B', 'Guests'] });
  credential = { ...(await issuer.credential()), networks: [network] };
});
beforeEach(() => {
  crypt32 = new Crypt32Double();
  trust();
  wlan = new WlanDouble();
  const options = {
    load: () => Promise.resolve(crypt32.functions),
    ...{ homeDirectory: '/', temporaryDirectory: tmpdir(), environment: {} },
    now: () => new Date(),
  };
  target = new WindowsNetworkTarget({
    ...options,
    loadWlan: () => Promise.resolve(wlan.functions),
  });
  store = new WindowsStoreTarget(options);
});
afterEach(() => {
  expect([crypt32.leaked, wlan.leaked]).toEqual([0, 0]);
});

/** An administrator has put the network's root there. */
function trust(): void {
  const der = Buffer.from(network.serverRoots[0] ?? '', 'base64');
  const roots = crypt32.stores['ROOT'] ?? [];
  roots.push({ der, friendlyName: '', keyName: undefined, store: roots });
}

const anchors = () => ({ anchors: [issuer.anchor] });

describe('the person’s networks in Windows', () => {
  it('get a profile of the person’s for each Wi-Fi, which names certificate and outer identity', async () => {
    const installed = await target.install(credential);
    const suffix = `(Countersign ${credential.credentialId.slice(0, 8)})`;
    expect([...wlan.profiles.keys()]).toEqual([`A & B ${suffix}`, `Guests ${suffix}`]);
    for (const { flags, userData = '' } of wlan.profiles.values()) {
      expect(flags).toBe(2);
      expect(textsAt(userData, 'UserCert')).toEqual([thumbprint(credential.certificate)]);
      expect(textsAt(userData, 'Username')).toEqual(['@example.test']);
    }
    expect(await target.list([credential])).toMatchObject([{ location: installed.location }]);
    expect(await target.prove(installed, anchors())).toMatchObject([
      { status: 'proven', method: 'signature' },
      { status: 'proven', method: 'listed' },
    ]);
  });

  it('say when a profile is missing', async () => {
    const installed = await target.install(credential);
    wlan.adapters.set('a'.repeat(32), new Map());
    expect(await target.prove(installed, anchors())).toMatchObject([
      { status: 'proven' },
      { status: 'failed', method: 'listed', failure: { link: 'not-listed' } },
    ]);
  });

  it('have the newer credential’s alone once it is bound', async () => {
    const newer = { ...(await issuer.credential('Again')), networks: [network] };
    const from = await target.install(credential);
    const to = await target.install(newer);
    expect(wlan.profiles.size).toBe(4);
    for (let count = 0; count < 2; count += 1) await target.rebind(from, to, [newer]);
    expect(wlan.profiles.size).toBe(2);
    expect(crypt32.subjects('MY')).toEqual(['CN=Again']);
  });

  it('leave nothing behind, also of an installation that ended half way', async () => {
    wlan.failing.set('WlanSetProfileEapXmlUserData', 87);
    await expect(target.install(credential)).rejects.toMatchObject({
      target: 'windows-network',
      detail: 'WlanSetProfileEapXmlUserData: error 87',
    });
    wlan.failing.clear();
    const installed = { ...credential, location: '' };
    for (let count = 0; count < 2; count += 1) await target.remove(installed);
    expect([wlan.profiles.size, crypt32.keys.size]).toEqual([0, 0]);
    expect([...crypt32.subjects('MY'), ...crypt32.subjects('CA')]).toEqual([]);
  });

  it('leave the certificate where the person wants it for other programs as well', async () => {
    for (const order of ['before', 'after']) {
      if (order === 'before') await store.install(credential);
      const installed = await target.install(credential);
      if (order === 'after') await store.install(credential);
      await target.remove(installed);
      expect(crypt32.subjects('MY')).toEqual(['CN=Alex']);
      await store.remove(installed);
      expect([...crypt32.subjects('MY'), ...wlan.profiles.keys()]).toEqual([]);
    }
  });

  it('are refused where Windows does not trust their root, which is not put there', async () => {
    crypt32.stores['ROOT'] = [];
    await expect(target.install(credential)).rejects.toMatchObject({
      reason: 'refused',
      detail: expect.stringContaining('Network Root') as unknown,
    });
    expect([crypt32.subjects('ROOT').length, wlan.profiles.size]).toEqual([0, 0]);
  });

  it('are not there without Wi-Fi, and take an administrator on a wire', async () => {
    const wired = { ...credential, networks: [{ ...network, ssids: [] }] };
    await expect(target.install(wired)).rejects.toMatchObject({ reason: 'refused' });
    wlan.adapters.clear();
    await expect(target.preflight()).rejects.toMatchObject({ reason: 'not-found' });
  });

  it('say that they may not be changed', async () => {
    wlan.failing.set('WlanSetProfile', 5);
    await expect(target.install(credential)).rejects.toMatchObject({
      reason: 'store-not-writable',
    });
  });
});

it('koffi reads the table for wlanapi.dll, with the parameters of each page', () => {
  const table = Object.entries(wlanSignatures(koffi));
  expect(table.map(([name, [, types]]) => `${name} ${types.length}`)).toEqual([
    ...['WlanOpenHandle 4', 'WlanCloseHandle 2', 'WlanEnumInterfaces 3', 'WlanGetProfileList 4'],
    ...['WlanSetProfile 8', 'WlanSetProfileEapXmlUserData 6', 'WlanDeleteProfile 4'],
    'WlanFreeMemory 1',
  ]);
});
