import { randomInt } from 'node:crypto';
import type { TestInfo } from 'playwright/test';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { expect, test, type OpenWallet } from './journey.ts';
import { filesWith, has, heapOf, memoryWith, processesBelow } from './secret-search.ts';
import { answerWithCode, reachChoice } from './token-steps.ts';
import { traceOf } from './trace.ts';

const label = 'Work card';

/** Nothing else in the world is spelt like this. */
const unlikely = (): string =>
  Array.from({ length: 16 }, () => 'bcdfghjkmnpqrstvwxz'[randomInt(19)]).join('');

test('A PIN that was typed is kept by nobody', async ({ stage }, info) => {
  test.slow();
  const [pin, wrong] = [unlikely(), unlikely()];
  await using hsm = await SoftHsm.create({ label, pin });
  const wallet = await stage.open({ env: hsm.env });
  const { page, screens } = wallet;
  const said = await listenTo(wallet);
  await reachChoice(wallet);
  await screens.choose.keyPlace(`On “${label}”`).check();
  await screens.choose.start.click();
  await screens.pin.pin.focus();
  // Key by key, as a person does: whatever Playwright fills in is in a message of its own.
  await page.keyboard.type(wrong);
  // The search finds it where it has to be.
  expect(renderersOf(wallet).flatMap((id) => memoryWith(id, wrong))).not.toEqual([]);
  await page.keyboard.press('Enter');
  await expect(screens.pin.failure).toBeVisible();
  await page.keyboard.type(pin);
  await page.keyboard.press('Enter');
  await answerWithCode(stage, wallet);
  await expect(screens.install.ready).toBeVisible();

  for (const id of tokenProcessesOf(wallet)) {
    expect([...memoryWith(id, pin), ...memoryWith(id, wrong)]).toEqual([]);
  }
  const heap = await heapOf(page);
  expect(has(heap, label)).toBe(true);
  tellRemains(wallet, pin, info);
  for (const secret of [pin, wrong]) {
    expect(has(heap, secret)).toBe(false);
    expect(await filesWith(stage.userData, secret)).toEqual([]);
    expect(await filesWith(stage.session.home, secret)).toEqual([]);
    expect(has(Buffer.from(await said()), secret)).toBe(false);
    // Last, because the search itself brings it into the page.
    expect(await traceOf(page, secret)).toEqual([]);
  }
});

/** The processes that draw pages: one of them is the wallet's. */
function renderersOf({ app }: OpenWallet): readonly number[] {
  return processesBelow(app.process().pid ?? 0)
    .filter(({ command }) => command.includes('--type=renderer'))
    .map(({ id }) => id);
}

/** Those that have the module in their memory. */
function tokenProcessesOf({ app }: OpenWallet): readonly number[] {
  const found = processesBelow(app.process().pid ?? 0).filter(({ libraries }) =>
    libraries.includes('libsofthsm2.so'),
  );
  expect(found).toHaveLength(1);
  return found.map(({ id }) => id);
}

/**
 * Chromium tells its own parts of every change of a field (text input, autofill), frees those messages and does not
 * overwrite them. No page can reach them, and none can wipe them: what remains of a PIN is counted, and not judged.
 */
function tellRemains(wallet: OpenWallet, pin: string, info: TestInfo): void {
  const found = renderersOf(wallet).flatMap((id) => memoryWith(id, pin));
  const count = (spelling: string) => found.filter((each) => each.spelling === spelling).length;
  const text = `freed memory of Chromium holds it ${count('utf-8')} times in UTF-8, ${count('utf-16')} in UTF-16`;
  info.annotations.push({ type: 'remains', description: text });
  console.log(text);
}

/** What the app prints, and what it tells its page unasked. */
async function listenTo({ app, page }: OpenWallet): Promise<() => Promise<string>> {
  const printed: string[] = [];
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (part: Buffer) => printed.push(part.toString()));
  }
  page.on('console', (message) => printed.push(message.text()));
  const told = await app.evaluateHandle(({ BrowserWindow }) => {
    const messages: string[] = [];
    for (const { webContents } of BrowserWindow.getAllWindows()) {
      const send = webContents.send.bind(webContents);
      webContents.send = (channel, ...words: unknown[]) => {
        messages.push(channel, JSON.stringify(words));
        send(channel, ...words);
      };
    }
    return messages;
  });
  return async () => {
    const messages = await told.jsonValue();
    // The question for the PIN was among them.
    expect(messages.join('\n')).toContain('pinQuestion');
    return [...printed, ...messages].join('\n');
  };
}
