import { X509Certificate } from 'node:crypto';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningCa } from '../ca/running-ca.ts';
import { createHttpsClient } from '../ca/testing/https.ts';
import { FreeRadius } from '../electron/testing/free-radius.ts';
import { TestAuthority } from '../electron/testing/test-authority.ts';
import { expect, reachProof, test } from './journey.ts';

// It writes where only administrators may.
test.skip(process.getuid?.() !== 0, 'the program for networks has its files in /etc');

test('A credential for Wi-Fi signs in to the network, and is told apart once it is revoked', async ({
  stage,
  folder,
}) => {
  const { ca } = stage.localCa;
  await using system = await filesOfSystem();
  await using radius = await networkOf(ca);
  const wallet = await stage.open({ env: { PATH: await withoutOtherPrograms(folder) } });
  const { page, screens } = wallet;
  const network = screens.credential.place('Wi-Fi and network');
  await reachProof(wallet);
  await screens.prove.answer(await stage.code());
  await expect(screens.install.ready).toBeVisible();
  await expect(screens.install.steps.proven('eap-tls')).toBeVisible();
  expect(radius.verdicts).toEqual([expect.stringContaining('Login OK: [anonymous@example.test]')]);
  expect(await system.added()).toHaveLength(1);

  await screens.install.look.click();
  await expect(screens.credential.uses.network('Northlight')).toBeVisible();
  await screens.credential.revoke.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Somebody else may have the key' }).check();
  await dialog.getByRole('button', { name: /^Revoke/ }).click();
  await expect(page.getByText('Revoked', { exact: true }).first()).toBeVisible();
  await radius.revoke(await revocationListOf(ca));
  await network.getByRole('button', { name: /^Test/ }).click();
  await expect(screens.credential.broken('revoked')).toContainText('withdrawn');
  expect(radius.verdicts.join()).toContain('certificate revoked');

  await screens.credential.remove.click();
  await dialog.getByRole('button', { name: /^Remove/ }).click();
  await expect.poll(system.added).toEqual([]);
});

/** What the wallet adds for wpa_supplicant to what is there by now; whatever is left of it goes with the test. */
async function filesOfSystem() {
  const directory = '/etc/wpa_supplicant';
  const ours = async (): Promise<readonly string[]> =>
    (await readdir(directory)).filter((name) => name.startsWith('countersign-'));
  const before = new Set(await ours());
  const added = async () => (await ours()).filter((name) => !before.has(name));
  return {
    added,
    [Symbol.asyncDispose]: async () => {
      for (const name of await added()) await rm(join(directory, name), { force: true });
    },
  };
}

/** The organisation's network: its RADIUS server lets in whoever the CA vouches for, and wallets are told of it. */
async function networkOf(ca: RunningCa): Promise<FreeRadius> {
  const root = await TestAuthority.root({ name: 'Network Root' });
  const radius = await FreeRadius.start({
    trusted: `${ca.rootPem}\n${ca.issuerPem}`,
    revocationLists: await revocationListOf(ca),
    server: await root.issueServer({ names: [{ type: 'dns', value: 'radius.example.test' }] }),
  });
  const { host, port, secret } = radius.probe;
  ca.describeNetwork({
    ...{ ssids: ['Northlight'], wired: false, serverNames: ['radius.example.test'] },
    serverRoots: [new X509Certificate(root.certificate).raw.toString('base64')],
    ...{ outerIdentity: 'anonymous@example.test', probe: { radius: { host, port, secret } } },
  });
  return radius;
}

/** PEM. */
async function revocationListOf({ crlUrl, rootPem }: RunningCa): Promise<string> {
  const { bytes } = await createHttpsClient(rootPem).send(crlUrl);
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return ['-----BEGIN X509 CRL-----', ...lines, '-----END X509 CRL-----', ''].join('\n');
}

/** A path on which wpa_supplicant is the only program that joins networks. */
async function withoutOtherPrograms(folder: string): Promise<string> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const found = new Map<string, string>();
  for (const directory of (process.env['PATH'] ?? '').split(':')) {
    for (const name of await readdir(directory).catch(() => [])) {
      if (!found.has(name)) found.set(name, join(directory, name));
    }
  }
  for (const name of ['nmcli', 'iwctl']) found.delete(name);
  for (const [name, path] of found) await symlink(path, join(programs, name));
  return programs;
}
