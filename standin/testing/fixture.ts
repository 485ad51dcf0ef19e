// Starts the fixture app the way the journeys start the wallet: Playwright's own launcher, the stand-in as executable.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';

export const STAND_IN = fileURLToPath(new URL('../standin-electron', import.meta.url));
export const FIXTURE_APP = fileURLToPath(new URL('app', import.meta.url));

export type Fixture = {
  readonly app: ElectronApplication;
  readonly window: Page;
  readonly userData: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

export type LaunchOptions = {
  readonly userData?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

export async function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'standin-'));
}

export function environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...(process.env as Record<string, string>), STANDIN_HEADLESS: '1', ...extra };
}

export async function launchFixture(options: LaunchOptions = {}): Promise<Fixture> {
  const userData = options.userData ?? (await temporaryDirectory());
  const app = await _electron.launch({
    executablePath: STAND_IN,
    args: [FIXTURE_APP, `--user-data-dir=${userData}`, ...(options.args ?? [])],
    env: environment(options.env),
    colorScheme: null,
  });
  const window = await app.firstWindow();
  await window.waitForURL((url) => url.host === 'fixture.app.electron.test');
  await window.getByText('hello from afar').waitFor();
  const close = async () => {
    await app.close();
    if (options.userData === undefined) await rm(userData, { recursive: true, force: true });
  };
  return { app, window, userData, [Symbol.asyncDispose]: close };
}
