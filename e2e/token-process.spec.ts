import type { Page } from 'playwright';
import type { WalletApi } from '../shared/ipc-contract.ts';
import type { TokensView } from '../shared/models/token.ts';
import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { expect, test } from './journey.ts';

interface WalletWindow {
  readonly wallet: WalletApi;
}

const label = 'Alex’s card';

test.describe('Token processes of the built app', () => {
  test('run when somebody looks, not before, and show a token to the page', async ({ stage }) => {
    await using hsm = await SoftHsm.create(label);
    const { page } = await stage.open({ env: hsm.env });
    expect((await tokensOf(page)).status).toBe('not-looked');
    const seen = page.evaluate(untilShown, label);
    expect(await seen).toBe(hsm.token.serial);
    // What is found first is shown while the rest is looked at.
    await expect.poll(async () => (await tokensOf(page)).status).toBe('ready');
    const { modules } = await tokensOf(page);
    expect(modules.map(({ path }) => path)).toContainEqual(expect.stringContaining('softhsm'));
  });
});

async function tokensOf(page: Page): Promise<TokensView> {
  const initial = await page.evaluate(() =>
    (window as unknown as WalletWindow).wallet.wallet.initial({}),
  );
  if (!initial.ok) throw new Error(initial.failure.code);
  return initial.value.tokens;
}

/** In the page: watches, and resolves to the serial number of the token by that label. */
function untilShown(wanted: string): Promise<string> {
  const { wallet } = window as unknown as WalletWindow;
  return new Promise((resolve) => {
    wallet.token.onChanged(({ modules }) => {
      const tokens = modules.flatMap(({ readers }) => readers.flatMap(({ token }) => token ?? []));
      const found = tokens.find((token) => token.label === wanted);
      if (found !== undefined) resolve(found.serial);
    });
    void wallet.token.watch({});
  });
}
