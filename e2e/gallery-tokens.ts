import { expect, test, type Page } from 'playwright/test';
import type { PinQuestion, TokensView, TokenView } from '../shared/models/token.ts';
import type { Gallery } from './gallery.ts';
import { traceOf } from './trace.ts';

interface Stage {
  readonly gallery: () => Gallery;
  readonly newPage: () => Promise<{ readonly page: Page }>;
  /** What the screen asked of main by one entry of the contract. */
  readonly callsOf: (page: Page, entry: string) => Promise<readonly unknown[]>;
}

const types = ['P-256', 'P-384'] as const;
const card: TokenView = {
  tokenId: 't-card',
  label: 'Alex’s card',
  manufacturer: 'Kestrel Cards',
  model: 'Kestrel 3',
  serial: '0042A7C19E',
  kind: 'token',
  isHardware: true,
  isInitialized: true,
  isWritable: true,
  login: 'pin',
  pin: 'ok',
  puk: 'ok',
  pinLength: { min: 4, max: 8 },
  makes: types,
  signs: types,
  keys: [],
  certificates: [],
  unread: 0,
  findings: [],
};
const withCard: TokensView = {
  status: 'ready',
  pinQuestion: null,
  modules: [
    {
      moduleId: 'm-opensc',
      path: '/usr/lib/opensc-pkcs11.so',
      name: 'OpenSC smartcard framework',
      foundBy: 'p11-kit',
      status: 'ready',
      readers: [{ readerId: 'r-0', name: 'Kestrel CCID Reader 00 00', token: card }],
    },
  ],
};

/** What a person does with tokens, and what becomes of the PINs that they type. */
export function testTokens({ gallery, newPage, callsOf }: Stage): void {
  async function shown(scene: string): Promise<Page> {
    const { page } = await newPage();
    await gallery().show(page, scene);
    return page;
  }

  test('a PIN goes to main as octets, and is nowhere in the page afterwards', async () => {
    const page = await shown('pin-wrong');
    const field = page.getByLabel('PIN', { exact: true });
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute('autocomplete', 'off');
    await keepRequest(page, 'answerPin');
    await page.keyboard.type('739154');
    // The search finds it where it is: in the field, and there alone.
    expect(await traceOf(page, '739154')).toEqual(['input.value']);
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('');
    await expect(field).toBeFocused();
    expect(await page.evaluate('keptPin')).toEqual([0x37, 0x33, 0x39, 0x31, 0x35, 0x34]);
    expect(await callsOf(page, 'token/answerPin')).toMatchObject([
      { questionId: 'q-1', acceptFinalTry: false },
    ]);
    expect(await traceOf(page, '739154')).toEqual([]);
  });

  test('the rest of a PIN is not for the question that takes the place of another', async () => {
    const page = await shown('pin-wrong');
    const field = page.getByLabel('PIN', { exact: true });
    await expect(field).toBeFocused();
    await page.keyboard.type('7391');
    const token = { ...card, label: 'Another card', reader: 'Another reader' };
    const pinQuestion: PinQuestion = {
      ...{ questionId: 'q-2', token, moduleName: 'Another driver', reason: 'revoke' },
      ...{ login: 'pin', isWaiting: false, pin: 'ok', pinLength: { min: 2, max: 8 } },
    };
    await notify(page, { ...withCard, pinQuestion });
    await expect(page.getByText('Another driver')).toBeVisible();
    await page.keyboard.type('54');
    await page.keyboard.press('Enter');
    await expect(field).toBeFocused();
    await expect(field).toBeEditable();
    await expect(field).toHaveValue('');
    expect(await callsOf(page, 'token/answerPin')).toEqual([]);
    await page.keyboard.type('739154');
    await page.keyboard.press('Enter');
    expect(await callsOf(page, 'token/answerPin')).toMatchObject([{ questionId: 'q-2' }]);
  });

  test('what React holds is found by that search, and so are octets', async () => {
    const page = await shown('home-many');
    await page.getByRole('searchbox', { name: 'Find' }).fill('739154');
    const places = await traceOf(page, '739154');
    expect(places).toContain('input.value');
    expect(places.filter((place) => place.startsWith('react.')).length).toBeGreaterThan(0);
    await page.evaluate("gallery.calls.push({ pin: new TextEncoder().encode('739154') })");
    expect((await traceOf(page, '739154')).some((place) => place.startsWith('gallery.'))).toBe(
      true,
    );
  });

  test('old PIN, PUK and new PIN are gone from the page as soon as they are sent', async () => {
    const page = await shown('tokens-change-pin');
    await page.getByLabel('PUK', { exact: true }).fill('48210937');
    await page.getByLabel('New PIN', { exact: true }).fill('739154');
    await page.getByLabel('New PIN once more').fill('739154');
    await page.getByRole('button', { name: 'Save the new PIN' }).click();
    await expect.poll(async () => (await callsOf(page, 'token/unblockPin')).length).toBe(1);
    await expect(page.getByRole('dialog').getByRole('alert')).toBeVisible();
    for (const secret of ['48210937', '739154']) expect(await traceOf(page, secret)).toEqual([]);
  });

  test('the last try is used only by who says so, and Escape uses none', async () => {
    const page = await shown('pin-last-try');
    await page.keyboard.type('739154');
    await page.keyboard.press('Enter');
    expect(await callsOf(page, 'token/answerPin')).toEqual([]);
    await page.getByRole('checkbox', { name: 'use the last try' }).check();
    await page.getByRole('button', { name: 'Unlock' }).click();
    expect(await callsOf(page, 'token/answerPin')).toMatchObject([{ acceptFinalTry: true }]);
    await page.keyboard.press('Escape');
    expect(await callsOf(page, 'token/declinePin')).toEqual([{ questionId: 'q-1' }]);
  });

  test('a card that is plugged in is read out, becomes the choice, and lets the person go on', async () => {
    const page = await shown('choose-key-await');
    const start = page.getByRole('button', { name: 'Get this credential' });
    // Off, but still within reach of the keyboard.
    await start.press('Enter');
    expect(await callsOf(page, 'enrollment/start')).toEqual([]);
    await notify(page, withCard);
    await expect(page.getByRole('status').filter({ hasText: 'is plugged in' })).toHaveCount(1);
    await expect(page.getByRole('radio', { name: 'On “Alex’s card”' })).toBeChecked();
    await start.click();
    expect(await callsOf(page, 'enrollment/start')).toMatchObject([
      { offerId: 'code', keyPlace: { in: 'token', tokenId: 't-card' } },
    ]);
    await notify(page, { ...withCard, modules: [] });
    await expect(page.getByRole('status').filter({ hasText: 'was taken out' })).toHaveCount(1);
  });

  test('nothing is started on a token that does not fit, and software is one press', async () => {
    const page = await shown('choose-key-unfit');
    await page.getByRole('button', { name: 'Get this credential' }).press('Enter');
    expect(await callsOf(page, 'enrollment/start')).toEqual([]);
    await gallery().show(page, 'choose-key');
    await page.getByRole('radio', { name: 'On this computer' }).check();
    await page.getByRole('button', { name: 'Get this credential' }).click();
    expect(await callsOf(page, 'enrollment/start')).toMatchObject([
      { keyPlace: { in: 'software' } },
    ]);
  });

  test('a key that was left behind is removed after the question, and a full token stays short', async () => {
    const page = await shown('tokens');
    await page.getByRole('button', { name: 'Remove: Countersign: Code signing' }).click();
    expect(await callsOf(page, 'token/removeKey')).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    const keyId = '3'.padStart(40, '0');
    expect(await callsOf(page, 'token/removeKey')).toEqual([{ tokenId: 't-card', keyId }]);
    await gallery().show(page, 'tokens-many');
    const items = page.locator('.token-item');
    await expect(items).toHaveCount(4);
    await page.getByRole('button', { name: 'Show all 100' }).click();
    await expect(items).toHaveCount(100);
  });
}

/** Says something about tokens as main would. */
async function notify(page: Page, tokens: TokensView): Promise<void> {
  await page.evaluate(`gallery.notify('token', 'changed', ${JSON.stringify(tokens)})`);
}

/** Copies the PIN of the next request, as main does across the border, before the page overwrites it. */
async function keepRequest(page: Page, entry: string): Promise<void> {
  await page.evaluate(`{
    const send = gallery.api.token.${entry};
    gallery.api.token.${entry} = (request) => {
      globalThis.keptPin = [...request.pin];
      return send(request);
    };
  }`);
}
