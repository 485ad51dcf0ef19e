import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CredentialDetail } from '../../shared/models/credential.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import { temporaryDirectory } from '../testing/server-program.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { CredentialError } from './credential-error.ts';
import { Networks } from './networks.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let file: string;
let added: [string, NetworkDescription][];
let networks: Networks;

beforeEach(async () => {
  directory = await temporaryDirectory('networks');
  file = join(directory.path, 'eduroam.eap-config');
  await writeFile(file, await description('eduroam'));
  added = [];
  networks = new Networks({
    credentials: {
      addNetwork: (credentialId, network) => {
        added.push([credentialId, network]);
        return Promise.resolve();
      },
      detail: (id) =>
        id === 'gone'
          ? Promise.reject(new CredentialError({ code: 'not-found' }, 'looking'))
          : Promise.resolve({ id } as CredentialDetail),
    },
    ...{ now: () => new Date(), languages: () => ['en'] },
  });
});
afterEach(() => directory.remove());

it('shows what a file describes, and uses that when the person says so', async () => {
  const view = await networks.read('a', file);
  expect(view).toMatchObject({ name: 'University', ssids: ['eduroam'], source: 'file' });
  expect(view.serverRoots).toMatchObject([{ name: 'CN=Test Root' }]);
  expect(view.serverRoots[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(added).toEqual([]);
  await networks.use('a', view.id);
  expect(added).toMatchObject([['a', { id: view.id, ssids: ['eduroam'] }]]);
});

it('uses nothing that was not shown for this very credential, last', async () => {
  const view = await networks.read('a', file);
  const notFound = { failure: { code: 'not-found' } };
  await expect(networks.use('b', view.id)).rejects.toMatchObject(notFound);
  await writeFile(file, await description('guests'));
  await networks.read('a', file);
  await expect(networks.use('a', view.id)).rejects.toMatchObject(notFound);
  await expect(networks.read('gone', file)).rejects.toMatchObject(notFound);
  expect(added).toEqual([]);
});

it('says of what is no such file that it is none', async () => {
  const unreadable = { code: 'eap-config', reason: 'unreadable' };
  for (const path of [directory.path, join(directory.path, 'none'), '/dev/zero']) {
    await expect(networks.read('a', path)).rejects.toMatchObject(unreadable);
  }
});

async function description(ssid: string): Promise<string> {
  const { certificate } = await TestAuthority.root();
  const der = new X509Certificate(certificate).raw.toString('base64');
  return `<EAPIdentityProviderList><EAPIdentityProvider ID="uni.example" namespace="urn:RFC4282:realm">
    <AuthenticationMethods><AuthenticationMethod><EAPMethod><Type>13</Type></EAPMethod>
    <ServerSideCredential><CA format="X.509" encoding="base64">${der}</CA>
    <ServerID>radius.uni.example</ServerID></ServerSideCredential>
    </AuthenticationMethod></AuthenticationMethods>
    <CredentialApplicability><IEEE80211><SSID>${ssid}</SSID></IEEE80211></CredentialApplicability>
    <ProviderInfo><DisplayName>University</DisplayName></ProviderInfo>
    </EAPIdentityProvider></EAPIdentityProviderList>`;
}
