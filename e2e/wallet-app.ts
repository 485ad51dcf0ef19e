import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';

const project = dirname(dirname(fileURLToPath(import.meta.url)));

export interface WalletLaunch {
  /** Complete: the home and the session that the wallet finds itself in. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the wallet keeps its file; two of the same are one wallet. */
  readonly userData: string;
  /** More for the command line: `--local-ca=…`, an invitation link, a file. */
  readonly parameters?: readonly string[];
}

export interface RunningWallet {
  readonly app: ElectronApplication;
  /** The main window, with the first screen on it. */
  readonly page: Page;
}

/** Starts the built app on Electron (`E2E_HOST=electron`) or else on the stand-in, and waits for its first screen. */
export async function launchWallet({
  env,
  userData,
  parameters = [],
}: WalletLaunch): Promise<RunningWallet> {
  const onElectron = process.env['E2E_HOST'] === 'electron';
  const app = await _electron.launch({
    ...(!onElectron && { executablePath: join(project, 'standin', 'standin-electron') }),
    args: [
      // Chromium's sandbox refuses to run as root; the stand-in knows that by itself.
      ...(onElectron && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      project,
      `--user-data-dir=${userData}`,
      ...parameters,
    ],
    env: { ...env, ...display() },
  });
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { app, page };
}

/** Where windows are shown, if anywhere. */
function display(): Record<string, string> {
  const names = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'STANDIN_HEADLESS'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
