/** @module-tag deep */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchFixture, type Fixture } from './testing/fixture.ts';

type Recorded = {
  log: string[];
  requests: { url: string; method: string; origin: string | null }[];
};

let fixture: Fixture;
beforeAll(async () => {
  fixture = await launchFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const recorded = () =>
  fixture.app.evaluate(() => (globalThis as unknown as { fixture: Recorded }).fixture);

describe('a page of a custom scheme', { timeout: 180_000 }, () => {
  it('is a secure context with its own origin, modules, storage and crypto', async () => {
    const seen = await fixture.window.evaluate(async () => {
      localStorage.setItem('key', 'value');
      const digest = await crypto.subtle.digest('SHA-256', new Uint8Array());
      return {
        secure: isSecureContext,
        stored: localStorage.getItem('key'),
        digest: digest.byteLength,
        size: [innerWidth, innerHeight],
      };
    });
    expect(seen).toStrictEqual({ secure: true, stored: 'value', digest: 32, size: [640, 480] });
  });

  it('shows the app nothing but the app’s own URLs', async () => {
    const urls = await fixture.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return [
        window?.webContents.getURL(),
        window?.webContents.mainFrame.origin,
        window?.getTitle(),
      ];
    });
    expect(urls).toStrictEqual(['app://fixture/index.html', 'app://fixture', 'Fixture page']);
    const { requests } = await recorded();
    expect(requests.map(({ url }) => url)).toContain('app://fixture/lazy.js');
    expect(requests.every(({ url }) => url.startsWith('app://fixture/'))).toBe(true);
  });

  it('tells of its loading in Electron’s order', async () => {
    const { log } = await recorded();
    const order = log.filter((line) => /^(did-|dom-|ready$|loaded)/.test(line));
    expect(order).toStrictEqual([
      'ready',
      'did-navigate',
      'dom-ready',
      'did-finish-load',
      'loaded',
    ]);
    expect(log).toContain('ready-to-show');
  });

  it('keeps to the Content-Security-Policy of its response', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const { promise, resolve } = Promise.withResolvers<string>();
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
        resolve(effectiveDirective),
      );
      const outside = await fetch('https://elsewhere.example/').catch((error: unknown) =>
        String(error),
      );
      return { inline: 'inlineScriptRan' in window, outside, violated: await promise };
    });
    expect(seen).toStrictEqual({
      inline: false,
      outside: 'TypeError: Failed to fetch',
      violated: 'connect-src',
    });
  });

  it('fetches from its handler, with method, body, origin and status', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const posted = await fetch('/post', { method: 'POST', body: 'snow ☃' });
      const missing = await fetch('/missing');
      return { posted: (await posted.json()) as unknown, missing: missing.status };
    });
    expect(seen).toStrictEqual({ posted: { body: 'snow ☃', method: 'POST' }, missing: 404 });
    const { requests } = await recorded();
    expect(requests).toContainEqual({
      url: 'app://fixture/post',
      method: 'POST',
      origin: 'app://fixture',
    });
  });

  it('leaves path traversal to the app’s own check', async () => {
    const seen = await fixture.window.evaluate(async () => {
      const paths = ['/../main.js', '/%2e%2e/main.js', '/..%2fmain.js', '/x/..%2f..%2fmain.js'];
      return Promise.all(paths.map(async (path) => (await fetch(path)).status));
    });
    expect(seen).toStrictEqual([404, 404, 403, 403]);
    const { requests } = await recorded();
    expect(requests.map(({ url }) => url)).toContain('app://fixture/..%2fmain.js');
  });

  it('serves its workers and what they fetch', async () => {
    const status = await fixture.window.evaluate(async () => {
      const worker = new Worker('worker.js');
      const { promise, resolve } = Promise.withResolvers<unknown>();
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage('/lazy.js');
      return promise;
    });
    expect(status).toBe(200);
  });

  it('may not use WebAuthn, as in Electron', async () => {
    const name = await fixture.window.evaluate(() =>
      navigator.credentials
        .get({ publicKey: { challenge: new Uint8Array(32) } })
        .catch((error: unknown) => (error as DOMException).name),
    );
    expect(name).toBe('NotAllowedError');
  });

  it('has the permissions that the app’s handlers give, and no other', async () => {
    const states = await fixture.window.evaluate(async () => {
      const names = ['notifications', 'geolocation', 'clipboard-read'] as PermissionName[];
      return Promise.all(
        names.map(async (name) => (await navigator.permissions.query({ name })).state),
      );
    });
    expect(states).toStrictEqual(['denied', 'denied', 'denied']);
  });

  it('shows the app what it logs', async () => {
    const message = await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const { promise, resolve } = Promise.withResolvers<unknown>();
      contents?.once('console-message', ({ level, message: text }) => resolve([level, text]));
      await contents?.executeJavaScript(`console.warn('careful', 1)`);
      return promise;
    });
    expect(message).toStrictEqual(['warning', 'careful 1']);
  });

  it('runs code for the app, and hands its errors back', async () => {
    const seen = await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const value = (await contents?.executeJavaScript('Promise.resolve({ a: [1] })')) as unknown;
      const failed = await contents
        ?.executeJavaScript(`Promise.reject(new Error('no'))`)
        .then(String, (error: unknown) => (error as Error).message);
      return [value, failed];
    });
    expect(seen).toStrictEqual([{ a: [1] }, 'no']);
  });

  it('can be photographed', async () => {
    const size = await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
      return image?.getSize();
    });
    expect(size).toStrictEqual({ width: 640, height: 480 });
  });
});

describe('the locks of a window', { timeout: 180_000 }, () => {
  it.each([
    ['a link', `document.querySelector('#elsewhere').click()`, 'https://elsewhere.example/'],
    ['a script', `location.href = '/other.html'`, 'app://fixture/other.html'],
    ['a form', `document.querySelector('form').submit()`, 'https://elsewhere.example/form?q=1'],
    ['a reload of its own', 'location.reload()', 'app://fixture/index.html'],
  ])('keeps the page where it is when the app prevents %s', async (_name, script, url) => {
    const before = fixture.window.url();
    await fixture.window.evaluate((code) => {
      const element = document.createElement('script');
      element.src = `/run.js?${encodeURIComponent(code)}`;
      document.body.append(element);
    }, script);
    await expect.poll(async () => (await recorded()).log).toContain(`will-navigate ${url}`);
    await expect(fixture.window.evaluate(() => document.title)).resolves.toBe('Fixture page');
    expect(fixture.window.url()).toBe(before);
  });

  it('saves nothing that the app forbids to download', async () => {
    await fixture.app.evaluate(({ session }) => {
      session.defaultSession.once('will-download', (event, item) => {
        event.preventDefault();
        const { fixture: own } = globalThis as unknown as { fixture: Recorded };
        own.log.push(`will-download ${item.getFilename()}`);
      });
    });
    await fixture.window.evaluate(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['content']));
      link.download = 'file.txt';
      link.click();
    });
    await expect.poll(async () => (await recorded()).log).toContain('will-download file.txt');
  });

  it('opens no window that the app denies', async () => {
    await fixture.window.click('#window');
    await expect
      .poll(async () => (await recorded()).log)
      .toContain('open https://elsewhere.example/window');
    await expect.poll(() => fixture.app.windows().length).toBe(1);
    const count = await fixture.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    );
    expect(count).toBe(1);
  });

  it('does not ask the app about what a debugger does', async () => {
    const { log } = await recorded();
    await fixture.window.reload();
    await fixture.window.goto('https://fixture.app.electron.test/index.html?goto');
    await fixture.window.getByText('hello from afar').waitFor();
    expect((await recorded()).log.filter((line) => line.startsWith('will-navigate'))).toStrictEqual(
      log.filter((line) => line.startsWith('will-navigate')),
    );
  });

  it('lets the app itself navigate', async () => {
    const url = await fixture.app.evaluate(async ({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      await window?.loadURL('app://fixture/index.html?again#there');
      return window?.webContents.getURL();
    });
    expect(url).toBe('app://fixture/index.html?again#there');
    await fixture.window.getByText('hello from afar').waitFor();
  });

  it('tells the app of a load that fails', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const load = (target: string) =>
      fixture.app.evaluate(async ({ BrowserWindow }, url) => {
        const [window] = BrowserWindow.getAllWindows();
        const { promise, resolve } = Promise.withResolvers<unknown>();
        window?.webContents.once('did-fail-load', (_event, errno, code, failed) =>
          resolve([errno, code, failed]),
        );
        const thrown = await window
          ?.loadURL(url)
          .catch((error: unknown) => (error as Error).message);
        return { thrown, event: await promise };
      }, target);
    const refused = `http://127.0.0.1:${port}/`;
    await expect(load(refused)).resolves.toStrictEqual({
      thrown: `ERR_CONNECTION_REFUSED (-102) loading '${refused}'`,
      event: [-102, 'ERR_CONNECTION_REFUSED', refused],
    });
    await expect(load('nothing://x/')).resolves.toStrictEqual({
      thrown: "ERR_UNKNOWN_URL_SCHEME (-302) loading 'nothing://x/'",
      event: [-302, 'ERR_UNKNOWN_URL_SCHEME', 'nothing://x/'],
    });
  });
});
