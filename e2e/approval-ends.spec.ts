import { SoftHsm } from '../electron/testing/tokens/soft-hsm.ts';
import { haveThemLookOften, openRequest, order, readByKeyboard } from './approval-steps.ts';
import { domain, expect, test } from './company.ts';

const offer = `EV code signing, ${domain}`;

test('Who asked is told who declined and why, may ask again, and takes that back while somebody reads it', async ({
  company,
}) => {
  test.slow();
  haveThemLookOften(company);
  await using hsm = await SoftHsm.create('Safe');
  const [alex, kim] = await Promise.all([company.colleague('Alex'), company.colleague('Kim')]);
  const [atAlex, atKim] = await Promise.all([alex.join({ env: hsm.env }), kim.join()]);
  const { approval } = atKim.screens;
  const { progress, choose, prove } = atAlex.screens;

  await order(atAlex, alex, { offer, reason: 'Installer', hsm });
  await openRequest(atKim);
  await approval.decline.click();
  await approval.reason.fill('Nobody knows of a release.');
  await approval.confirm('decline').click();
  await expect(approval.declined).toBeVisible();
  await expect(progress.failed).toBeVisible();
  const told = atAlex.page.getByRole('main');
  await expect(told).toContainText('Your request was declined');
  await expect(told).toContainText('Kim Example');
  await expect(told).toContainText('Nobody knows of a release.');

  await progress.again.click();
  await choose.offer(offer).waitFor();
  await order(atAlex, alex, { offer, reason: 'Installer of release 4.2, by the board', hsm });
  await openRequest(atKim);
  await readByKeyboard(atKim);
  await prove.cancel.click();
  await expect(progress.cancelled).toBeVisible();
  await approval.approveByPasskey.click();
  await expect(atKim.page.getByRole('main')).toContainText('This request is no longer open');
  expect(atKim.app.windows()).toHaveLength(1);
});

test('Nobody decides in time', async ({ company }) => {
  test.slow();
  haveThemLookOften(company);
  await using hsm = await SoftHsm.create('Safe');
  const alex = await company.colleague('Alex');
  const atAlex = await alex.join({ env: hsm.env });
  await order(atAlex, alex, { offer, reason: 'Installer', hsm });
  company.time.ahead += 25 * 60 * 60 * 1000;
  await expect(atAlex.screens.progress.failed).toBeVisible();
  await expect(atAlex.page.getByRole('main')).toContainText('Nobody decided in time');
});
