import { expect, test, type Page } from 'playwright/test';
import type { Gallery } from './gallery.ts';
import { Screens } from './screens/screens.ts';

interface Stage {
  readonly gallery: () => Gallery;
  readonly newPage: () => Promise<{ page: Page }>;
  readonly callsOf: (page: Page, entry: string) => Promise<readonly unknown[]>;
}

const credentialId = 'c-wifi';

/** What a credential is used for: nothing is changed before it was shown. */
export function testUses({ gallery, newPage, callsOf }: Stage): void {
  test('a network from a file is added after the person has seen what it is', async () => {
    const { page } = await newPage();
    const { uses } = new Screens(page).credential;
    await gallery().show(page, 'credential-network');
    const question = page.getByRole('dialog', { name: /eduroam/ });
    await expect(question).toContainText('Not Northlight Shipyards describes it');
    await expect(question).toContainText('radius.uni-musterstadt.example');
    await expect(question).toContainText('anonymous@uni-musterstadt.example');
    expect(await callsOf(page, 'credential/useNetwork')).toEqual([]);
    await uses.addChosenNetwork.click();
    expect(await callsOf(page, 'credential/useNetwork')).toEqual([
      { credentialId, networkId: 'n-2' },
    ]);
  });

  test('a browser is told to ask no more after its pages and its file were shown', async () => {
    const { page } = await newPage();
    const { uses } = new Screens(page).credential;
    await gallery().show(page, 'credential');
    await expect(uses.doNotAsk('Chromium')).toHaveCount(0);
    expect(await callsOf(page, 'credential/browserPolicies')).toEqual([]);
    await uses.browsers.press('Enter');
    await uses.doNotAsk('Chromium').press('Enter');
    const question = page.getByRole('dialog', { name: /Chromium/ });
    await expect(question).toContainText('https://whoami.northlight.example');
    await expect(question).toContainText('/etc/chromium/policies/managed/countersign.json');
    expect(await callsOf(page, 'credential/setBrowserPolicy')).toEqual([]);
    await uses.changeBrowser.click();
    expect(await callsOf(page, 'credential/setBrowserPolicy')).toEqual([
      { credentialId, browser: 'chromium' },
    ]);
    await page.keyboard.press('Escape');
    await uses.askAgain('Google Chrome').click();
    await uses.changeBrowser.click();
    expect(await callsOf(page, 'credential/withdrawBrowserPolicy')).toEqual([
      { credentialId, browser: 'chrome' },
    ]);
    // Nobody here may change Firefox, whose administrator finds the text.
    await expect(uses.askAgain('Firefox')).toHaveCount(0);
  });

  test('a command is copied exactly as it is shown', async () => {
    const { page } = await newPage();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const { uses } = new Screens(page).credential;
    await gallery().show(page, 'credential-tools');
    const shown = await uses.signingCommand('osslsigncode').textContent();
    await page.getByRole('button', { name: 'Copy the command for osslsigncode' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    expect(shown).toContain('-certs chain.pem');
  });

  test('a link that broke is told in sight, with whom to call, and the older one stays', async () => {
    const { page } = await newPage();
    const { install } = new Screens(page);
    await gallery().show(page, 'install-noted');
    await expect(install.broken('revoked')).toBeInViewport();
    await expect(install.broken('revoked')).toContainText('+49 431 555 0199');
    await expect(install.olderStays).toBeVisible();
    await gallery().show(page, 'install-good');
    await expect(install.steps.untried('network')).toContainText('not in reach');
    await expect(install.olderStays).toHaveCount(0);
  });

  test('what became of interrupted work is told until it has been read', async () => {
    const { page } = await newPage();
    const { home } = new Screens(page);
    await gallery().show(page, 'home-interrupted');
    await expect(home.interruptedFinished).toBeVisible();
    await expect(home.interruptedUndone).toBeVisible();
    await home.dismissInterrupted.click();
    expect(await callsOf(page, 'credential/dismissInterrupted')).toEqual([{}]);
  });
}
