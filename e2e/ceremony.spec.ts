import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyRegistrationResponse } from '@simplewebauthn/server';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { expect, test as base } from 'playwright/test';
import type { CreationOptions, RequestOptions } from '../electron/passkeys/ceremony.ts';
import type { CeremonyApi } from '../shared/ceremony-page.ts';
import type { CeremonyTable, Ending } from './ceremony-app/main.ts';
import {
  madeBefore,
  VirtualAuthenticator,
  type AuthenticatorKind,
  type Passkey,
} from './virtual-authenticator.ts';

declare global {
  interface Window {
    readonly ceremony: CeremonyApi;
  }
  var ceremonyTable: CeremonyTable;
}

const project = fileURLToPath(new URL('..', import.meta.url));
const origin = 'https://ca.example:14000';
const ownPage = `${origin}/.well-known/acme-wallet`;
const challenge = 'TsRKynps8WR2t_mg14_-b9KAPI5z6dVS6CzKil2SuXU';

const facts = {
  ...{ organizationId: 'organization', origin, caHost: 'ca.example:14000' },
  ...{ way: 'window', code: 'oKIywvGU' },
} as const;
const creation: CreationOptions = {
  challenge,
  rp: { id: 'ca.example', name: 'CA' },
  user: { id: 'AQ', name: 'alex@example.test', displayName: 'Alex' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
};
const nobodys = { type: 'public-key', id: 'AAAAAAAAAAAAAAAAAAAAAA' } as const;
const asking: RequestOptions = { challenge, rpId: 'ca.example', userVerification: 'required' };

const test = base.extend<{ app: ElectronApplication }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  app: async ({}, use) => {
    const userData = await mkdtemp(join(tmpdir(), 'countersign-ceremony-'));
    const app = await _electron.launch({
      executablePath: join(project, 'standin', 'standin-electron'),
      args: [join(project, 'e2e', 'ceremony-app'), `--user-data-dir=${userData}`],
      env: { ...(process.env as Record<string, string>), STANDIN_HEADLESS: '1' },
    });
    await (await app.firstWindow()).waitForURL(/^data:/);
    await use(app);
    await app.close();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  },
});
// Electron's own Node does not run the sources of the test app.
test.skip(process.env['E2E_HOST'] === 'electron', 'the test app is made of sources');

/** The window of the ceremony that is started by `start`. */
async function windowOf(app: ElectronApplication, start: () => Promise<void>): Promise<Page> {
  const opened = app.waitForEvent('window');
  await start();
  return opened;
}

function assert(
  app: ElectronApplication,
  name: string,
  change: Partial<RequestOptions> = {},
): Promise<void> {
  const request = { ...facts, options: { ...asking, ...change } };
  return app.evaluate(
    (_electron, { as, asked }) => {
      globalThis.ceremonyTable.assert(as, asked);
    },
    { as: name, asked: JSON.stringify(request) },
  );
}

function register(
  app: ElectronApplication,
  name: string,
  change: Partial<CreationOptions> = {},
): Promise<void> {
  const request = { ...facts, options: { ...creation, ...change } };
  return app.evaluate(
    (_electron, { as, asked }) => {
      globalThis.ceremonyTable.register(as, asked);
    },
    { as: name, asked: JSON.stringify(request) },
  );
}

async function ended(app: ElectronApplication, name: string): Promise<Ending> {
  const look = () => app.evaluate((_electron, as) => globalThis.ceremonyTable.ended[as], name);
  await expect.poll(look).toBeDefined();
  const found = await look();
  if (found === undefined) throw new Error(`${name} has not ended`);
  return found;
}

/** The page may have asked before there was an authenticator: it asks again of one that waits for a touch. */
async function blinking(
  page: Page,
  kind: AuthenticatorKind,
  passkeys: readonly Passkey[] = [],
): Promise<VirtualAuthenticator> {
  const authenticator = await VirtualAuthenticator.before(page, kind, passkeys);
  await page.waitForURL(ownPage);
  await page.reload();
  await page.getByRole('heading').waitFor();
  return authenticator;
}

const countWindows = (app: ElectronApplication): Promise<number> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('A passkey is made in a window at the origin of the CA', async ({ app }) => {
  const page = await windowOf(app, () => register(app, 'made'));
  const authenticator = await blinking(page, 'platform');
  await expect(page.getByRole('heading')).toHaveText('Make a passkey for ca.example:14000');
  await expect(page.getByText('oKIy wvGU')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  expect(await page.evaluate(() => [location.origin, isSecureContext])).toEqual([origin, true]);
  await authenticator.touch();
  const { response } = await ended(app, 'made');
  const verified = await verifyRegistrationResponse({
    ...{ response: response as never, expectedChallenge: challenge, expectedOrigin: origin },
    ...{ expectedRPID: 'ca.example', requireUserVerification: true },
  });
  expect(verified.verified).toBe(true);
  await expect.poll(() => countWindows(app)).toBe(1);
});

for (const kind of ['platform', 'roaming'] as const) {
  test(`A ${kind} passkey of some other day is used`, async ({ app }) => {
    const passkey = madeBefore('ca.example', 'alex');
    const allowCredentials = [{ type: 'public-key', id: passkey.id }] as const;
    const page = await windowOf(app, () => assert(app, 'used', { allowCredentials }));
    const authenticator = await blinking(page, kind, [passkey]);
    await expect(page.getByRole('heading')).toHaveText('Use your passkey for ca.example:14000');
    await authenticator.touch();
    const { response } = await ended(app, 'used');
    expect(response?.id).toBe(passkey.id);
    await expect.poll(() => countWindows(app)).toBe(1);
  });
}

test('What the authenticator refuses at first can be tried again, and then is told', async ({
  app,
}) => {
  const page = await windowOf(app, () => assert(app, 'refused', { allowCredentials: [nobodys] }));
  const authenticator = await blinking(page, 'platform', [madeBefore('ca.example', 'alex')]);
  await authenticator.touch();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeFocused();
  await again.click();
  expect(await ended(app, 'refused')).toEqual({ reason: 'refused', detail: 'NotAllowedError' });
});

test('A passkey is not made where there is one already', async ({ app }) => {
  const passkey = madeBefore('ca.example', 'alex');
  const excludeCredentials = [{ type: 'public-key', id: passkey.id }] as const;
  const page = await windowOf(app, () => register(app, 'twice', { excludeCredentials }));
  const authenticator = await blinking(page, 'platform', [passkey]);
  await authenticator.touch();
  expect(await ended(app, 'twice')).toEqual({
    ...{ reason: 'already-registered', detail: 'InvalidStateError' },
  });
});

test('Cancel, closing the window and calling it off end a ceremony, each in its way', async ({
  app,
}) => {
  const cancelled = await windowOf(app, () => assert(app, 'cancelled'));
  await cancelled.getByRole('button', { name: 'Cancel' }).click();
  expect(await ended(app, 'cancelled')).toEqual({ reason: 'closed', detail: 'AbortError' });

  const closed = await windowOf(app, () => assert(app, 'closed'));
  await closed.getByRole('heading').waitFor();
  await closed.close();
  expect(await ended(app, 'closed')).toEqual({ reason: 'closed' });

  const calledOff = await windowOf(app, () => assert(app, 'called off'));
  await calledOff.getByRole('heading').waitFor();
  await app.evaluate(() => globalThis.ceremonyTable.abort('called off'));
  expect(await ended(app, 'called off')).toEqual({ reason: 'Error: called off' });
  await expect.poll(() => countWindows(app)).toBe(1);
});

test('A second ceremony does not take the place of the first', async ({ app }) => {
  const page = await windowOf(app, () => assert(app, 'first'));
  await page.getByRole('heading').waitFor();
  await assert(app, 'second');
  expect(await ended(app, 'second')).toEqual({ reason: 'refused', detail: 'Busy' });
  expect(await countWindows(app)).toBe(2);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await ended(app, 'first')).toMatchObject({ reason: 'closed' });
});

test('A page in that window reaches nothing and stays where it is', async ({ app }) => {
  const page = await windowOf(app, () => assert(app, 'hostile'));
  await page.getByRole('heading').waitFor();
  const reached = await page.evaluate(async () => {
    const attempts: Record<string, () => Promise<unknown>> = {
      'own server': () => fetch('/acme/directory'),
      'other server': () => fetch('https://example.test/'),
      socket: () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('wss://ca.example:14000/');
          socket.onopen = resolve;
          socket.onerror = reject;
        }),
      microphone: () => navigator.mediaDevices.getUserMedia({ audio: true }),
      inline: () =>
        new Promise((resolve, reject) => {
          const script = document.createElement('script');
          try {
            script.textContent = 'window.inlined = 1';
          } catch (error) {
            reject(error);
            return;
          }
          document.body.append(script);
          if ('inlined' in window) resolve(1);
          else reject(new Error('no'));
        }),
    };
    const names: string[] = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      await attempt().then(
        () => names.push(name),
        () => undefined,
      );
    }
    const globals = ['require', 'process', 'wallet', 'electron'];
    return [...names, ...globals.filter((name) => name in globalThis)];
  });
  expect(reached).toEqual([]);
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    frame.src = 'https://example.test/';
    document.body.append(frame);
    location.href = 'https://example.test/';
    setTimeout(() => window.open('https://example.test/'));
  });
  await page.evaluate(() => {
    location.href = '/.well-known/acme-wallet?other';
  });
  expect(page.url()).toBe(ownPage);
  await expect.poll(() => countWindows(app)).toBe(2);
  expect(await page.evaluate(() => Object.keys(window.ceremony))).toEqual([
    ...['request', 'deliver', 'fail'],
  ]);
  expect(await page.evaluate(() => Object.isFrozen(window.ceremony))).toBe(true);
});

test('Only the path of the page is served, and to nobody but that window', async ({ app }) => {
  const page = await windowOf(app, () => assert(app, 'paths'));
  await page.getByRole('heading').waitFor();
  const seen = await app.evaluate(({ session, BrowserWindow }, at) => {
    const window = BrowserWindow.getAllWindows().find(({ webContents }) =>
      webContents.getURL().startsWith(at),
    );
    const own = window?.webContents.session;
    return {
      isOwn: own !== session.defaultSession,
      isHandledElsewhere: session.defaultSession.protocol.isProtocolHandled('https'),
      isPersistent: own?.isPersistent(),
    };
  }, origin);
  expect(seen).toEqual({ isOwn: true, isHandledElsewhere: false, isPersistent: true });
});

for (const [what, answer] of [
  ['nothing', undefined],
  ['a text', 'credential'],
  ['an answer without a state', { credential: {} }],
  ['the state of another ceremony', { state: 'other', credential: {} }],
] as const) {
  test(`A page that delivers ${what} is not believed`, async ({ app }) => {
    const page = await windowOf(app, () => assert(app, 'garbage'));
    await page.getByRole('heading').waitFor();
    await page.evaluate((given) => window.ceremony.deliver(given).catch(() => undefined), answer);
    expect(await ended(app, 'garbage')).toMatchObject({ reason: 'strayed' });
  });
}

test('The first thing that a page delivers is the only one', async ({ app }) => {
  const page = await windowOf(app, () => assert(app, 'twice'));
  await page.getByRole('heading').waitFor();
  const [first, second] = await page
    .evaluate(async () => {
      const { state } = await window.ceremony.request();
      const answers = [
        window.ceremony.deliver({ state, error: 'NotSupportedError' }),
        window.ceremony.deliver({ state, error: 'NotAllowedError' }),
      ];
      const settled = await Promise.allSettled(answers);
      return settled.map(({ status }) => status);
    })
    .catch(() => ['gone', 'gone']);
  expect([first, second]).not.toEqual(['fulfilled', 'fulfilled']);
  expect(await ended(app, 'twice')).toEqual({
    ...{ reason: 'not-supported', detail: 'NotSupportedError' },
  });
});

test('Another window cannot speak for the page', async ({ app }) => {
  const page = await windowOf(app, () => assert(app, 'spoken for'));
  await page.getByRole('heading').waitFor();
  const opened = app.waitForEvent('window');
  await app.evaluate(
    async ({ BrowserWindow, session }, preload) => {
      const other = session.fromPartition('other');
      other.protocol.handle(
        'https',
        () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      );
      const window = new BrowserWindow({ webPreferences: { session: other, preload } });
      await window.loadURL('https://ca.example:14000/.well-known/acme-wallet');
    },
    join(project, 'out', 'preload', 'ceremony-preload.cjs'),
  );
  const stranger = await opened;
  await stranger.waitForURL(ownPage);
  const said = await stranger.evaluate(() =>
    Promise.allSettled([
      window.ceremony.request(),
      window.ceremony.fail('AbortError'),
      window.ceremony.deliver({}),
    ]).then((all) => all.map(({ status }) => status)),
  );
  expect(said).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await app.evaluate(() => Object.keys(globalThis.ceremonyTable.ended))).toEqual([]);
});
