import type { TestInfo } from 'playwright/test';
import { Pkcs11Shim } from '../electron/testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { expect, offer, person, test, type OpenWallet } from './journey.ts';

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
    await screens.welcome.tryLocalCa.click();
    await screens.organization.accept.click();
    await screens.choose.offer(offer).check();
    await screens.choose.keyPlace(`On “${label}”`).check();
    await expect(screens.choose.verdict).toBeVisible();
    await expect(screens.choose.report).toBeVisible();
    await screens.choose.start.click();

    await screens.pin.answer('000000');
    await expect(screens.pin.failure).toContainText('not right');
    await screens.pin.answer(hsm.token.pin);
    await screens.prove.answer(await stage.code());
    await expect(screens.install.ready).toBeVisible();

    await screens.tokens.show.click();
    const visitor = await stage.signIn({ pin: hsm.token.pin, env: shim.env });
    expect(visitor.status).toBe(200);
    expect(visitor.body).toContain(person);
  });
});

/** As the person adds one whose file is in an unusual place. */
async function addModule(
  { app, screens }: OpenWallet,
  { modulePath }: Pick<Pkcs11Shim, 'modulePath'>,
): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, modulePath);
  await screens.tokens.show.click();
  await screens.tokens.addDriver.click();
  await expect(screens.tokens.addedDriver).toContainText('Works');
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
