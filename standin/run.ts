// Runs an app as Electron's binary does: its main module first, `ready` when that has been evaluated.
import { pathToFileURL } from 'node:url';
import { ChromiumMissingError } from './chromium.ts';
import { CommandLineError } from './command-line.ts';

async function run(): Promise<void> {
  const { standIn } = await import('./stand-in.ts');
  const { app, application, browser } = standIn;
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
  browser.start();
}

try {
  await run();
} catch (error) {
  const isExpected = error instanceof ChromiumMissingError || error instanceof CommandLineError;
  process.stderr.write(`${isExpected ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
