import { verifyRegistrationResponse } from '@simplewebauthn/server';
import type { Page } from 'playwright';
import { ceremonyPreload, challenge, expect, origin, test } from './ceremonies.ts';
import {
  madeBefore,
  VirtualAuthenticator,
  type AuthenticatorKind,
  type Passkey,
} from './virtual-authenticator.ts';

const ownPage = `${origin}/.well-known/acme-wallet`;
const nobodys = { type: 'public-key', id: 'AAAAAAAAAAAAAAAAAAAAAA' } as const;

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

test('A passkey is made in a window at the origin of the CA', async ({ room }) => {
  const page = await room.windowOf(() => room.register('made'));
  const authenticator = await blinking(page, 'platform');
  await expect(page.getByRole('heading')).toHaveText('Make a passkey for ca.example:14000');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  expect(await page.evaluate(() => [location.origin, isSecureContext])).toEqual([origin, true]);
  await authenticator.touch();
  const { response } = await room.ended('made');
  const verified = await verifyRegistrationResponse({
    ...{ response: response as never, expectedChallenge: challenge, expectedOrigin: origin },
    ...{ expectedRPID: 'ca.example', requireUserVerification: true },
  });
  expect(verified.verified).toBe(true);
  await expect.poll(() => room.countWindows()).toBe(1);
});

for (const kind of ['platform', 'roaming'] as const) {
  test(`A ${kind} passkey of some other day is used`, async ({ room }) => {
    const passkey = madeBefore('ca.example', 'alex');
    const allowCredentials = [{ type: 'public-key', id: passkey.id }] as const;
    const page = await room.windowOf(() => room.assert('used', { allowCredentials }));
    const authenticator = await blinking(page, kind, [passkey]);
    await expect(page.getByRole('heading')).toHaveText('Use your passkey for ca.example:14000');
    await authenticator.touch();
    const { response } = await room.ended('used');
    expect(response?.id).toBe(passkey.id);
    await expect.poll(() => room.countWindows()).toBe(1);
  });
}

test('A passkey that nobody named is used, and of several the one that the person points at', async ({
  room,
}) => {
  const made: Passkey[] = [];
  for (const name of ['one', 'two']) {
    const id = Buffer.from(name).toString('base64url');
    const user = { id, name, displayName: name.toUpperCase() };
    const page = await room.windowOf(() => room.register(name, { user }));
    const authenticator = await blinking(page, 'platform');
    await authenticator.touch();
    await room.ended(name);
    made.push(await authenticator.made());
  }
  await room.app.evaluate(({ dialog }) => {
    const boxes: unknown[] = [];
    Object.assign(globalThis, { boxes });
    dialog.showMessageBox = (...values: unknown[]) => {
      boxes.push((values.at(-1) as { buttons: unknown }).buttons);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    };
  });
  const page = await room.windowOf(() => room.assert('chosen'));
  const authenticator = await blinking(page, 'platform', made);
  await authenticator.touch();
  expect((await room.ended('chosen')).response?.id).toBe(made[1]?.id);
  expect(
    await room.app.evaluate(() => (globalThis as unknown as { boxes: unknown }).boxes),
  ).toEqual([['ONE – one', 'TWO – two', 'Cancel']]);
});

test('What the authenticator refuses at first can be tried again, and then is told', async ({
  room,
}) => {
  const page = await room.windowOf(() => room.assert('refused', { allowCredentials: [nobodys] }));
  const authenticator = await blinking(page, 'platform', [madeBefore('ca.example', 'alex')]);
  await authenticator.touch();
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeFocused();
  await again.click();
  expect(await room.ended('refused')).toEqual({ reason: 'refused', detail: 'NotAllowedError' });
});

test('A passkey is not made where there is one already', async ({ room }) => {
  const passkey = madeBefore('ca.example', 'alex');
  const excludeCredentials = [{ type: 'public-key', id: passkey.id }] as const;
  const page = await room.windowOf(() => room.register('twice', { excludeCredentials }));
  const authenticator = await blinking(page, 'platform', [passkey]);
  await authenticator.touch();
  expect(await room.ended('twice')).toEqual({
    ...{ reason: 'already-registered', detail: 'InvalidStateError' },
  });
});

test('Cancel, closing the window and calling it off end a ceremony, each in its way', async ({
  room,
}) => {
  const cancelled = await room.windowOf(() => room.assert('cancelled'));
  await cancelled.getByRole('button', { name: 'Cancel' }).click();
  expect(await room.ended('cancelled')).toEqual({ reason: 'closed', detail: 'AbortError' });

  const closed = await room.windowOf(() => room.assert('closed'));
  await closed.getByRole('heading').waitFor();
  await closed.close();
  expect(await room.ended('closed')).toEqual({ reason: 'closed' });

  const calledOff = await room.windowOf(() => room.assert('called off'));
  await calledOff.getByRole('heading').waitFor();
  await room.abort('called off');
  expect(await room.ended('called off')).toEqual({ reason: 'Error: called off' });
  await expect.poll(() => room.countWindows()).toBe(1);
});

test('A second ceremony does not take the place of the first', async ({ room }) => {
  const page = await room.windowOf(() => room.assert('first'));
  await page.getByRole('heading').waitFor();
  await room.assert('second');
  expect(await room.ended('second')).toEqual({ reason: 'refused', detail: 'Busy' });
  expect(await room.countWindows()).toBe(2);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await room.ended('first')).toMatchObject({ reason: 'closed' });
});

test('A page in that window reaches nothing and stays where it is', async ({ room }) => {
  const page = await room.windowOf(() => room.assert('hostile'));
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
            reject(error instanceof Error ? error : new Error('refused'));
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
    setTimeout(() => window.open('https://example.test/', '_blank', 'noopener'));
  });
  await page.evaluate(() => {
    location.href = '/.well-known/acme-wallet?other';
  });
  expect(page.url()).toBe(ownPage);
  await expect.poll(() => room.countWindows()).toBe(2);
  expect(await page.evaluate(() => Object.keys(window.ceremony))).toEqual([
    ...['request', 'deliver', 'fail'],
  ]);
  expect(await page.evaluate(() => Object.isFrozen(window.ceremony))).toBe(true);
});

test('Only the path of the page is served, and to nobody but that window', async ({ room }) => {
  const page = await room.windowOf(() => room.assert('paths'));
  await page.getByRole('heading').waitFor();
  const seen = await room.app.evaluate(({ session, BrowserWindow }, at) => {
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
  test(`A page that delivers ${what} is not believed`, async ({ room }) => {
    const page = await room.windowOf(() => room.assert('garbage'));
    await page.getByRole('heading').waitFor();
    await page.evaluate((given) => window.ceremony.deliver(given).catch(() => undefined), answer);
    expect(await room.ended('garbage')).toMatchObject({ reason: 'strayed' });
  });
}

test('The first thing that a page delivers is the only one', async ({ room }) => {
  const page = await room.windowOf(() => room.assert('twice'));
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
  expect(await room.ended('twice')).toEqual({
    ...{ reason: 'not-supported', detail: 'NotSupportedError' },
  });
});

test('Another window cannot speak for the page', async ({ room }) => {
  const page = await room.windowOf(() => room.assert('spoken for'));
  await page.getByRole('heading').waitFor();
  const opened = room.app.waitForEvent('window');
  await room.app.evaluate(async ({ BrowserWindow, session }, preload) => {
    const other = session.fromPartition('other');
    other.protocol.handle(
      'https',
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
    );
    const window = new BrowserWindow({ webPreferences: { session: other, preload } });
    await window.loadURL('https://ca.example:14000/.well-known/acme-wallet');
  }, ceremonyPreload);
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
  expect(await room.app.evaluate(() => Object.keys(globalThis.ceremonyTable.ended))).toEqual([]);
});
