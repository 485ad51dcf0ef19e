import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestInfo } from 'playwright/test';
import { Pkcs11Shim } from '../electron/testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { VirtualTpm } from '../electron/testing/tokens/virtual-tpm.ts';
import { SmartCardReader } from '../electron/testing/tokens/smart-card-reader.ts';
import type { TokenSignIn } from './chromium-sign-in.ts';
import { expect, person, test, type OpenWallet, type Stage } from './journey.ts';
import { addModule, finish, reachChoice } from './token-steps.ts';

const label = 'Work card';

test.describe('A key on a token', () => {
  test.slow();

  test('is made, used by the wallet, and signs in with Chromium', async ({ stage }, info) => {
    await using hsm = await SoftHsm.create(label);
    await using shim = await Pkcs11Shim.around(hsm);
    await using empty = await SoftHsm.create();
    shim.remove();
    shim.lockAfter(3);
    shim.hardware();
    const wallet = await stage.open({ env: empty.env });
    const { screens } = wallet;
    await addModule(wallet, shim);
    await followsTheReader(wallet, shim, info);

    await screens.tokens.home.click();
    await reachChoice(wallet);
    await screens.choose.keyPlace(`On “${label}”`).check();
    await expect(screens.choose.fits).toBeVisible();
    await expect(screens.choose.report).toBeVisible();
    await screens.choose.start.click();
    await screens.pin.answer('000000');
    await expect(screens.pin.failure).toContainText('not right');
    await finish(stage, wallet, hsm.token.pin);

    const modules = join(stage.session.home, '.pki', 'nssdb', 'pkcs11.txt');
    expect(await readFile(modules, 'utf8')).toContain(`library=${shim.modulePath}`);
    await screens.tokens.show.click();
    await expect(screens.tokens.token(label)).toContainText(/Issued by Local CA Issuer/);
    await signsIn(stage, { pin: hsm.token.pin, env: shim.env });
  });

  // command.spec.ts makes one there as well.
  test(
    'is made in the security chip, and signs in with Chromium',
    { tag: '@deep' },
    async ({ stage }) => {
      await using tpm = await VirtualTpm.start('chip');
      const wallet = await stage.open({ env: tpm.env });
      const { choose } = wallet.screens;
      await reachChoice(wallet);
      await choose.keyPlace('In this computer’s security chip').check();
      await expect(choose.fits).toBeVisible();
      await choose.start.click();
      await finish(stage, wallet, tpm.pin);
      await signsIn(stage, tpm);
    },
  );

  test('came with a PIV card, gets its certificate there, and signs in with Chromium', async ({
    stage,
  }) => {
    await using reader = await SmartCardReader.start({ keys: { '9a': 'P-256' }, isInUse: true });
    const before = reader.card.certificate('9a');
    const wallet = await stage.open({ env: reader.env });
    const { choose } = wallet.screens;
    await reachChoice(wallet);
    await choose.keyPlace('On a token').check();
    await reader.insert();
    await expect(choose.keyPlace('On “Card key 9A”')).toBeChecked();
    await expect(choose.fitsByItsKey).toBeVisible();
    // It costs a certificate that somebody issued, so nobody chooses it but the person.
    await expect(choose.start).toBeDisabled();
    await expect(choose.replaces).toContainText('CN=Card key 9A, issued by CN=Card Factory');
    await choose.existingKeys.check();
    await choose.start.click();
    await finish(stage, wallet, reader.pin);
    expect(reader.card.certificate('9a')).not.toEqual(before);
    await signsIn(stage, reader);
  });
});

async function signsIn(stage: Stage, { pin, env }: TokenSignIn): Promise<void> {
  const visitor = await stage.signIn({ pin, env });
  expect(visitor.status).toBe(200);
  expect(visitor.body).toContain(person);
}

/** What goes into the reader is on the screen, and what is taken out is not. */
async function followsTheReader(
  { screens }: OpenWallet,
  shim: Pkcs11Shim,
  info: TestInfo,
): Promise<void> {
  const card = screens.tokens.token(label);
  await expect(card).toHaveCount(0);
  for (let time = 0; time < 2; time += 1) {
    const begin = performance.now();
    shim.insert();
    await card.waitFor();
    const took = `${Math.round(performance.now() - begin)} ms from the reader to the screen`;
    info.annotations.push({ type: 'insertion', description: took });
    console.log(took);
    if (time > 0) continue;
    shim.remove();
    await expect(card).toHaveCount(0);
  }
}
