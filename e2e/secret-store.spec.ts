import { expect, reachProof, test } from './journey.ts';

test.describe('Without a secret store', () => {
  test.use({ secretService: 'no-provider' });

  test('the wallet refuses to keep anything and says what helps', async ({ stage }) => {
    const { page, screens } = await stage.open();
    await expect(page.getByText('There is no secret store').first()).toBeVisible();
    await expect(page.getByText(/gnome-keyring/).first()).toBeVisible();
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('There is no secret store').first()).toBeVisible();
    await expect(screens.welcome.title).toHaveCount(0);
    expect(stage.localCa.ca.requestLog.count()).toBe(0);
  });
});

test.describe('With a locked secret store', () => {
  test.use({ secretService: 'locked' });

  test('the wallet says so, and goes on once it is open', async ({ stage }) => {
    const { page, screens } = await stage.open();
    await expect(page.getByText('Your secret store is locked').first()).toBeVisible();
    await stage.session.unlock();
    await page.getByRole('button', { name: 'Try again' }).click();
    await screens.welcome.tryLocalCa.click();
    await expect(screens.organization.accept).toBeVisible();
  });
});

test('A secret store that is locked later loses nothing', { tag: '@deep' }, async ({ stage }) => {
  const wallet = await stage.open();
  await reachProof(wallet);
  await wallet.app.close();
  await stage.session.lock();
  const again = await stage.open();
  await expect(again.page.getByText('Your secret store is locked').first()).toBeVisible();
  await stage.session.unlock();
  await again.page.getByRole('button', { name: 'Try again' }).first().click();
  await again.screens.home.resume.click();
  await again.screens.prove.answer(await stage.code());
  await expect(again.screens.install.ready).toBeVisible();
});
