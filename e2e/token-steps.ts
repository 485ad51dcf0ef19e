import { expect } from 'playwright/test';
import type { Pkcs11Shim } from '../electron/testing/tokens/pkcs11-shim.ts';
import { offer, type OpenWallet, type Stage } from './journey.ts';

/** As the person adds a driver whose file is in an unusual place; ends on the Tokens screen. */
export async function addModule(
  { app, screens }: OpenWallet,
  { modulePath }: Pick<Pkcs11Shim, 'modulePath'>,
): Promise<void> {
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, modulePath);
  await screens.tokens.show.click();
  await screens.tokens.addDriver.click();
  // After a first look at all others, each in a process that starts now.
  await expect(screens.tokens.addedDriver).toContainText('Works', { timeout: 90_000 });
}

/** From the first screen to the question where the key will live. */
export async function reachChoice({ screens }: OpenWallet): Promise<void> {
  await screens.welcome.tryLocalCa.click();
  await screens.organization.accept.click();
  await screens.choose.offer(offer).check();
}

/** From the question for the PIN to the end. */
export async function finish(stage: Stage, { screens }: OpenWallet, pin: string): Promise<void> {
  await screens.pin.answer(pin);
  await answerWithCode(stage, { screens });
  await expect(screens.install.ready).toBeVisible();
}

export async function answerWithCode(
  stage: Stage,
  { screens }: Pick<OpenWallet, 'screens'>,
): Promise<void> {
  await screens.prove.code.waitFor();
  await screens.prove.answer(await stage.code());
}
