import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { chromium, type Browser, type Page } from 'playwright';
import { build, preview, type PreviewServer } from 'vite';

const root = path.join(import.meta.dirname, '..', 'renderer');

/** The page's policy in the app, so that an inline style or script shows here as it would there. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

declare global {
  interface Window {
    /** renderer/gallery/main.tsx */
    readonly turnTo: (query: string) => Promise<void>;
  }
}

export interface Look {
  readonly language?: 'en' | 'de' | 'pseudo';
  readonly theme?: 'light' | 'dark';
  readonly direction?: 'ltr' | 'rtl';
}

/** Every screen of the renderer in every state, built and served, with a browser in front of it. */
export interface Gallery {
  readonly browser: Browser;
  readonly scenes: readonly string[];
  /** Loads the page with this scene. */
  readonly show: (page: Page, scene: string, look?: Look) => Promise<void>;
  /** The same in a page that shows a scene already, for a sixth of the work. */
  readonly turnTo: (page: Page, scene: string, look?: Look) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openGallery(): Promise<Gallery> {
  const outDir = await mkdtemp(path.join(tmpdir(), 'countersign-gallery-'));
  const server = await serveGallery(outDir);
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error('the gallery is served nowhere');
  const index = new URL('gallery/index.html', address);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Pages that Chromium loads for the address bar of every window: half of what a new one costs.
    args: ['--no-sandbox', '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup'],
  });
  return {
    browser,
    scenes: await scenesOf(browser, index.href),
    show: async (page, scene, look = {}) => {
      await load(page, new URL(queryOf(scene, look), index));
    },
    turnTo: async (page, scene, look = {}) => {
      if (page.url() === 'about:blank') await load(page, index);
      await page.evaluate((query) => window.turnTo(query), queryOf(scene, look));
    },
    close: async () => {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

function queryOf(scene: string, look: Look): string {
  return `?${new URLSearchParams({ scene, ...look }).toString()}`;
}

async function load(page: Page, address: URL): Promise<void> {
  await page.goto(address.href);
  await page.locator('html[data-ready]').waitFor({ state: 'attached' });
}

async function serveGallery(outDir: string): Promise<PreviewServer> {
  const common = { root, configFile: false, logLevel: 'error', base: './' } as const;
  await build({
    ...common,
    plugins: [react()],
    build: {
      outDir,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      minify: false,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: path.join(root, 'gallery', 'index.html') },
    },
  });
  return preview({
    ...common,
    build: { outDir },
    preview: {
      host: '127.0.0.1',
      port: 0,
      headers: { 'Content-Security-Policy': contentSecurityPolicy },
    },
  });
}

async function scenesOf(browser: Browser, index: string): Promise<readonly string[]> {
  const page = await browser.newPage();
  await page.goto(index);
  const names = await page.getByRole('link').allTextContents();
  await page.close();
  return names;
}
