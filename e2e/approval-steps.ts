import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'playwright/test';
import type { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { usePasskey, type Colleague, type Company } from './company.ts';
import type { OpenWallet } from './journey.ts';

const run = promisify(execFile);

export interface Wanted {
  /** By its name in the list. */
  readonly offer: string;
  readonly reason: string;
  /** Where the key is made. */
  readonly hsm: SoftHsm;
}

/** From the choice to the wait for others: the key on the token, the person proven by their passkey. */
export async function order(
  wallet: OpenWallet,
  { passkey }: Pick<Colleague, 'passkey'>,
  { offer, reason, hsm }: Wanted,
): Promise<void> {
  const { choose, pin, prove, waiting } = wallet.screens;
  await choose.offer(offer).check();
  await choose.keyPlace(`On “${hsm.token.label}”`).check();
  await choose.reason.fill(reason);
  await choose.start.click();
  await pin.answer(hsm.token.pin);
  await usePasskey(wallet, passkey, () => prove.usePasskey.click());
  await expect(waiting.title).toBeVisible();
}

/** Goes to what came of the order; the PIN is asked for when that of the key's making was too long ago. */
export async function lookAtCredential({ screens }: OpenWallet, { token }: SoftHsm): Promise<void> {
  const { pin, install } = screens;
  await expect(pin.dialog.or(install.look)).toBeVisible();
  if (await pin.dialog.isVisible()) await pin.answer(token.pin);
  await install.look.click();
}

/** Wallets that wait look again at once instead of in half a minute: the CA asks them to. */
export function haveThemLookOften({ localCa: { ca } }: Pick<Company, 'localCa'>): void {
  for (const resource of ['authorization', 'approvals'] as const) {
    ca.faults.arm({
      ...{ kind: 'retryAfter', resource, times: 10_000 },
      retryAfter: { seconds: 1, form: 'seconds' },
    });
  }
}

/** From wherever the person is to the request that waits for them. */
export async function openRequest({ screens: { approvals } }: OpenWallet): Promise<void> {
  await approvals.show.click();
  await approvals.lookAgain.click();
  await approvals.request('toDecide', /./).click();
}

/** As somebody reads who has a wheel: from the top to where the button comes on. */
export async function readByWheel({ page, screens }: OpenWallet): Promise<void> {
  const { approve, readAll } = screens.approval;
  await expect(approve).toBeDisabled();
  await page.mouse.move(500, 300);
  await expect(async () => {
    await page.mouse.wheel(0, 240);
    await expect(readAll).toBeVisible({ timeout: 80 });
  }).toPass({ intervals: [10] });
}

/** As somebody reads who has a keyboard alone: from one unread part to the next. */
export async function readByKeyboard({ page, screens }: OpenWallet): Promise<void> {
  const { approve, readOn, readAll } = screens.approval;
  await expect(approve).toBeDisabled();
  await expect(async () => {
    if (await readOn.isVisible()) {
      await readOn.focus({ timeout: 1000 });
      await page.keyboard.press('Enter');
    }
    await expect(readAll).toBeVisible({ timeout: 80 });
  }).toPass({ intervals: [10] });
}

/** Hands the receipt that is shown to a file. */
export async function saveReceipt({ app, screens }: OpenWallet, file: string): Promise<Buffer> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  await screens.approval.saveReceipt.click();
  const read = () => readFile(file).catch(() => Buffer.alloc(0));
  // It is there a little before its content is.
  await expect.poll(async () => (await read()).length).toBeGreaterThan(1000);
  return read();
}

/** What OpenSSL makes of a receipt with the CA's root and nothing of ours: its content. */
export async function contentOf(
  receipt: Buffer,
  { localCa: { ca } }: Pick<Company, 'localCa'>,
  folder: string,
): Promise<Readonly<Record<string, unknown>>> {
  const [file, root] = [join(folder, 'receipt.p7s'), join(folder, 'receipt-root.pem')];
  const content = join(folder, 'receipt-content.json');
  await writeFile(file, receipt);
  await writeFile(root, ca.rootPem);
  const told = ['-in', file, '-CAfile', root, '-purpose', 'any', '-out', content];
  await run('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', ...told]);
  return JSON.parse(await readFile(content, 'utf8')) as Readonly<Record<string, unknown>>;
}

/** With the reason in other words. */
export function tampered(receipt: Buffer, text: string): Buffer {
  const changed = Buffer.from(receipt);
  changed.write(text.replace(/.$/, '?'), changed.indexOf(text));
  return changed;
}

/** The system hands a link to the wallet that runs. */
export async function follow({ app }: OpenWallet, link: string): Promise<void> {
  await app.evaluate(({ app: electron }, followed) => {
    electron.emit('second-instance', {}, ['countersign', followed], '/', undefined);
  }, link);
}
