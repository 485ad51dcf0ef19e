import { expect, reachProof, test, wrongCode } from './journey.ts';

test.describe('A wrong code', () => {
  test('says how many tries are left, keeps the order, and the right one then works', async ({
    stage,
  }) => {
    const wallet = await stage.open();
    const { prove, install } = wallet.screens;
    await reachProof(wallet);
    await prove.answer(wrongCode(await stage.code()));
    await expect(prove.failure).toContainText('4 tries left');
    await prove.answer(wrongCode(await stage.code()));
    await expect(prove.failure).toContainText('3 tries left');
    await expect(prove.code).toHaveValue('');
    await prove.answer(await stage.code());
    await expect(install.ready).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'newOrder' })).toBe(1);
  });

  test('of the wrong length costs no try', { tag: '@deep' }, async ({ stage }) => {
    const wallet = await stage.open();
    await reachProof(wallet);
    await wallet.screens.prove.answer('12345');
    await expect(wallet.page.getByText('The code has 6 digits.')).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'challenge' })).toBe(0);
  });

  test('five times ends this request, and says so', { tag: '@deep' }, async ({ stage }) => {
    const wallet = await stage.open();
    const { prove, progress } = wallet.screens;
    await reachProof(wallet);
    for (const left of ['4 tries left', '3 tries left', '2 tries left', 'one try left']) {
      await prove.answer(wrongCode(await stage.code()));
      await expect(prove.failure).toContainText(left);
    }
    await prove.answer(wrongCode(await stage.code()));
    await expect(progress.failed).toBeVisible();
    await expect(progress.again).toBeVisible();
  });

  test(
    'while the CA throttles is not evaluated; the wallet says when to try again',
    { tag: '@deep' },
    async ({ stage }) => {
      const wallet = await stage.open();
      const { page, screens } = wallet;
      await reachProof(wallet);
      const throttle = stage.localCa.ca.faults.arm({
        kind: 'rateLimited',
        resource: 'challenge',
        retryAfter: { seconds: 2, form: 'seconds' },
      });
      await screens.prove.answer(await stage.code());
      await throttle.reached;
      await expect(page.getByText(/You can try again/).first()).toBeVisible();
      await expect(page.getByText('You can try again now.').first()).toBeVisible();
      await screens.prove.answer(await stage.code());
      await expect(screens.install.ready).toBeVisible();
    },
  );

  test(
    'ten times locks the code at the CA, for new requests too',
    { tag: '@deep' },
    async ({ stage }) => {
      const wallet = await stage.open();
      const { page, screens } = wallet;
      const { prove, progress } = screens;
      await reachProof(wallet);
      for (const request of ['first', 'second']) {
        for (const left of ['4 tries left', '3 tries left', '2 tries left', 'one try left']) {
          await prove.answer(wrongCode(await stage.code()));
          await expect(prove.failure, request).toContainText(left);
        }
        await prove.answer(wrongCode(await stage.code()));
        await expect(progress.failed, request).toBeVisible();
        await progress.again.click();
        await screens.choose.start.click();
        await prove.code.waitFor();
      }
      await prove.answer(await stage.code());
      await expect(page.getByText(/You can try again in/).first()).toBeVisible();
      expect(stage.localCa.ca.requestLog.count({ resource: 'finalize' })).toBe(0);
    },
  );
});
