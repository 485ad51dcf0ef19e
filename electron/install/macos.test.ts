import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { Issuer, type IssuedCredential } from '../testing/installable.ts';
import { MacPrograms } from '../testing/mac-programs.ts';
import { soundNetwork } from '../testing/made-up-networks.ts';
import { KeychainTarget } from './keychain.ts';
import { MacosNetworkTarget } from './macos-network.ts';
import { profileIdentifier } from './network/mobileconfig.ts';

let issuer: Issuer;
let network: NetworkDescription;
let credential: IssuedCredential;
let mac: MacPrograms;
let keychain: KeychainTarget;
let networks: MacosNetworkTarget;
let profilesDirectory: string;
beforeAll(async () => {
  issuer = await Issuer.create();
  network = await soundNetwork();
  credential = { ...(await issuer.credential()), networks: [network] };
});
beforeEach(() => {
  mac = new MacPrograms();
  profilesDirectory = join(mac.directory, 'Network profiles');
  const options = {
    ...{ homeDirectory: mac.directory, temporaryDirectory: tmpdir(), environment: {} },
    ...{ profilesDirectory, program: mac.program('security'), now: () => new Date() },
  };
  keychain = new KeychainTarget(options);
  const programs = { open: mac.program('open'), profiles: mac.program('profiles') };
  networks = new MacosNetworkTarget({ ...options, programs });
});
afterEach(() => {
  mac[Symbol.dispose]();
});

const anchors = () => ({ anchors: [issuer.anchor] });

describe('the person’s keychain', () => {
  it('takes a credential once, with its issuer, and no passphrase is in any list of processes', async () => {
    await keychain.install(credential);
    const installed = await keychain.install(credential);
    expect(mac.counts).toEqual({ certificates: 2, keys: 1 });
    expect(mac.commandLines).toContain('security -i\n');
    expect(mac.commandLines).not.toMatch(/-P|[0-9a-f]{64}/);
    expect(await keychain.list([credential])).toEqual([installed]);
    expect(await keychain.prove(installed, anchors())).toMatchObject([
      { status: 'not-tried', method: 'signature', reason: 'not-permitted' },
      { status: 'proven', method: 'listed', by: 'security' },
    ]);
  });

  it('takes the certificate for a key that macOS keeps, which signs', async () => {
    const { privateKey, credentialId, certificate, chain } = credential;
    writeFileSync(
      join(mac.directory, 'own.key'),
      privateKey.export({ format: 'pem', type: 'pkcs8' }),
    );
    const osKey = {
      name: 'org.countersign.key',
      sign: (data: Uint8Array) =>
        Promise.resolve(sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
    };
    const kept = { credentialId, certificate, chain, osKey, exportPkcs8: null };
    const installed = await keychain.install(kept);
    expect(await keychain.prove(installed, anchors())).toMatchObject([
      { status: 'proven', method: 'signature', by: 'macOS' },
      { status: 'proven', method: 'listed' },
    ]);
    const { privateKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = {
      ...osKey,
      sign: (data: Uint8Array) => Promise.resolve(sign('sha256', data, other)),
    };
    expect(await keychain.prove({ ...installed, osKey: forged })).toMatchObject([
      { status: 'failed', failure: { link: 'key' } },
    ]);
    await keychain.remove(installed);
    expect(mac.counts).toEqual({ certificates: 1, keys: 1 });
  });

  it(
    'says that it is gone, and has nothing of it left when it is removed',
    { tags: ['deep'] },
    async () => {
      const installed = await keychain.install(credential);
      for (let count = 0; count < 2; count += 1) await keychain.remove(installed);
      expect(mac.counts).toEqual({ certificates: 1, keys: 0 });
      expect(await keychain.prove(installed, anchors())).toMatchObject([
        { status: 'not-tried' },
        { status: 'failed', method: 'listed', failure: { link: 'not-listed' } },
      ]);
    },
  );

  it('takes no key of another certificate, and says when there is no `security`', async () => {
    const other = await issuer.credential('Other');
    const mixed = { ...credential, exportPkcs8: other.exportPkcs8 };
    await expect(keychain.install(mixed)).rejects.toMatchObject({ reason: 'refused' });
    expect(mac.counts.keys).toBe(0);
    const none = new KeychainTarget({
      ...{ homeDirectory: '/', temporaryDirectory: tmpdir(), environment: {}, profilesDirectory },
      ...{ program: '/nowhere/security', now: () => new Date() },
    });
    await expect(none.preflight()).rejects.toMatchObject({ reason: 'tool-missing' });
  });
});

describe('a Mac’s networks', () => {
  it('get a signed profile without a key in it, which System Settings is asked to open', async () => {
    const { location } = await networks.install(credential);
    expect(mac.opened).toEqual([location]);
    expect(statSync(location).mode & 0o777).toBe(0o600);
    const root = join(mac.directory, 'root.pem');
    writeFileSync(root, issuer.root.certificate);
    const verify = ['cms', '-verify', '-inform', 'DER', '-in', location, '-CAfile', root];
    const text = execFileSync('openssl', [...verify, '-purpose', 'any', '-binary'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(text).toContain('<string>Example Guests</string>');
    expect(text).not.toMatch(/pkcs12|Password/);
  });

  it('are proven once the person has added the profile, and not before', async () => {
    const installed = await networks.install(credential);
    expect(await networks.prove(installed, anchors())).toMatchObject([
      { status: 'not-tried' },
      { status: 'failed', method: 'listed', failure: { link: 'not-listed' } },
    ]);
    mac.addProfile(profileIdentifier(credential.credentialId));
    expect(await networks.prove(installed, anchors())).toMatchObject([
      { status: 'not-tried', method: 'signature' },
      { status: 'proven', method: 'listed', by: 'profiles' },
    ]);
    expect(await networks.list([credential])).toHaveLength(1);
    // Nobody is asked for what is there.
    await networks.install(credential);
    expect(mac.opened).toHaveLength(1);
  });

  it('leave nothing behind but the issuer', async () => {
    const installed = await networks.install(credential);
    mac.addProfile(profileIdentifier(credential.credentialId));
    for (let count = 0; count < 2; count += 1)
      await networks.remove({ ...installed, location: '' });
    expect(mac.counts).toEqual({ certificates: 1, keys: 0 });
    expect(readdirSync(profilesDirectory)).toEqual([]);
    expect(readFileSync(join(mac.directory, 'profiles.txt'), 'utf8')).toBe('');
  });

  it(
    'leave the identity where the person wants it for other programs as well',
    { tags: ['deep'] },
    async () => {
      for (const order of ['before', 'after']) {
        if (order === 'before') await keychain.install(credential);
        const installed = await networks.install(credential);
        if (order === 'after') await keychain.install(credential);
        await networks.remove(installed);
        expect(mac.counts.keys).toBe(1);
        await keychain.remove(installed);
      }
    },
  );

  it('make no path of an id that is none', async () => {
    const bad = { ...credential, credentialId: '../x', location: '' };
    await expect(networks.remove(bad)).rejects.toThrow(TypeError);
  });
});
