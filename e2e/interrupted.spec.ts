import { join } from 'node:path';
import { startLocalCa } from '../ca/portal/local-ca.ts';
import { codeOf, expect, offer, person, reachProof, test } from './journey.ts';

test.describe('An enrolment that cannot go on', () => {
  test(
    'says that nobody answers before anything is asked of the person',
    { tag: '@deep' },
    async ({ stage }) => {
      const wallet = await stage.open();
      const { screens } = wallet;
      await screens.welcome.tryLocalCa.click();
      await screens.organization.accept.click();
      await screens.choose.offer(offer).check();
      await stage.localCa.ca.stop();
      await screens.choose.start.click();
      await expect(screens.progress.interrupted).toBeVisible();
      await expect(
        wallet.page.getByText(/does not answer|cannot be reached|refused/i).first(),
      ).toBeVisible();
    },
  );

  test('can be cancelled while it waits for the code; nothing of it stays', async ({ stage }) => {
    const wallet = await stage.open();
    const { prove, progress } = wallet.screens;
    await reachProof(wallet);
    await prove.cancel.click();
    await expect(progress.cancelled).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'finalize' })).toBe(0);
  });

  test('can be cancelled while the CA keeps it waiting', { tag: '@deep' }, async ({ stage }) => {
    const wallet = await stage.open();
    const { prove, progress } = wallet.screens;
    await reachProof(wallet);
    const held = stage.localCa.ca.faults.arm({ kind: 'hold', resource: 'finalize' });
    await prove.answer(await stage.code());
    await held.reached;
    await progress.cancel.click();
    await expect(progress.cancelled).toBeVisible();
    held.release();
    await expect(progress.cancelled).toBeVisible();
  });
});

test('A CA that goes down under the code is waited for; nothing is lost on either side', async ({
  stage,
  folder,
}) => {
  // The stage's own CA keeps nothing, so this journey has another one with a state on disk.
  const state = { directory: join(folder, 'ca') };
  const before = await startLocalCa({ demoPerson: true, state });
  const { page, screens } = await stage.open({ withLocalCa: false });
  const { welcome, organization, choose, prove, progress, install } = screens;
  await welcome.openLink(before.invite(person));
  await organization.wordsMatch.click();
  await choose.start.click();
  await prove.code.waitFor();
  const code = await codeOf(before);
  await before.ca.stop();
  await prove.answer(code);
  await expect(progress.interrupted).toBeVisible();
  await expect(page.getByText(new URL(before.ca.origin).host).first()).toBeVisible();

  const after = await startLocalCa({
    demoPerson: true,
    state,
    port: portOf(before.ca.origin),
    probePort: portOf(before.ca.probeUrl),
  });
  try {
    await progress.resume.click();
    await prove.answer(await codeOf(after));
    await expect(install.ready).toBeVisible();
    expect(after.ca.requestLog.count({ resource: 'newAccount' })).toBe(0);
    expect(after.ca.requestLog.count({ resource: 'newOrder' })).toBe(0);
  } finally {
    await after.ca.stop();
  }
});

function portOf(url: string): number {
  return Number(new URL(url).port);
}
