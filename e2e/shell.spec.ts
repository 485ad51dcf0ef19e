import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ElectronApplication, Page } from 'playwright';
import type { WalletApi } from '../shared/ipc-contract.ts';
import { expect, person, test, type Stage } from './journey.ts';

declare global {
  interface Window {
    readonly wallet: WalletApi;
  }
}

const project = fileURLToPath(new URL('..', import.meta.url));

test('An invitation link that starts the wallet is opened by it', async ({ stage }) => {
  const { screens } = await stage.open({
    withLocalCa: false,
    parameters: [stage.localCa.invite(person)],
  });
  await screens.organization.open.click();
  await expect(screens.organization.name('Local CA')).toBeVisible();
  await expect(screens.organization.fingerprintWords).toHaveCount(8);
});

test('A second launch hands its link to the first window and ends', async ({ stage }) => {
  const { app, screens } = await stage.open({ withLocalCa: false });
  await expect(screens.welcome.title).toBeVisible();
  await launchAgain(stage, stage.localCa.invite(person));
  await screens.organization.open.click();
  await expect(screens.organization.name('Local CA')).toBeVisible();
  expect(app.windows()).toHaveLength(1);
});

test('A second launch cannot bring a Local CA of its own', async ({ stage }) => {
  const { page, screens } = await stage.open({ withLocalCa: false });
  await launchAgain(stage, '--local-ca=/tmp/evil.json');
  await expect(screens.welcome.title).toBeVisible();
  await expect(screens.welcome.tryLocalCa).toHaveCount(0);
  const answer = await page.evaluate(() => window.wallet.organization.openLocalCa({}));
  expect(answer.ok).toBe(true);
  const state = await page.evaluate(() => window.wallet.wallet.initial({}));
  expect(state).toMatchObject({
    value: { wallet: { preview: { status: 'failed', failure: { code: 'not-found' } } } },
  });
});

test('A wallet file that cannot be read is explained, left alone, and tried again', async ({
  stage,
}) => {
  const file = join(stage.userData, 'wallet.db');
  const damage = 'this was a database once, and is none now\n'.repeat(200);
  await mkdir(stage.userData, { recursive: true });
  await writeFile(file, damage);
  const { page, screens } = await stage.open();
  await expect(page.getByText('Countersign cannot read its records').first()).toBeVisible();
  expect(await readFile(file, 'utf8')).toBe(damage);
  await rm(file);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(screens.welcome.title).toBeVisible();
});

test('The page can leave neither its address nor its window', async ({ stage }) => {
  const { app, page } = await stage.open({ withLocalCa: false });
  const address = page.url();
  const leaving = [
    () => {
      location.href = 'https://example.test/';
    },
    () => {
      const form = document.createElement('form');
      form.action = 'https://example.test/';
      document.body.append(form);
      form.submit();
    },
    () => {
      const frame = document.createElement('iframe');
      frame.src = 'https://example.test/';
      document.body.append(frame);
    },
  ];
  for (const leave of leaving) {
    await page.evaluate(leave);
    const answer = await page.evaluate(() => window.wallet.wallet.initial({}));
    expect(answer.ok).toBe(true);
    expect(await page.evaluate(() => location.href)).toBe(address);
  }
  expect(page.frames()).toHaveLength(2);
  expect(await windowCount(app)).toBe(1);
});

test('The page has no network, no Node and no permission', async ({ stage }) => {
  const { page } = await stage.open({ withLocalCa: false });
  const reached = await page.evaluate(async (url) => {
    const tries: Record<string, () => Promise<unknown>> = {
      fetch: () => fetch(url),
      socket: () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(url.replace('https', 'wss'));
          socket.onopen = resolve;
          socket.onerror = () => reject(new Error('no'));
        }),
      image: () =>
        new Promise((resolve, reject) => {
          const image = new Image();
          image.onload = resolve;
          image.onerror = () => reject(new Error('no'));
          image.src = url;
        }),
      microphone: () => navigator.mediaDevices.getUserMedia({ audio: true }),
    };
    // Says nothing about having arrived; the server does.
    navigator.sendBeacon(url);
    const names: string[] = [];
    for (const [name, attempt] of Object.entries(tries)) {
      await attempt().then(
        () => names.push(name),
        () => undefined,
      );
    }
    const globals = ['require', 'process', 'module', 'Buffer', 'electron'];
    return [...names, ...globals.filter((name) => name in globalThis)];
  }, stage.localCa.ca.directoryUrl);
  expect(reached).toEqual([]);
  expect(stage.localCa.ca.requestLog.count()).toBe(0);
});

test('The page can change nothing that the preload gave it, and makes no markup of text', async ({
  stage,
}) => {
  const { page } = await stage.open({ withLocalCa: false });
  const changed = await page.evaluate(() => {
    'use strict';
    const attempts = [
      () => Object.assign(window.wallet, { evil: 1 }),
      () => Object.assign(window.wallet.enrollment, { answer: () => 'mine' }),
    ];
    return attempts.filter((attempt) => {
      try {
        attempt();
        return true;
      } catch {
        return false;
      }
    }).length;
  });
  expect(changed).toBe(0);
  const made = await page.evaluate(() => {
    try {
      document.body.innerHTML = '<img src="x">';
      return document.images.length;
    } catch (error) {
      return String(error);
    }
  });
  expect(made).toContain('TrustedHTML');
});

test('Terms are opened in the browser at the address that was signed', async ({ stage }) => {
  const { app, page, screens } = await stage.open();
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (url) => Promise.resolve(void opened.push(url));
  });
  await screens.welcome.tryLocalCa.click();
  await expect(screens.organization.accept).toBeVisible();
  const id = await shownOrganization(page);
  const answer = await page.evaluate(
    (organizationId) => window.wallet.organization.openPage({ organizationId, page: 'terms' }),
    id,
  );
  expect(answer.ok).toBe(true);
  const opened = await app.evaluate(() => (globalThis as { opened?: string[] }).opened);
  expect(opened).toEqual([`${stage.localCa.ca.origin}/about/terms`]);
});

async function shownOrganization(page: Page): Promise<string> {
  const initial = await page.evaluate(() => window.wallet.wallet.initial({}));
  const preview = initial.ok ? initial.value.wallet.preview : null;
  if (preview?.status !== 'ready') throw new Error('no organisation is shown');
  return preview.preview.organization.id;
}

/** Resolves when the second process has ended by itself. */
async function launchAgain(stage: Stage, parameter: string): Promise<void> {
  const standIn = join(project, 'standin', 'standin-electron');
  await promisify(execFile)(
    process.env['E2E_HOST'] === 'electron'
      ? join(project, 'node_modules', '.bin', 'electron')
      : standIn,
    [project, `--user-data-dir=${stage.userData}`, parameter],
    { env: { ...stage.session.env, STANDIN_HEADLESS: '1' }, timeout: 180_000 },
  );
}

function windowCount(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
}
