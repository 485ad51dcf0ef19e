import { join } from 'node:path';
import { startLocalCa } from '../ca/portal/local-ca.ts';
import { expect, offer, reachProof, test } from './journey.ts';

test.describe('An enrolment that cannot go on', () => {
  test('waits while the CA is down and is resumed when it is back', async ({ stage, folder }) => {
    const wallet = await stage.open();
    const { home, prove, progress, install } = wallet.screens;
    await reachProof(wallet);
    const away = stage.localCa.ca.faults.arm({
      kind: 'dropBeforeActing',
      resource: 'finalize',
      times: 50,
    });
    await prove.answer(await stage.code());
    await expect(progress.interrupted).toBeVisible();
    await expect(wallet.page.getByText(/localhost/).first()).toBeVisible();
    away.release();
    await progress.resume.click();
    await expect(install.ready).toBeVisible();
    await install.done.click();
    await expect(home.credential(offer)).toHaveCount(1);
    expect(folder).toBeTruthy();
  });

  test('says that nobody answers before anything is asked of the person', async ({ stage }) => {
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
  });

  test('can be cancelled while it waits for the code; nothing of it stays', async ({ stage }) => {
    const wallet = await stage.open();
    const { prove, progress } = wallet.screens;
    await reachProof(wallet);
    await prove.cancel.click();
    await expect(progress.cancelled).toBeVisible();
    expect(stage.localCa.ca.requestLog.count({ resource: 'finalize' })).toBe(0);
  });

  test('can be cancelled while the CA keeps it waiting', async ({ stage }) => {
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

test('A CA that was restarted has lost nothing', async ({ stage, folder }) => {
  // The stage's own CA keeps nothing, so this journey has a second one with a state on disk.
  const state = { directory: join(folder, 'ca') };
  const before = await startLocalCa({ demoPerson: true, state });
  const port = Number(new URL(before.ca.origin).port);
  const probePort = Number(new URL(before.ca.probeUrl).port);
  const link = before.invite('alex@example.test');
  const wallet = await stage.open({ withLocalCa: false });
  const { welcome, organization, choose, prove, install } = wallet.screens;
  await welcome.openLink(link);
  await organization.wordsMatch.click();
  await choose.start.click();
  await prove.code.waitFor();
  await before.ca.stop();
  const after = await startLocalCa({ demoPerson: true, state, port, probePort });
  try {
    const alex = after.ca.people.findByEmail('alex@example.test');
    if (alex === undefined) throw new Error('the CA forgot Alex');
    const { currentCode } = await import('../ca/portal/authenticator.ts');
    const { code } = await currentCode(after.ca.people.totpSetup(alex.id), new Date());
    await prove.answer(code);
    await expect(install.ready).toBeVisible();
  } finally {
    await after.ca.stop();
  }
});
