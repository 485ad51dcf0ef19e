import type { Page } from 'playwright';
import { ask, expect, person, reachProof, test, type OpenWallet } from './journey.ts';
import {
  authenticatorKinds,
  VirtualAuthenticator,
  type AuthenticatorKind,
  type Passkey,
} from './virtual-authenticator.ts';

test.slow();

for (const [place, kinds] of [
  ['platform', ['platform', 'platform, not resident']],
  ['roaming', ['roaming', 'roaming, resident']],
] as const) {
  test(`A ${place} passkey that was registered after a code proves who somebody is the next time, resident or not`, async ({
    stage,
  }) => {
    const wallet = await stage.open();
    const { screens } = wallet;
    await proveByCode(wallet, await codeOnceAsked(wallet, () => stage.code()));
    await screens.install.done.click();
    await screens.home.organization('Local CA').click();
    const registered = [];
    for (const kind of kinds) registered.push({ kind, passkeys: await register(wallet, kind) });
    await screens.joined.back.click();

    for (const { kind, passkeys } of registered) {
      await screens.home.getCredential.click();
      await ask(wallet, 'Internal websites');
      const window = await ceremony(wallet, () => screens.prove.usePasskey.click());
      await VirtualAuthenticator.before(window, kind, passkeys, true);
      await window.getByRole('button', { name: 'Use the passkey' }).click();
      await expect(screens.install.ready).toBeVisible();
      await expect.poll(() => wallet.app.windows().length).toBe(1);
      await screens.install.done.click();
    }
  });
}

test('A link that is opened meanwhile, giving up and closing the window do no harm', async ({
  stage,
}) => {
  const wallet = await stage.open();
  const { app, page, screens } = wallet;
  await proveByCode(wallet, await codeOnceAsked(wallet, () => stage.code()));
  await screens.install.done.click();
  await screens.home.organization('Local CA').click();
  const passkeys = await register(wallet, 'platform');
  await screens.joined.back.click();
  await screens.home.getCredential.click();
  await ask(wallet, 'Internal websites');

  const first = await ceremony(wallet, () => screens.prove.usePasskey.click());
  const there = first.url();
  await app.evaluate(({ app: electron }, link) => {
    electron.emit('second-instance', {}, ['countersign', link], '/', undefined);
  }, stage.localCa.invite(person));
  await expect(first.getByRole('button', { name: 'Use the passkey' })).toBeVisible();
  expect(first.url()).toBe(there);
  expect(app.windows()).toHaveLength(2);
  await page.getByRole('button', { name: 'Not now' }).click();
  await screens.prove.stop.click();
  await expect.poll(() => app.windows().length).toBe(1);

  const second = await ceremony(wallet, () => screens.prove.usePasskey.click());
  await second.close();
  await expect(screens.prove.failure).toBeVisible();

  const third = await ceremony(wallet, () => screens.prove.usePasskey.click());
  await VirtualAuthenticator.before(third, 'platform', passkeys, true);
  await third.getByRole('button', { name: 'Use the passkey' }).click();
  await expect(screens.install.ready).toBeVisible();
  // One response in all: whatever was given up cost no try.
  expect(await page.evaluate(() => document.title)).toContain('Countersign');
  expect(stage.localCa.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(2);
});

test('A key pair that was registered answers by itself, until it is forgotten', async ({
  stage,
}) => {
  const wallet = await stage.open();
  const { screens } = wallet;
  await proveByCode(wallet, await codeOnceAsked(wallet, () => stage.code()));
  await screens.install.done.click();
  await screens.home.organization('Local CA').click();
  await screens.joined.registerKey.click();
  await screens.joined.register.click();
  await expect(screens.joined.forget).toHaveCount(1);
  await screens.joined.back.click();

  await screens.home.getCredential.click();
  await ask(wallet, 'Internal websites');
  await screens.prove.signWithKey.click();
  await expect(screens.install.ready).toBeVisible();

  await screens.install.done.click();
  await screens.home.organization('Local CA').click();
  await screens.joined.forget.click();
  await screens.joined.confirmForget.click();
  await expect(screens.joined.forget).toHaveCount(0);
});

/** Ends at the first credential. */
async function proveByCode({ screens }: OpenWallet, code: string): Promise<void> {
  await screens.prove.answer(code);
  await expect(screens.install.ready).toBeVisible();
}

/** A code is good for half a minute: it is made when the field is there. */
async function codeOnceAsked(wallet: OpenWallet, makeCode: () => Promise<string>): Promise<string> {
  await reachProof(wallet);
  return makeCode();
}

async function register(wallet: OpenWallet, kind: AuthenticatorKind): Promise<readonly Passkey[]> {
  const { joined } = wallet.screens;
  const name = `My passkey (${kind})`;
  await joined.registerPasskey.click();
  await joined.name.fill(name);
  const window = await ceremony(wallet, () => joined.register.click());
  const authenticator = await VirtualAuthenticator.before(window, kind, [], true);
  await window.getByRole('button', { name: 'Make the passkey' }).click();
  await expect(wallet.page.getByText(name)).toBeVisible();
  const isResident = authenticatorKinds[kind].hasResidentKey;
  const passkey = await authenticator.made();
  expect(passkey.isResident).toBe(isResident);
  return [passkey];
}

/** The window at the page of the CA, which waits for a click. */
async function ceremony({ app }: OpenWallet, start: () => Promise<void>): Promise<Page> {
  const opened = app.waitForEvent('window');
  await start();
  const window = await opened;
  await window.getByRole('button', { name: 'Cancel' }).waitFor();
  return window;
}
