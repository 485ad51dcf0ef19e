import { createHash, X509Certificate } from 'node:crypto';
import { chromium } from 'playwright';
import { startLocalCa, type LocalCa } from '../ca/portal/local-ca.ts';
import { asking, expect, test as base, type CeremonyRoom } from './ceremonies.ts';
import { madeBefore, VirtualAuthenticator } from './virtual-authenticator.ts';

const test = base.extend<{ readonly localCa: LocalCa }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  localCa: async ({}, use) => {
    const localCa = await startLocalCa({ demoPerson: true });
    await use(localCa);
    await localCa.ca.stop();
  },
});

const hostOf = ({ ca }: LocalCa): string => new URL(ca.origin).hostname;

/** At the CA's own page. */
function assertThere(
  room: CeremonyRoom,
  localCa: LocalCa,
  name: string,
  way: 'window' | 'browser',
) {
  const passkey = madeBefore(hostOf(localCa), 'alex');
  const allowCredentials = [{ type: 'public-key', id: passkey.id }] as const;
  const { origin } = localCa.ca;
  const request = { way, origin, page: `${origin}/portal/passkey`, caHost: new URL(origin).host };
  const options = { ...asking, rpId: hostOf(localCa), allowCredentials };
  return { passkey, start: () => room.assert(name, options, request) };
}

test('The page of the CA is loaded in the window, and its answer is taken', async ({
  room,
  localCa,
}) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const { passkey, start } = assertThere(room, localCa, 'there', 'window');
  const page = await room.windowOf(start);
  await page.getByRole('button', { name: 'Use the passkey' }).waitFor();
  // The window is the wallet's: there is nothing to compare.
  await expect(page.getByText('oKIy wvGU')).toBeHidden();
  expect(await page.evaluate(() => Object.keys(window.ceremony))).toEqual([
    ...['request', 'deliver', 'fail'],
  ]);
  await VirtualAuthenticator.before(page, 'platform', [passkey], true);
  await page.getByRole('button', { name: 'Use the passkey' }).click();
  expect((await room.ended('there')).response?.id).toBe(passkey.id);
  await expect.poll(() => room.countWindows()).toBe(1);
});

test('An organisation that was only compared shows no page of its own over its own roots', async ({
  room,
  localCa,
}) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  await room.compare('organization');
  const { start } = assertThere(room, localCa, 'compared', 'window');
  const page = await room.windowOf(start);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  expect(page.url()).toBe(`${localCa.ca.origin}/.well-known/acme-wallet`);
  expect(localCa.ca.requestLog.count()).toBe(0);
  // A dialog of Chromium's own, for the passkey that it does not have, lies over the page and takes all clicks.
  await page.close();
  expect(await room.ended('compared')).toMatchObject({ reason: 'closed' });
});

test('Cancelling at the page of the CA ends the ceremony', async ({ room, localCa }) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const { start } = assertThere(room, localCa, 'cancelled', 'window');
  const page = await room.windowOf(start);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await room.ended('cancelled')).toMatchObject({ reason: 'closed' });
});

test('A server that only strangers vouch for shows no page', async ({ room, localCa }) => {
  const stranger = await startLocalCa();
  await room.trust('organization', [stranger.ca.rootPem]);
  await stranger.ca.stop();
  const { start } = assertThere(room, localCa, 'untrusted', 'window');
  await start();
  expect(await room.ended('untrusted')).toMatchObject({ reason: 'refused' });
  expect(localCa.ca.requestLog.count()).toBe(0);
});

test('The page of the CA can lead nowhere else', async ({ room, localCa }) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const { start } = assertThere(room, localCa, 'leaving', 'window');
  const page = await room.windowOf(start);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  const there = page.url();
  await page.evaluate((elsewhere) => {
    location.href = elsewhere;
    setTimeout(() => window.open(elsewhere, '_blank', 'noopener'));
  }, `${localCa.ca.origin}/portal/`);
  await expect.poll(() => room.countWindows()).toBe(2);
  // A page that has left would not know it any more.
  expect(await page.evaluate(() => typeof window.ceremony.deliver)).toBe('function');
  expect(page.url()).toBe(there);
  expect(await page.evaluate(() => document.getElementById('ask') !== null)).toBe(true);
});

test('What a page elsewhere delivers about the CA is worth nothing', async ({ room, localCa }) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const { start } = assertThere(room, localCa, 'garbage', 'window');
  const page = await room.windowOf(start);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  const isHandedTask = await page.evaluate(() =>
    window.ceremony.request().then(
      () => true,
      () => false,
    ),
  );
  expect(isHandedTask).toBe(false);
  await page.evaluate(() => window.ceremony.deliver({ state: '', credential: {} }).catch(() => 0));
  expect(await room.ended('garbage')).toMatchObject({ reason: 'strayed' });
});

test('The browser of the person hands the answer over', async ({ room, localCa }) => {
  await room.app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (url) => Promise.resolve(void opened.push(url));
  });
  const { passkey, start } = assertThere(room, localCa, 'outside', 'browser');
  await start();
  const look = () =>
    room.app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened[0]);
  await expect.poll(look).toBeDefined();
  const url = (await look()) ?? '';
  const outside = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      `--ignore-certificate-errors-spki-list=${pinOf(localCa)}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  try {
    const page = await outside.newPage();
    await VirtualAuthenticator.before(page, 'platform', [passkey], true);
    await page.goto(url);
    await page.getByRole('button', { name: 'Use the passkey' }).click();
    expect((await room.ended('outside')).response?.id).toBe(passkey.id);
    expect(await room.countWindows()).toBe(1);
  } finally {
    await outside.close();
  }
});

/** WebAuthn wants a page without certificate errors. */
function pinOf({ ca }: LocalCa): string {
  const { publicKey } = new X509Certificate(ca.issuerPem);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('base64');
}

test('A page of the CA leaves no worker behind, which could answer for the page of the wallet', async ({
  room,
  localCa,
}) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const page = await room.windowOf(assertThere(room, localCa, 'working', 'window').start);
  await page.getByRole('button', { name: 'Use the passkey' }).waitFor();
  const refusal = await page.evaluate(() =>
    navigator.serviceWorker.register('/portal/passkey.js').then(
      () => 'registered',
      (error: unknown) => String(error),
    ),
  );
  expect(refusal).toContain('Content Security Policy');
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await room.ended('working')).toMatchObject({ reason: 'closed' });
});

test('The window says whose page it shows, whatever the page calls itself', async ({
  room,
  localCa,
}) => {
  await room.trust('organization', [localCa.ca.rootPem]);
  const page = await room.windowOf(assertThere(room, localCa, 'titled', 'window').start);
  await page.getByRole('button', { name: 'Cancel' }).waitFor();
  await page.evaluate(() => {
    document.title = 'Countersign';
  });
  const titles = (): Promise<readonly string[]> =>
    room.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.getTitle()),
    );
  await expect.poll(() => page.title()).toBe('Countersign');
  expect(await titles()).toContain(new URL(localCa.ca.origin).host);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await room.ended('titled')).toMatchObject({ reason: 'closed' });
});
