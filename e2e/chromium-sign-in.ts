import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { chromium, type BrowserContext } from 'playwright';
import { VirtualDisplay, windowOf } from './virtual-display.ts';

export interface TokenSignIn {
  readonly pin: string;
  /** By which the module finds the token. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ChromiumSignIn {
  /** An https page that asks for a client certificate. */
  readonly url: string;
  /** The home directory whose NSS database Chromium reads. */
  readonly home: string;
  /** Common name of the CA that issued the client certificate: by it Chromium chooses without asking. */
  readonly issuerCommonName?: string;
  /** A directory that Chromium sees in place of /etc/chromium, with what an administrator has told it. */
  readonly administration?: string;
  /** PEM root that the server's certificate must chain to; without it, what Chromium trusts by itself. */
  readonly serverRoot?: string;
  /** Path of a PNG picture of the page. */
  readonly screenshot?: string;
  /** The key is on a token, whose PIN is typed into Chromium's own question for it, on a screen that nobody sees. */
  readonly token?: TokenSignIn;
}

export interface SignedInPage {
  readonly status: number;
  readonly body: string;
  readonly title: string;
}

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** In place of Playwright's own list: that leaves the popups of the address bar, pages that nobody sees here. */
const withoutFeatures = [
  'AimEnabled',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PreconnectToSearch',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
];
const patience = 120_000;

/**
 * Opens a page in the system's Chromium as the person whose home this is, with a throw-away browser profile.
 * Signs in by client certificate when the home's NSS database has one of that issuer, goes on without one when
 * the server accepts none of those there, and rejects by time-out when only certificates of other issuers would do:
 * then Chromium shows a picker that nobody sees.
 */
export async function signInWithChromium(options: ChromiumSignIn): Promise<SignedInPage> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-sign-in-'));
  try {
    await writePreferences(profile, options);
    if (options.administration) await writeLauncher(profile, options.administration);
    const trusted = options.serverRoot ? await serverKeyPin(options.url, options.serverRoot) : null;
    if (options.token === undefined) return await visit(profile, options, trusted);
    return await visitWithPin(profile, { ...options, token: options.token }, trusted);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

export interface ShownPolicy {
  readonly value: string;
  /** `OK`, or what Chromium has against it. */
  readonly status: string;
}

/** What Chromium makes of a policy that an administrator has set, as chrome://policy shows it. */
export async function policyInChromium(
  name: string,
  { home, administration }: Required<Pick<ChromiumSignIn, 'home' | 'administration'>>,
): Promise<ShownPolicy> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-policy-'));
  const options = { url: 'chrome://policy', home, administration };
  try {
    await writeLauncher(profile, administration);
    await using context = await start(profile, options, null);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(options.url, { timeout: patience });
    const row = page.locator('policy-row').filter({ has: page.getByText(name, { exact: true }) });
    const text = async (selector: string): Promise<string> =>
      ((await row.locator(selector).textContent({ timeout: patience })) ?? '').trim();
    return {
      value: await text('.value.row .value'),
      status: await text('.policy.row .messages'),
    };
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

async function visit(
  profile: string,
  options: ChromiumSignIn,
  trusted: string | null,
): Promise<SignedInPage> {
  const context = await start(profile, options, trusted);
  try {
    return await read(context, options);
  } finally {
    await context.close();
  }
}

/** As a person at the screen would: waits for the question, and types. */
async function visitWithPin(
  profile: string,
  options: ChromiumSignIn & { readonly token: TokenSignIn },
  trusted: string | null,
): Promise<SignedInPage> {
  await using display = await VirtualDisplay.start();
  const context = await start(profile, options, trusted, display);
  const visited = new AbortController();
  try {
    const typing = typePin(display, options.token.pin, visited.signal);
    // It is awaited below, after the page.
    typing.catch(() => visited.abort());
    const page = await read(context, options).finally(() => visited.abort());
    if (!(await typing)) throw new Error('Chromium did not ask for the PIN');
    return page;
  } finally {
    visited.abort();
    await context.close();
  }
}

/** The title of Chromium's question. */
const pinQuestion = '^Unlock Security Device';

/** Once more if the question stays, which takes nothing before it has the focus. Resolves to whether somebody asked. */
async function typePin(display: VirtualDisplay, pin: string, until: AbortSignal): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const window = await windowOf(display, pinQuestion, until);
    if (window === null) return attempt > 0;
    await delay(1000);
    await display.type(window, pin);
    for (let wait = 0; wait < 20 && !until.aborted; wait += 1) await delay(500);
  }
  return true;
}

function start(
  profile: string,
  { home, token, administration }: ChromiumSignIn,
  trusted: string | null,
  display?: VirtualDisplay,
): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: administration === undefined ? executablePath : launcherIn(profile),
    headless: display === undefined,
    // Chromium finds the NSS database by HOME and XDG_DATA_HOME, so nothing else of ours goes along.
    env: {
      HOME: home,
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      ...token?.env,
      ...(display && { DISPLAY: display.name }),
    },
    args: [
      '--disable-dev-shm-usage',
      `--disable-features=${withoutFeatures.join(',')}`,
      ...(process.getuid?.() === 0 || administration !== undefined ? ['--no-sandbox'] : []),
      ...(trusted ? [`--ignore-certificate-errors-spki-list=${trusted}`] : []),
    ],
    timeout: patience,
  });
}

async function read(
  context: BrowserContext,
  { url, screenshot }: ChromiumSignIn,
): Promise<SignedInPage> {
  const page = context.pages()[0] ?? (await context.newPage());
  const response = await page.goto(url, { timeout: patience });
  if (!response) throw new Error(`Chromium got no response from ${url}`);
  if (screenshot) await page.screenshot({ path: screenshot });
  return {
    status: response.status(),
    body: await page.locator('body').innerText(),
    title: await page.title(),
  };
}

/** The content setting that the policy AutoSelectCertificateForUrls writes, for this one origin. */
async function writePreferences(
  profile: string,
  { url, issuerCommonName }: ChromiumSignIn,
): Promise<void> {
  await mkdir(join(profile, 'Default'));
  if (issuerCommonName === undefined) return;
  const filters = [{ ISSUER: { CN: issuerCommonName } }];
  const exceptions = {
    auto_select_certificate: { [`${new URL(url).origin},*`]: { setting: { filters } } },
  };
  await writeFile(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { content_settings: { exceptions } } }),
  );
}

const launcherIn = (profile: string): string => join(profile, 'chromium');

/** Starts Chromium in a mount namespace of its own; nobody else's Chromium is told anything. */
async function writeLauncher(profile: string, administration: string): Promise<void> {
  // Who is not root is made one in a user namespace, which not every machine allows.
  const becomeRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const inside = `mount --bind "$0" /etc/chromium && exec ${executablePath} "$@"`;
  const words = ['unshare', '--mount', ...becomeRoot, 'sh', '-c', inside, administration];
  const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  await writeFile(launcherIn(profile), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
}

/** Verifies the server against the root and resolves to the hash of its key, for Chromium to accept just this one. */
async function serverKeyPin(url: string, root: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port || 443),
    servername: hostname,
    ca: root,
    timeout: patience,
  });
  try {
    await once(socket, 'secureConnect');
    const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('base64');
  } finally {
    socket.destroy();
  }
}
