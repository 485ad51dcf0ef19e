import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright';
import { SessionBus } from '../../../electron/testing/session-bus.ts';
import { Pkcs11Shim } from '../../../electron/testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../../../electron/testing/tokens/soft-hsm.ts';
import { launchWallet, type RunningWallet } from '../../wallet-app.ts';
import { wordsOf } from '../../words.ts';
import type { Figure } from '../figures.ts';
import { filledToken } from './filled-token.ts';

const label = 'Work card';
const rounds = 15;

/** From the moment at which a module learns that a card was put in, to the card on the tokens screen of the app. */
export async function measureInsertion(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, count] of [['3 keys', 3] as const, ['100 keys', 100] as const]) {
    await using hsm = await filledToken(label, count);
    const shown = await insertions(hsm);
    const about = `a card with ${name} and as many certificates is put in, until`;
    figures.push(
      { name: `${about} it is on the page`, unit: 'ms', values: shown.map((each) => each.inPage) },
      { name: `${about} it is painted`, unit: 'ms', values: shown.map((each) => each.painted) },
    );
  }
  return figures;
}

/** Milliseconds. */
interface Insertion {
  readonly inPage: number;
  readonly painted: number;
}

async function insertions(hsm: SoftHsm): Promise<readonly Insertion[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  await using session = await SessionBus.start({ secretService: 'unlocked' });
  await using shim = await Pkcs11Shim.around(hsm);
  // The same token must not be there by SoftHSM's own module too.
  await using empty = await SoftHsm.create();
  const env = { ...session.env, ...empty.env };
  const wallet = await launchWallet({ env, userData: join(folder, 'wallet') });
  try {
    await showTokens(wallet, shim);
    return await inAndOut(wallet.page, shim);
  } finally {
    await wallet.app.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As a person does whose driver is in an unusual place. */
async function showTokens({ app, page }: RunningWallet, { modulePath }: Pkcs11Shim): Promise<void> {
  const { say } = wordsOf('en');
  await app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, modulePath);
  await page.getByRole('button', { name: say('tokens.name'), exact: true }).click();
  await page.getByRole('button', { name: say('drivers.add') }).click();
  await page.getByRole('heading', { level: 2, name: label }).waitFor();
}

async function inAndOut(page: Page, shim: Pkcs11Shim): Promise<readonly Insertion[]> {
  const heading = page.getByRole('heading', { level: 2, name: label });
  const found: Insertion[] = [];
  for (let round = -2; round < rounds; round += 1) {
    shim.remove();
    await heading.waitFor({ state: 'detached' });
    // Whatever was begun for the removal is over.
    await delay(300);
    const shown = await arrival(page);
    const inserted = Date.now();
    shim.insert();
    const { inPage, painted } = await shown();
    if (round >= 0) found.push({ inPage: inPage - inserted, painted: painted - inserted });
  }
  return found;
}

/** Watches from now on; the times are of the page's clock, which is that of this machine. */
async function arrival(page: Page): Promise<() => Promise<Insertion>> {
  const watched = await page.evaluateHandle((wanted) => {
    const isThere = () =>
      [...document.querySelectorAll('.card h2')].some((each) => each.textContent === wanted);
    const shown = new Promise<Insertion>((resolve) => {
      const observer = new MutationObserver(() => {
        if (!isThere()) return;
        observer.disconnect();
        const inPage = Date.now();
        // The task after a frame was made is the first that can know that it was.
        requestAnimationFrame(() => setTimeout(() => resolve({ inPage, painted: Date.now() })));
      });
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    return { shown };
  }, label);
  return () => watched.evaluate(({ shown }) => shown);
}
