import type { Page } from 'playwright';
import { problemsOf, wcag } from './accessibility.ts';
import { expect, offer, person, reachProof, test } from './journey.ts';

test.describe('Getting a credential with a one-time code', () => {
  test('ends with Chromium signed in by mutual TLS', async ({ stage }) => {
    const stranger = await stage.signIn();
    expect(stranger.status).toBe(403);

    const wallet = await stage.open();
    await reachProof(wallet);
    const { prove, install, home, credential } = wallet.screens;
    await prove.answer(await stage.code());
    await expect(install.ready).toBeVisible();
    await expect(install.provenBySignature).toBeVisible();
    await expect(install.provenByMutualTls).toBeVisible();
    await install.done.click();
    await expect(home.fine).toBeVisible();
    await home.credential(offer).click();
    await expect(credential.title(offer)).toBeVisible();

    const visitor = await stage.signIn();
    expect(visitor.status).toBe(200);
    expect(visitor.body).toContain(person);
  });

  test('works from an invitation link when the person compares the words', async ({ stage }) => {
    const { page, screens } = await stage.open({ withLocalCa: false });
    await screens.welcome.openLink(stage.localCa.invite(person));
    await expect(screens.organization.fingerprintWords).toHaveCount(8);
    await expect(page.getByText(new URL(stage.localCa.ca.origin).host).first()).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'newAccount' })).toBe(0);
    await screens.organization.wordsMatch.click();
    await screens.choose.start.click();
    await screens.prove.answer(await stage.code());
    await expect(screens.install.ready).toBeVisible();
  });

  test('begins with a link that starts the wallet, and ends when the words differ', async ({
    stage,
  }) => {
    const { page, screens } = await stage.open({
      withLocalCa: false,
      parameters: [stage.localCa.invite(person)],
    });
    await expect(page.getByText(new URL(stage.localCa.ca.origin).host).first()).toBeVisible();
    expect(stage.localCa.ca.requestLog.count()).toBe(0);
    await screens.organization.open.click();
    await expect(screens.organization.fingerprintWords).toHaveCount(8);
    await screens.organization.wordsDiffer.click();
    await expect(screens.welcome.title).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'newAccount' })).toBe(0);
  });

  test('needs nothing but the keyboard', async ({ stage }) => {
    const { page, screens } = await stage.open();
    const press = (name: RegExp | string) => pressByKeyboard(page, name);
    await press('Try it with the Local CA');
    await screens.organization.accept.waitFor();
    await press('Continue');
    await screens.choose.start.waitFor();
    await press('Get this credential');
    await screens.prove.code.waitFor();
    await expect(screens.prove.code).toBeFocused();
    await page.keyboard.type(await stage.code());
    await page.keyboard.press('Enter');
    await expect(screens.install.ready).toBeVisible();
    await press('Done');
    await expect(screens.home.fine).toBeVisible();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    // The gallery looks at all of them in the dark.
    const tag = colorScheme === 'dark' ? ['@deep'] : [];
    test(`shows accessible screens all the way, ${colorScheme}`, { tag }, async ({ stage }) => {
      const wallet = await stage.open();
      const { page, screens } = wallet;
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      await screens.welcome.tryLocalCa.click();
      await screens.organization.accept.waitFor();
      await expectAccessible(page);
      await screens.organization.accept.click();
      await screens.choose.start.waitFor();
      await expectAccessible(page);
      await screens.choose.start.click();
      await screens.prove.code.waitFor();
      await expectAccessible(page);
      await screens.prove.answer(await stage.code());
      await screens.install.ready.waitFor();
      await expectAccessible(page);
      await screens.install.done.click();
      await screens.home.fine.waitFor();
      await expectAccessible(page);
      await screens.home.credential(offer).click();
      await screens.credential.history.waitFor();
      await expectAccessible(page);
    });
  }
});

/** Walks with Tab until the control of that name has the focus, then presses Enter. */
async function pressByKeyboard(page: Page, name: RegExp | string): Promise<void> {
  const control = page.getByRole('button', { name });
  for (let step = 0; step < 40; step += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${String(name)}`);
}

async function expectAccessible(page: Page): Promise<void> {
  expect(await problemsOf(page, { type: 'tag', values: wcag })).toEqual([]);
}
