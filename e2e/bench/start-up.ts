import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { readMemory, type Memory } from './memory.ts';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface StartUp {
  /** Milliseconds from the start of the process to the first content on the screen. */
  readonly firstPaint: number;
  /** Milliseconds to the largest content: the first screen as it stays. */
  readonly firstScreen: number;
  /** What the processes hold then. */
  readonly memory: Memory;
}

/** Starts an app folder on the stand-in once, with an empty profile and nobody who drives it. */
export async function startUp(
  app: string,
  env: Readonly<Record<string, string>>,
): Promise<StartUp> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const started = Date.now();
  const wallet = spawn(
    join(project, 'standin', 'standin-electron'),
    ['--remote-debugging-port=0', app, `--user-data-dir=${join(folder, 'wallet')}`],
    { env: { ...env, STANDIN_HEADLESS: '1' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  try {
    const browser = await chromium.connectOverCDP(await debuggerAddress(wallet.stderr));
    const page = await firstPage(() => browser.contexts().flatMap((context) => context.pages()));
    const painted = await readPaints(page);
    // What the start left behind is collected first, so that runs compare.
    await delay(1000);
    const memory = await readMemory(wallet.pid ?? 0);
    await browser.close();
    return { firstPaint: painted.first - started, firstScreen: painted.largest - started, memory };
  } finally {
    wallet.kill('SIGTERM');
    if (wallet.exitCode === null && wallet.signalCode === null) await once(wallet, 'exit');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function debuggerAddress(errors: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: errors })) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('the app ended before it had a window');
}

async function firstPage(pages: () => readonly Page[]): Promise<Page> {
  for (;;) {
    const page = pages().find((each) => each.url().startsWith('https:'));
    if (page !== undefined) return page;
    await delay(20);
  }
}

/** Unix milliseconds of the first and the largest contentful paint (W3C Paint Timing, Largest Contentful Paint). */
function readPaints(page: Page): Promise<{ readonly first: number; readonly largest: number }> {
  return page.evaluate(async () => {
    const largest = await new Promise<number>((resolve) => {
      let last: number | null = null;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) last = entry.startTime;
      }).observe({ type: 'largest-contentful-paint', buffered: true });
      // The first screen stands still: nothing larger comes after this.
      setTimeout(() => resolve(last ?? Number.NaN), 1500);
    });
    const first = performance.getEntriesByName('first-contentful-paint')[0];
    if (first === undefined) throw new Error('nothing was painted');
    return {
      first: performance.timeOrigin + first.startTime,
      largest: performance.timeOrigin + largest,
    };
  });
}
