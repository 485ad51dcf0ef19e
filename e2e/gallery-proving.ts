import { expect, test, type Page } from 'playwright/test';
import type { Gallery } from './gallery.ts';
import { traceOf } from './trace.ts';

interface Stage {
  readonly gallery: () => Gallery;
  readonly newPage: () => Promise<{ readonly page: Page }>;
  /** What the screen asked of main by one entry of the contract. */
  readonly callsOf: (page: Page, entry: string) => Promise<readonly unknown[]>;
}

const challenge = (number: number): string => `https://ca.northlight.example/acme/chall/${number}`;
const cardId = '9f2ac46b0d5e81f7'.repeat(4);
const thumbprint = 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U';

/** What a person does to prove who they are, by keyboard, and what main hears of it. */
export function testProving({ gallery, newPage, callsOf }: Stage): void {
  async function shown(scene: string): Promise<Page> {
    const { page } = await newPage();
    await gallery().show(page, scene);
    return page;
  }
  const answers = (page: Page) => callsOf(page, 'enrollment/answer');

  test('another way is found, chosen and announced by keyboard alone', async () => {
    const page = await shown('prove-ways-code');
    await expect(
      page.getByRole('textbox', { name: 'Code from your authenticator app' }),
    ).toBeFocused();
    await page.keyboard.press('Shift+Tab');
    const another = page.getByRole('button', { name: 'Another way' });
    await expect(another).toBeFocused();
    await expect(another).toHaveAttribute('aria-expanded', 'false');
    await page.keyboard.press('Enter');
    await expect(another).toHaveAttribute('aria-expanded', 'true');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name: /^Certificate/ })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Certificate', exact: true })).toBeFocused();
    await expect(page.getByText('Put your card into its reader')).toBeVisible();
    expect(await answers(page)).toEqual([]);
  });

  test('the ways stand with the strongest first, and the proposed one is open', async () => {
    const page = await shown('prove-ways');
    await expect(page.getByRole('heading', { name: 'Passkey' })).toBeVisible();
    await expect(page.getByText('Proposed: the strongest way that works now.')).toBeVisible();
    const others = page.getByRole('list', { name: 'Other ways, the strongest first' });
    await expect(others.getByRole('button')).toContainText([
      'Certificate',
      'Code from your authenticator app',
      'Code that was sent to you',
    ]);
  });

  test('a certificate answers after it was said what is signed, and one that cannot is not sent', async () => {
    const page = await shown('prove-certificate');
    const signed = page.getByText('You sign one sentence: that this request at ca.northlight');
    await expect(page.getByText('nothing else can be signed here')).toBeHidden();
    await signed.click();
    await expect(page.getByText('nothing else can be signed here')).toBeVisible();
    await expect(page.getByText(/Old card.+is not plugged in\./)).toBeVisible();
    const certificates = page.getByRole('radio');
    await expect(certificates.nth(0)).toBeChecked();
    await expect(certificates.nth(2)).toBeDisabled();
    await certificates.nth(0).focus();
    await page.keyboard.press('Enter');
    expect(await answers(page)).toEqual([
      {
        enrollmentId: 'e-1',
        challengeId: challenge(12),
        answer: { by: 'certificate', candidateId: cardId },
      },
    ]);
  });

  test('the answer of the open way is in sight without scrolling, and comes before what gives up', async () => {
    const actions = {
      'prove-certificate': 'Sign with it',
      'prove-certificate-choice': 'Sign with it',
      'prove-passkey': 'Use the passkey',
      'prove-ways': 'Use the passkey',
      'prove-hotp': 'Send code',
      'prove-otp-display': 'Send code',
      'prove-record': 'I have published it',
    };
    for (const [scene, name] of Object.entries(actions)) {
      const page = await shown(scene);
      const action = page.getByRole('button', { name });
      await expect(action, scene).toBeInViewport({ ratio: 1 });
      expect(await page.getByRole('main').evaluate(({ scrollTop }) => scrollTop)).toBe(0);
      await expect(page.locator('.button-primary'), scene).toHaveText([name]);
      await page.getByRole('button', { name: 'Cancel this request' }).focus();
      await page.keyboard.press('Shift+Tab');
      await expect(page.getByRole('button', { name: 'Do it later' })).toBeFocused();
      await page.context().close();
    }
  });

  test('certificates that read alike say what tells them apart', async () => {
    const page = await shown('prove-certificate-alike');
    const certificates = page.getByRole('radio');
    await expect(certificates.nth(0)).toHaveAccessibleDescription(/Until 1 Sept? 2027, 10:11/);
    await expect(certificates.nth(1)).toHaveAccessibleDescription(/Until 1 Sept? 2027, 10:26/);
    await expect(certificates.nth(2)).toHaveAccessibleDescription(/^“\u2068?Wi-Fi and VPN/);
    await expect(certificates.nth(2)).not.toHaveAccessibleDescription(/Until/);
  });

  test('nothing is signed with certificates of which none can', async () => {
    const page = await shown('prove-certificate-hindered');
    const sign = page.getByRole('button', { name: 'Sign with it' });
    await sign.focus();
    await page.keyboard.press('Enter');
    expect(await answers(page)).toEqual([]);
    await expect(page.getByRole('button', { name: 'Go to “Tokens”' })).toBeVisible();
  });

  test('one of two hundred certificates is found and used', async () => {
    const page = await shown('prove-certificate-many');
    await expect(page.getByRole('radio')).toHaveCount(4);
    await page.getByRole('searchbox', { name: 'Find' }).fill('archive-117');
    await expect(page.getByText('1 of 200')).toBeVisible();
    // The one that was chosen before is out of sight, and is not what the button would use.
    await page.getByRole('radio', { name: 'archive-117@northlight.example' }).check();
    await page.getByRole('button', { name: 'Sign with it' }).click();
    expect(await answers(page)).toMatchObject([
      { answer: { by: 'certificate', candidateId: (117).toString(16).padStart(64, '0') } },
    ]);
  });

  test('signing that waits for a PIN can be stopped', async () => {
    const page = await shown('prove-certificate-signing');
    await page.getByRole('button', { name: 'Stop' }).press('Enter');
    expect(await callsOf(page, 'enrollment/stopAnswering')).toEqual([
      { enrollmentId: 'e-1', challengeId: challenge(12) },
    ]);
    expect(await answers(page)).toEqual([]);
  });

  test('the browser is used after its code was shown in two groups of four', async () => {
    const page = await shown('prove-passkey');
    await expect(page.getByText('The page has to show this code')).toHaveCount(0);
    await page.getByRole('radio', { name: /^On this computer/ }).focus();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByText('oKIy wvGU')).toBeVisible();
    await page.getByRole('button', { name: 'Go on in the browser' }).press('Enter');
    expect(await answers(page)).toEqual([
      {
        enrollmentId: 'e-1',
        challengeId: challenge(9),
        answer: { by: 'passkey', way: 'browser' },
      },
    ]);
  });

  test('a passkey that is waited for is told, and can be stopped', async () => {
    const page = await shown('prove-passkey-browser-open');
    const title = page.getByRole('heading', { name: 'Waiting for your passkey in the browser' });
    await expect(title).toBeFocused();
    await expect(page.getByText('oKIy wvGU')).toBeVisible();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await callsOf(page, 'enrollment/stopAnswering')).toEqual([
      { enrollmentId: 'e-1', challengeId: challenge(9) },
    ]);
  });

  test('a registered key answers where there is no passkey', async () => {
    const page = await shown('prove-passkey-key');
    await page.getByRole('button', { name: 'Sign with this key' }).press('Enter');
    expect(await answers(page)).toMatchObject([{ answer: { by: 'key', thumbprint } }]);
  });

  test('the wallet’s own code says that it is no second factor', async () => {
    const page = await shown('prove-own-code');
    const own = page.getByRole('button', { name: 'Send its code' });
    await expect(own).toHaveAccessibleDescription(/no second factor/);
    await own.press('Enter');
    expect(await answers(page)).toMatchObject([{ answer: { by: 'own-code' } }]);
  });

  test('any text is sent as it is, once, and is gone from the field', async () => {
    const page = await shown('prove-otp-display');
    await expect(page.getByText('4471 9023')).toBeVisible();
    const field = page.getByRole('textbox', { name: 'Code that your device gives' });
    await expect(field).toBeFocused();
    // As a paste arrives: nothing is sent before the person says so.
    await page.keyboard.insertText(' Kx9-4q push ');
    expect(await answers(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await expect(field).toHaveValue('');
    expect(await answers(page)).toMatchObject([{ answer: { by: 'code', otp: 'Kx9-4q push' } }]);
  });

  test('what the organisation looks at is waited for without a field', async () => {
    const page = await shown('prove-processing');
    await expect(
      page.getByRole('heading', { name: 'Sent; waiting for the organisation' }),
    ).toBeFocused();
    await expect(page.getByRole('textbox')).toHaveCount(0);
    await expect(page.getByText('may ask you on your phone')).toBeVisible();
  });

  test('what this version cannot do has its type behind the details', async () => {
    const page = await shown('prove-unsupported');
    const message = page.getByRole('alert');
    await expect(message).toContainText('asks for something this version cannot do');
    const type = message.getByText('device-attest-01', { exact: true });
    await expect(type).toBeHidden();
    await message.getByText('Details').click();
    await expect(type).toBeVisible();
    const unsafe = await shown('prove-unsafe');
    await expect(unsafe.getByRole('alert')).toContainText('another address than its own');
    await expect(unsafe.getByRole('alert')).not.toContainText('newer version');
  });

  test('an organisation leads to what it has registered, and a passkey is made where the person says', async () => {
    const page = await shown('joined-none');
    await page.getByRole('button', { name: 'Register a passkey …' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Register a passkey' });
    await dialog.getByRole('textbox').fill(' Security key ');
    await dialog.getByRole('radio', { name: /^In your browser/ }).check();
    await dialog.getByRole('button', { name: 'Register', exact: true }).press('Enter');
    expect(await callsOf(page, 'organization/registerPasskey')).toEqual([
      { organizationId: 'northlight', way: 'browser', name: 'Security key' },
    ]);
  });

  test('the making of a passkey ends when its dialog is left', async () => {
    const page = await shown('joined-passkey-busy');
    await expect(page.getByText('Waiting for your passkey in the other window')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    expect(await callsOf(page, 'organization/stopRegistering')).toEqual([
      { organizationId: 'northlight' },
    ]);
  });

  test('that something else has to be proven first is said without blame, with the way to it', async () => {
    const page = await shown('joined-passkey-first');
    const note = page.getByRole('alert');
    await expect(note).toContainText('Prove yourself in another way first');
    await expect(note).toContainText('within the last ten minutes');
    await expect(note).toContainText('help@northlight.example');
  });

  test('a key is registered where it will live, and never where none can be made', async () => {
    const page = await shown('joined-key');
    const dialog = page.getByRole('dialog', { name: 'Register a key' });
    await expect(dialog.getByRole('radio', { name: /PIV_II/ })).toBeDisabled();
    await dialog.getByRole('radio', { name: /Alex’s card/ }).check();
    await dialog.getByRole('button', { name: 'Register', exact: true }).press('Enter');
    expect(await callsOf(page, 'organization/registerKey')).toEqual([
      { organizationId: 'northlight', keyPlace: { in: 'token', tokenId: 't-card' } },
    ]);
  });

  test('nothing is forgotten before the question was answered', async () => {
    const page = await shown('joined-forget');
    expect(await callsOf(page, 'organization/forgetCredential')).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Forget', exact: true }).click();
    expect(await callsOf(page, 'organization/forgetCredential')).toEqual([
      { organizationId: 'northlight', kind: 'key', id: thumbprint },
    ]);
  });

  test('the secret of codes leaves its field as octets, and is nowhere in the page afterwards', async () => {
    const page = await shown('joined-own-codes-refused');
    const field = page.getByLabel('Secret or otpauth address');
    await expect(page.getByRole('alert')).toContainText('This is no secret for one-time codes');
    await expect(field).toHaveValue('');
    await field.fill('JBSWY3DPEHPK3PXP');
    await field.press('Enter');
    await expect(field).toHaveValue('');
    const calls = await callsOf(page, 'organization/keepAuthenticator');
    expect(calls).toHaveLength(2);
    expect(JSON.stringify(calls)).not.toMatch(/:[1-9]/);
    expect(await traceOf(page, 'JBSWY3DPEHPK3PXP')).toEqual([]);
  });

  test('home leads to an organisation, and back', async () => {
    const page = await shown('home');
    await page.getByRole('button', { name: 'Northlight Shipyards', exact: true }).press('Enter');
    const title = page.getByRole('heading', { level: 1, name: 'Northlight Shipyards' });
    await expect(title).toBeFocused();
    await page.getByRole('button', { name: 'Overview', exact: true }).press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: 'Everything is fine' })).toBeFocused();
  });
}
