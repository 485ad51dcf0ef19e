import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProofLink } from '../../../shared/failure.ts';
import type { Proof } from '../../../shared/models/credential.ts';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { EapWorld, softwareKey } from '../../testing/eap-world.ts';
import type { RadiusProbe } from '../install-target.ts';
import { writeKeyMaterial } from './key-files.ts';
import { proveByRadius, type RadiusProbeSurroundings } from './radius-probe.ts';

const target = 'wpa-supplicant';
const day = 24 * 60 * 60 * 1000;

let world: EapWorld;
beforeAll(async () => {
  world = await EapWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

interface Difference {
  /** PEM. */
  readonly certificate?: string;
  readonly network?: NetworkDescription;
  readonly probe?: Partial<RadiusProbe>;
  readonly passphrase?: string;
  readonly surroundings?: Partial<RadiusProbeSurroundings>;
}

async function prove(difference: Difference = {}): Promise<Proof> {
  const { network = world.network() } = difference;
  const credential = world.credential(difference.certificate ?? (await world.issue()), network);
  const place = { homeDirectory: world.home, target } as const;
  const written = await writeKeyMaterial(credential, place);
  if (written.key.kind !== 'file') throw new Error('not a file');
  const passphrase = difference.passphrase ?? written.passphrase ?? '';
  return proveByRadius(
    {
      ...{ target, network, certificate: credential.certificate, issuers: [world.rootDer] },
      probe: { ...world.radius.probe, ...difference.probe },
      signIn: { ...written, key: { ...written.key, passphrase } },
    },
    world.surroundings(difference.surroundings),
  );
}

const failedAt = (link: ProofLink) => ({
  status: 'failed',
  method: 'eap-tls',
  failure: { code: 'install', target, reason: 'proof-failed', link },
});

describe('signing in to a RADIUS server for a try', () => {
  it('works with a certificate that the network takes, by either name of its server', async () => {
    const before = world.radius.verdicts.length;
    expect(await prove()).toMatchObject({ status: 'proven', method: 'eap-tls', by: 'eapol_test' });
    await expect
      .poll(() => world.radius.verdicts.slice(before))
      .toEqual([expect.stringContaining('Login OK: [anonymous@example.test]')]);
  });

  it('finds the server by its name', async () => {
    expect(await prove({ probe: { host: 'localhost' } })).toMatchObject({ status: 'proven' });
  });

  it('does not ask a server on this computer for an organisation elsewhere, whatever it is called', async () => {
    const before = world.radius.verdicts.length;
    for (const host of ['127.0.0.1', '127.1', '::1', 'localhost', '0.0.0.0']) {
      expect(await prove({ probe: { host, mayStayHere: false } }), host).toMatchObject(
        failedAt('unreachable'),
      );
    }
    expect(world.radius.verdicts).toHaveLength(before);
  });

  it('says of a certificate that was revoked that it was', async () => {
    const { revoked: certificate, root } = world;
    const asked: string[] = [];
    const readRevocationList = async (url: string): Promise<Uint8Array> => {
      asked.push(url);
      const pem = await root.revocationList(certificate);
      return Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
    };
    expect(await prove({ certificate, surroundings: { readRevocationList } })).toMatchObject(
      failedAt('revoked'),
    );
    expect(asked).toEqual(['http://ca.test/list']);
  });

  it('says no more than it knows where the list of the revoked is not to be had, or is another’s', async () => {
    const { revoked: certificate } = world;
    expect(await prove({ certificate })).toMatchObject(failedAt('refused'));
    const lists = [
      () => Promise.reject(new Error('away')),
      () => Promise.resolve(Buffer.from('3000', 'hex')),
    ];
    for (const readRevocationList of lists) {
      expect(await prove({ certificate, surroundings: { readRevocationList } })).toMatchObject(
        failedAt('refused'),
      );
    }
  });

  it('says that the network does not take certificates of this CA', async () => {
    const certificate = await world.stranger.issue(softwareKey);
    expect(await prove({ certificate })).toMatchObject(failedAt('wrong-ca'));
  });

  it('says that a certificate is for something else', async () => {
    const certificate = await world.issue({ extendedKeyUsages: ['1.3.6.1.5.5.7.3.3'] });
    expect(await prove({ certificate })).toMatchObject(failedAt('purpose'));
  });

  it('says that a certificate has expired', async () => {
    const [notBefore, notAfter] = [new Date(Date.now() - 3 * day), new Date(Date.now() - day)];
    const certificate = await world.issue({ notBefore, notAfter });
    expect(await prove({ certificate })).toMatchObject(failedAt('expired'));
  });

  it('believes no server with another name, and none of another CA', async () => {
    const serverNames = ['other.example.test', 'adius.example.test'];
    expect(await prove({ network: world.network({ serverNames }) })).toMatchObject(
      failedAt('name-mismatch'),
    );
    const serverRoots = [world.strangerDer.toString('base64')];
    expect(await prove({ network: world.network({ serverRoots }) })).toMatchObject(
      failedAt('server-ca'),
    );
  });

  it('says that the key cannot be opened', async () => {
    expect(await prove({ passphrase: 'something else' })).toMatchObject(failedAt('key'));
  });

  it('says that nobody answers', async () => {
    const surroundings = { seconds: 1 };
    expect(await prove({ probe: { port: 9 }, surroundings })).toMatchObject(
      failedAt('unreachable'),
    );
    expect(await prove({ probe: { secret: 'another' }, surroundings })).toMatchObject(
      failedAt('unreachable'),
    );
    expect(await prove({ probe: { host: 'radius.invalid' }, surroundings })).toMatchObject(
      failedAt('unreachable'),
    );
  });

  it('is left out where the program is not there', async () => {
    const searchPath = join(world.home, 'few programs');
    await mkdir(searchPath);
    await symlink('/usr/bin/mkfifo', join(searchPath, 'mkfifo'));
    expect(await prove({ surroundings: { searchPath } })).toEqual({
      ...{ status: 'not-tried', method: 'eap-tls' },
      ...{ reason: 'tool-missing', by: 'eapol_test' },
    });
  });
});
