// The Chromium process: where it is, how it is started, and that it never outlives the app.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { CdpConnection } from './cdp.ts';
import { claimProfile } from './profile.ts';
import type { Settings } from './settings.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** Starts a program that is to die with the one that starts it (util-linux). */
export const SETPRIV = '/usr/bin/setpriv';

// Written for a machine without network: nothing that Chromium does on its own account.
const QUIET = [
  '--disable-background-networking',
  '--disable-breakpad',
  '--disable-client-side-phishing-detection',
  '--disable-component-extensions-with-background-pages',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-domain-reliability',
  '--disable-extensions',
  '--disable-field-trial-config',
  '--disable-quic',
  '--disable-search-engine-choice-screen',
  '--disable-sync',
  '--metrics-recording-only',
  '--no-default-browser-check',
  '--no-first-run',
  '--no-pings',
  '--no-service-autorun',
  '--password-store=basic',
  '--use-mock-keychain',
];
// An Electron window is neither throttled nor guarded like a tab among strangers. It has no address bar either, whose two
// popups are pages that Chromium loads beside every window: a third of what a start costs the processor.
const LIKE_ELECTRON = [
  '--allow-pre-commit-input',
  '--disable-auto-reload',
  '--disable-back-forward-cache',
  '--disable-hang-monitor',
  '--disable-ipc-flooding-protection',
  '--disable-popup-blocking',
  '--disable-prompt-on-repost',
  '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,HttpsUpgrades,LocalNetworkAccessChecks,PaintHolding,WebUIOmniboxPopup,WebUIOmniboxAimPopup',
  '--host-resolver-rules=MAP *.electron.test ~NOTFOUND',
  '--keep-alive-for-test',
  '--test-type',
];

export type ChromiumOptions = {
  readonly settings: Settings;
  /** Belongs to one app's userData; holds cookies, storage and caches. */
  readonly profile: string;
  /** The app's own switches, which Chromium gets too. */
  readonly switches: ReadonlyMap<string, string>;
  readonly log: (line: string) => void;
};

/** No Chromium on this machine. */
export class ChromiumMissingError extends Error {
  readonly code = 'chromium-missing';

  constructor(named: string | undefined) {
    super(
      named === undefined
        ? `stand-in: no Chromium found at ${PLACES.join(', ')}; install it, or name it in CHROMIUM`
        : `stand-in: no Chromium at ${named}, which CHROMIUM names`,
    );
  }
}

export function findChromium({ chromium }: Settings): string {
  const places = chromium === undefined ? PLACES : [chromium];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new ChromiumMissingError(chromium);
  return found;
}

export type RunningChromium = {
  readonly connection: CdpConnection;
  /** Settles when the process has ended. */
  readonly exited: Promise<void>;
  readonly kill: () => void;
};

/** Starts the one browser process of an app, with the window asked for or with none. */
export function startChromium(
  options: ChromiumOptions,
  windowArguments: readonly string[],
): RunningChromium {
  mkdirSync(options.profile, { recursive: true });
  const profile = claimProfile(options.profile);
  const child = spawnBound(options, [...startArguments(options), ...firstWindow(windowArguments)]);
  profile.bind(child.pid);
  const [, , stderr, output, input] = child.stdio;
  if (stderr) forwardStderr(stderr, options);
  const connection = new CdpConnection(
    { input: input as Readable, output: output as Writable },
    options.log,
  );
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      profile.release();
      resolve();
    });
  });
  return { connection, exited, kill: () => child.kill('SIGKILL') };
}

/** Starts a second process, which asks the running browser of the same profile for a window and ends. */
export function handOver(options: ChromiumOptions, windowArguments: readonly string[]): void {
  const second = spawn(
    findChromium(options.settings),
    [...commonArguments(options), ...windowArguments],
    { stdio: 'ignore', env: chromiumEnvironment(options.profile) },
  );
  second.on('error', (error) => options.log(`hand-over: ${error.message}`));
}

function commonArguments({ settings, profile }: ChromiumOptions): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    `--user-data-dir=${profile}`,
    '--test-type',
    // Chromium's sandbox refuses to run as root.
    ...(isRoot ? ['--no-sandbox'] : []),
    ...(settings.scale === undefined ? [] : [`--force-device-scale-factor=${settings.scale}`]),
  ];
}

function startArguments(options: ChromiumOptions): string[] {
  const { settings, switches } = options;
  const port = switches.get('remote-debugging-port');
  return [
    ...commonArguments(options),
    ...QUIET,
    ...LIKE_ELECTRON,
    '--remote-debugging-pipe',
    // Only who starts the app may ask for a port: Playwright does.
    ...(port === undefined ? [] : [`--remote-debugging-port=${port}`]),
    ...(settings.headless ? ['--headless=new'] : []),
    ...(settings.headless || switches.has('disable-gpu') ? ['--disable-gpu'] : []),
    ...(settings.dark ? ['--force-dark-mode'] : []),
    ...passedOn(switches),
  ];
}

function firstWindow(values: readonly string[]): readonly string[] {
  return values.length === 0 ? ['--no-startup-window'] : values;
}

function passedOn(switches: ReadonlyMap<string, string>): string[] {
  return ['lang', 'ignore-certificate-errors-spki-list', 'force-color-profile'].flatMap((name) => {
    const value = switches.get(name);
    return value === undefined ? [] : [`--${name}=${value}`];
  });
}

// A signal on the parent's death, so that even a killed app takes its browser along before the next one starts.
function spawnBound(options: ChromiumOptions, values: string[]): ChildProcess {
  const chromium = findChromium(options.settings);
  const bound = existsSync(SETPRIV);
  return spawn(
    bound ? SETPRIV : chromium,
    bound ? ['--pdeathsig', 'KILL', chromium, ...values] : values,
    {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: chromiumEnvironment(options.profile),
    },
  );
}

// Chromium writes to ~/.pki and ~/.config; the person's home is none of its business here.
function chromiumEnvironment(profile: string): NodeJS.ProcessEnv {
  const authority = process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority');
  return { ...process.env, HOME: profile, XAUTHORITY: authority };
}

function forwardStderr(stderr: Readable, { log }: ChromiumOptions): void {
  createInterface({ input: stderr }).on('line', (line) => {
    if (line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`);
    else log(line);
  });
}
