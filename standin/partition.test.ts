/** @module-tag deep */
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_APP, launchFixture, type Fixture } from './testing/fixture.ts';

const PRELOAD = join(FIXTURE_APP, 'preload.cjs');
const CEREMONY = 'https://ca.example:14000/ceremony';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await launchFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

/** A window of a partition of its own that serves one page at the origin of a server. */
async function openCeremony(): Promise<Page> {
  const opened = fixture.app.waitForEvent('window');
  await fixture.app.evaluate(
    async ({ BrowserWindow, session }, [url, preload]) => {
      const own = session.fromPartition(`ceremony-${Math.random()}`);
      own.protocol.handle('https', (request) => {
        const { host, pathname } = new URL(request.url);
        if (host !== 'ca.example:14000') return Response.error();
        if (pathname !== '/ceremony') return new Response('nothing', { status: 404 });
        return new Response('<!doctype html><title>Ceremony</title><h1>Ceremony</h1>', {
          headers: {
            'content-type': 'text/html',
            'content-security-policy': "default-src 'none'; connect-src 'self'",
          },
        });
      });
      Object.assign(globalThis, { ceremonySession: own });
      const window = new BrowserWindow({ webPreferences: { session: own, preload } });
      await window.loadURL(url);
    },
    [CEREMONY, PRELOAD] as const,
  );
  const page = await opened;
  await page.waitForURL(CEREMONY);
  return page;
}

async function addAuthenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

describe('a window of another session', { timeout: 180_000 }, () => {
  it('is served at the origin of a server that is never asked', async () => {
    const page = await openCeremony();
    const seen = await page.evaluate(async () => ({
      origin: location.origin,
      secure: isSecureContext,
      other: (await fetch('/other')).status,
      outside: await fetch('https://elsewhere.example/').catch(() => 'blocked'),
      sender: await window.fixture.invoke('sender'),
    }));
    expect(seen).toStrictEqual({
      origin: 'https://ca.example:14000',
      secure: true,
      other: 404,
      outside: 'blocked',
      sender: { url: CEREMONY, origin: 'https://ca.example:14000', isMainFrame: true },
    });
    await page.close();
    // The page is gone before main hears of it.
    const countWindows = () =>
      fixture.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
    await expect.poll(countWindows).toBe(1);
  });

  it('runs a WebAuthn ceremony for that origin', async () => {
    const page = await openCeremony();
    await addAuthenticator(page);
    const seen = await page.evaluate(async () => {
      const challenge = new Uint8Array(32).fill(7);
      const created = (await navigator.credentials.create({
        publicKey: {
          challenge,
          rp: { id: 'ca.example', name: 'CA' },
          user: { id: new Uint8Array([1]), name: 'somebody', displayName: 'Somebody' },
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
          authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        },
      })) as PublicKeyCredential;
      const got = (await navigator.credentials.get({
        publicKey: {
          ...{ challenge, rpId: 'ca.example', userVerification: 'required' },
          allowCredentials: [{ type: 'public-key', id: created.rawId }],
        },
      })) as PublicKeyCredential;
      const response = got.response as AuthenticatorAssertionResponse;
      const client = JSON.parse(new TextDecoder().decode(response.clientDataJSON)) as {
        origin: string;
        type: string;
      };
      const wrong = await navigator.credentials
        .get({ publicKey: { challenge, rpId: 'elsewhere.example' } })
        .catch((error: unknown) => (error as DOMException).name);
      return {
        same: created.id === got.id,
        client: [client.type, client.origin],
        flags: new Uint8Array(response.authenticatorData)[32],
        wrong,
      };
    });
    expect(seen).toStrictEqual({
      same: true,
      client: ['webauthn.get', 'https://ca.example:14000'],
      flags: 0x05,
      wrong: 'SecurityError',
    });
    await page.close();
  });

  it('asks the app which passkey is meant when the page named none, and cancels when nobody says', async () => {
    const page = await openCeremony();
    await addAuthenticator(page);
    const get = () =>
      page.evaluate(() => {
        const publicKey = { challenge: new Uint8Array(32), rpId: 'ca.example' };
        return navigator.credentials.get({ publicKey }).then(
          (found) => found?.id,
          (error: unknown) => (error as DOMException).name,
        );
      });
    const ids = await page.evaluate(async () => {
      const made: string[] = [];
      for (const name of ['one', 'two']) {
        const credential = await navigator.credentials.create({
          publicKey: {
            challenge: new Uint8Array(32),
            rp: { id: 'ca.example', name: 'CA' },
            user: { id: new TextEncoder().encode(name), name, displayName: name.toUpperCase() },
            pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
            authenticatorSelection: { residentKey: 'required' },
          },
        });
        made.push(credential?.id ?? '');
      }
      return made;
    });
    await expect(get()).resolves.toBe('NotAllowedError');
    await fixture.app.evaluate(() => {
      const world = globalThis as unknown as {
        ceremonySession: Electron.Session;
        asked: Electron.SelectWebauthnAccountDetails[];
        choice: string | null;
      };
      world.asked = [];
      world.ceremonySession.on('select-webauthn-account', (_event, details, decide) => {
        world.asked.push(details);
        decide(world.choice);
      });
    });
    for (const choice of [...ids, null, 'AAAA']) {
      await fixture.app.evaluate((_electron, id) => {
        Object.assign(globalThis, { choice: id });
      }, choice);
      const expected = choice !== null && ids.includes(choice) ? choice : 'NotAllowedError';
      await expect(get()).resolves.toBe(expected);
    }
    const asked = await fixture.app.evaluate(() =>
      (globalThis as unknown as { asked: Electron.SelectWebauthnAccountDetails[] }).asked.map(
        ({ relyingPartyId, accounts }) => ({ relyingPartyId, accounts }),
      ),
    );
    expect(asked[0]).toStrictEqual({
      relyingPartyId: 'ca.example',
      accounts: [
        { credentialId: ids[0], name: 'one', displayName: 'ONE', userHandle: 'b25l' },
        { credentialId: ids[1], name: 'two', displayName: 'TWO', userHandle: 'dHdv' },
      ],
    });
    await page.close();
  });

  it('shares no storage with the others', async () => {
    const first = await openCeremony();
    await first.evaluate(() => localStorage.setItem('key', 'value'));
    await first.close();
    const second = await openCeremony();
    await expect(second.evaluate(() => localStorage.getItem('key'))).resolves.toBeNull();
    await second.close();
  });
});

describe('webRequest', { timeout: 180_000 }, () => {
  it('hears of requests, and may cancel and redirect them', async () => {
    await fixture.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onBeforeRequest(
        { urls: ['app://fixture/guarded/*'] },
        ({ url, method, resourceType }, callback) => {
          const { fixture: own } = globalThis as unknown as { fixture: { log: string[] } };
          own.log.push(`${method} ${resourceType} ${url}`);
          if (url.endsWith('/cancel')) callback({ cancel: true });
          else callback({ redirectURL: 'app://fixture/lazy.js' });
        },
      );
    });
    const seen = await fixture.window.evaluate(async () => ({
      cancelled: await fetch('/guarded/cancel').catch((error: unknown) => (error as Error).name),
      redirected: await (await fetch('/guarded/redirect')).text(),
      free: (await fetch('/lazy.js')).status,
    }));
    expect(seen).toMatchObject({ cancelled: 'TypeError', free: 200 });
    expect(seen.redirected).toContain('from afar');
    const log = await fixture.app.evaluate(
      () => (globalThis as unknown as { fixture: { log: string[] } }).fixture.log,
    );
    expect(log).toContain('GET xhr app://fixture/guarded/cancel');
    await fixture.app.evaluate(({ session }) =>
      session.defaultSession.webRequest.onBeforeRequest(null),
    );
    await expect(
      fixture.window.evaluate(async () => (await fetch('/guarded/cancel')).status),
    ).resolves.toBe(404);
  });

  it('may rewrite the headers of a response', async () => {
    await fixture.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onHeadersReceived(({ responseHeaders }, callback) => {
        callback({ responseHeaders: { ...responseHeaders, 'X-Added': ['one'] } });
      });
    });
    const header = await fixture.window.evaluate(async () =>
      (await fetch('/lazy.js')).headers.get('x-added'),
    );
    expect(header).toBe('one');
  });
});

describe('a window that a page may open', { timeout: 180_000 }, () => {
  it('is a window of the app’s, with the options the app gives it', async () => {
    await fixture.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      contents?.setWindowOpenHandler(() => ({
        action: 'allow',
        overrideBrowserWindowOptions: { width: 300, height: 200 },
      }));
      contents?.once('did-create-window', (window, { url }) => {
        Object.assign(globalThis, { child: window, childUrl: url });
      });
    });
    const opened = fixture.app.waitForEvent('window');
    await fixture.window.evaluate(
      () => void window.open('/index.html?child', '_blank', 'noopener'),
    );
    const child = await opened;
    await child.waitForURL((url) => url.search === '?child');
    await child.waitForFunction(() => document.title === 'Fixture page');
    await expect(child.evaluate(() => [innerWidth, innerHeight])).resolves.toStrictEqual([
      300, 200,
    ]);
    const seen = await fixture.app.evaluate(({ BrowserWindow }) => {
      const { child: window, childUrl } = globalThis as unknown as {
        child: Electron.BrowserWindow;
        childUrl: string;
      };
      return [
        childUrl,
        window.webContents.getURL(),
        BrowserWindow.getAllWindows().includes(window),
      ];
    });
    expect(seen).toStrictEqual([
      'app://fixture/index.html?child',
      'app://fixture/index.html?child',
      true,
    ]);
    await child.close();
  });
});
