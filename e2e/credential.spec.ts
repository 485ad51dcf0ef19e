import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, offer, reachProof, test, type OpenWallet, type Stage } from './journey.ts';

test.describe('A credential', () => {
  test('can be tested again, and removed: then Chromium is a stranger', async ({ stage }) => {
    const wallet = await getCredential(stage);
    const { page, screens } = wallet;
    expect((await stage.signIn()).status).toBe(200);
    await screens.credential.test.click();
    await screens.credential.howTried.first().click();
    await expect(screens.credential.provenByMutualTls.first()).toBeVisible();
    await screens.credential.remove.click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click();
    await expect(screens.home.credential(offer)).toHaveCount(0);
    expect((await stage.signIn()).status).toBe(403);
  });

  test('can be revoked: then the server refuses it', async ({ stage }) => {
    const { page, screens } = await getCredential(stage);
    await screens.credential.revoke.click();
    await page.getByRole('radio', { name: 'Somebody else may have the key' }).check();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Revoke/ })
      .click();
    await expect(page.getByText('Revoked', { exact: true }).first()).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'revokeCert' })).toBe(1);
    expect((await stage.signIn()).status).toBe(403);
  });

  test(
    'can be saved as a certificate without its key',
    { tag: '@deep' },
    async ({ stage, folder }) => {
      const { app, screens } = await getCredential(stage);
      const path = join(folder, 'certificate.pem');
      await app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, path);
      await screens.credential.save.click();
      await screens.credential.saveFile.click();
      await expect
        .poll(() => readFile(path, 'utf8').catch(() => ''))
        .toContain('BEGIN CERTIFICATE');
      const pem = await readFile(path, 'utf8');
      expect(pem).not.toContain('PRIVATE KEY');
      expect(new X509Certificate(pem).subjectAltName).toBe('email:alex@example.test');
    },
  );
});

async function getCredential(stage: Stage): Promise<OpenWallet> {
  const wallet = await stage.open();
  await reachProof(wallet);
  const { prove, install, home, credential } = wallet.screens;
  await prove.answer(await stage.code());
  await install.done.click();
  await home.credential(offer).click();
  await credential.history.waitFor();
  return wallet;
}
