// Runs an app as Electron's binary does: its main module first, `ready` when that has been evaluated.
import { pathToFileURL } from 'node:url';
import { ChromiumMissingError } from './chromium.ts';
import { CommandLineError } from './command-line.ts';

/** How long an app may be without a window before Chromium is started without one, in milliseconds. */
const WINDOWLESS = 300;

async function run(): Promise<void> {
  const { standIn } = await import('./stand-in.ts');
  const { app, application, browser, settings } = standIn;
  browser.onLost(() => {
    process.stderr.write('stand-in: Chromium has ended unexpectedly\n');
    app.exit(1);
  });
  process.on('exit', () => browser.kill());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => app.quit());
  }
  await import(pathToFileURL(application.entry).href);
  if (!app.begin()) return;
  // On a screen Chromium starts fastest together with the window it is for, if there is one soon.
  if (settings.headless) browser.start();
  else setTimeout(() => browser.start(), WINDOWLESS);
}

try {
  await run();
} catch (error) {
  const isExpected = error instanceof ChromiumMissingError || error instanceof CommandLineError;
  process.stderr.write(`${isExpected ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
