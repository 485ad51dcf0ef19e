import { generateKeyPairSync, randomInt, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { madeUp } from '../../testing/made-up.ts';
import { readByIwd } from '../../testing/read-by-iwd.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { InstallError } from '../install-target.ts';
import { iwdProfile, type IwdSignIn } from './iwd-profile.ts';

const passphrase = 'A'.repeat(43);
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
});

let directory: string;
let network: NetworkDescription;
let signIn: IwdSignIn;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-iwd-'));
  const root = await TestAuthority.root();
  network = {
    ...{ id: 'n', name: 'Northlight', source: 'organization', ssids: ['Northlight'], wired: false },
    ...{ serverNames: ['radius.example.test'], outerIdentity: '@example.test' },
    serverRoots: [new X509Certificate(root.certificate).raw.toString('base64')],
  };
  const certificates = new X509Certificate(await root.issue({ spki: keys.publicKey })).toString();
  signIn = { name: 'countersign-1', certificates, key: keys.privateKey, passphrase };
});
afterAll(() => rm(directory, { recursive: true }));

interface Parts {
  readonly network: NetworkDescription;
  readonly signIn: IwdSignIn;
}

/** Each puts a text where somebody from outside could have one. */
const places: readonly ((text: string) => Parts)[] = [
  (text) => ({ network: { ...network, outerIdentity: `${text}@example.test` }, signIn }),
  (text) => ({ network: { ...network, outerIdentity: `@example.test${text}` }, signIn }),
  (text) => ({ network: { ...network, serverNames: [`${text}example.test`] }, signIn }),
  (text) => ({
    network: { ...network, serverRoots: [`${text}${network.serverRoots.join('')}`] },
    signIn,
  }),
  (text) => ({ network, signIn: { ...signIn, name: `countersign${text}` } }),
  (text) => ({ network, signIn: { ...signIn, passphrase: `${passphrase}${text}` } }),
  (text) => ({ network, signIn: { ...signIn, certificates: `${signIn.certificates}${text}` } }),
  (text) => ({ network, signIn: { ...signIn, key: `${text}${signIn.key}` } }),
];

async function isReadAsMeant(parts: Parts): Promise<void> {
  const text = iwdProfile(parts.network, parts.signIn);
  const file = join(directory, 'profile');
  await writeFile(file, text);
  expect(await readByIwd(file)).toEqual({
    ...{ 'EAP-Method': 'TLS', 'EAP-Identity': parts.network.outerIdentity },
    'EAP-TLS-ServerDomainMask': parts.network.serverNames.join(';'),
    'EAP-TLS-CACert': parts.network.serverRoots
      .map((root) => new X509Certificate(Buffer.from(root, 'base64')).toString())
      .join(''),
    'EAP-TLS-ClientCert': parts.signIn.certificates,
    'EAP-TLS-ClientKey': parts.signIn.key,
    'EAP-TLS-ClientKeyPassphrase': parts.signIn.passphrase,
  });
}

describe('a profile for iwd', () => {
  it('has what it is told where its own library reads it, or is refused', async () => {
    await isReadAsMeant({ network, signIn });
    const pieces = ['a', '-', '1', '.', '=', ';', '\\', '"', '#', ' ', 'ü', '[', ']'];
    const hostile = ['\n[Security]\nEAP-Method=PWD\n', '\n', '\r', '\0', '\ud800', '..'];
    const any = (from: readonly string[]): string => from[randomInt(from.length)] ?? '';
    const huge = 'x'.repeat(5000);
    for (let round = 0; round < madeUp(200); round += 1) {
      const some = Array.from({ length: randomInt(1, 4) }, () =>
        any(randomInt(4) === 0 ? hostile : pieces),
      );
      const text = randomInt(20) === 0 ? huge : some.join('');
      const place = places[round % places.length];
      try {
        if (place) await isReadAsMeant(place(text));
      } catch (error) {
        if (!(error instanceof InstallError)) throw error;
        expect(error).toMatchObject({ target: 'iwd', reason: 'refused' });
      }
    }
  });

  it('has no line of somebody else’s in any of its places', () => {
    for (const text of ['\n[Security]\nEAP-Method=PWD\n', '\nx=y', '\0', '\ud800', '"\r\n']) {
      for (const place of places) {
        const { network: described, signIn: used } = place(text);
        expect(() => iwdProfile(described, used)).toThrow(InstallError);
      }
    }
  });
});
