import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright';
import { test as base } from 'playwright/test';
import type { CaOptions } from '../ca/running-ca.ts';
import { currentCode } from '../ca/portal/authenticator.ts';
import { startLocalCa, type LocalCa } from '../ca/portal/local-ca.ts';
import { SessionBus, type SecretServiceState } from '../electron/testing/session-bus.ts';
import { signInWithChromium, type SignedInPage, type TokenSignIn } from './chromium-sign-in.ts';
import { Screens } from './screens/screens.ts';
import { launchWallet } from './wallet-app.ts';

export const person = 'alex@example.test';
export const offer = 'Wi-Fi and VPN';

/** The wallet while it runs. */
export interface OpenWallet {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly screens: Screens;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** One person's computer and the CA of their organisation, all of it gone after the test. */
export interface Stage {
  readonly localCa: LocalCa;
  readonly session: SessionBus;
  readonly userData: string;
  /** Opens the wallet, or opens it again: the same home, the same file. */
  open(options?: OpenOptions): Promise<OpenWallet>;
  /** What the authenticator app shows now. */
  code(): Promise<string>;
  /** Visits the CA's mutual-TLS page as this person's browser; with a key on a token, if one is said. */
  signIn(token?: TokenSignIn): Promise<SignedInPage>;
}

export interface OpenOptions {
  /** More for the command line, e.g. an invitation link. */
  readonly parameters?: readonly string[];
  /** Hands the Local CA over, as `npm start` does. */
  readonly withLocalCa?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Fixtures {
  readonly secretService: SecretServiceState;
  /** More about the CA than that it knows the person. */
  readonly caOptions: Omit<CaOptions, 'pages'>;
  readonly folder: string;
  readonly stage: Stage;
}

export const test = base.extend<Fixtures>({
  secretService: ['unlocked', { option: true }],
  caOptions: [{}, { option: true }],

  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from this pattern
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-journey-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },

  stage: async ({ folder, secretService, caOptions }, use) => {
    const localCa = await startLocalCa({ demoPerson: true, ...caOptions });
    const session = await SessionBus.start({ secretService });
    const opened: OpenWallet[] = [];
    try {
      await use(setStage({ folder, localCa, session, opened }));
    } finally {
      for (const wallet of opened) await wallet.app.close();
      await session.stop();
      await localCa.ca.stop();
    }
  },
});

export { expect } from 'playwright/test';

interface Props {
  /** Of one person: what is in it is theirs. */
  readonly folder: string;
  readonly localCa: LocalCa;
  readonly session: SessionBus;
  /** Who takes the stage down closes these. */
  readonly opened: OpenWallet[];
}

export function setStage({ folder, localCa, session, opened }: Props): Stage {
  const userData = join(folder, 'wallet');
  return {
    localCa,
    session,
    userData,
    open: async ({ parameters = [], withLocalCa = true, env = {} } = {}) => {
      const handed = withLocalCa ? [await handOver(folder, localCa)] : [];
      const { app, page } = await launchWallet({
        env: { ...session.env, ...env },
        userData,
        parameters: [...handed, ...parameters],
      });
      const wallet: OpenWallet = {
        app,
        page,
        screens: new Screens(page),
        kill: async () => {
          opened.splice(opened.indexOf(wallet), 1);
          await kill(app);
        },
      };
      opened.push(wallet);
      return wallet;
    },
    code: () => codeOf(localCa),
    signIn: (token) =>
      signInWithChromium({
        url: localCa.ca.probeUrl,
        home: session.home,
        issuerCommonName: 'Local CA Issuer',
        serverRoot: localCa.ca.rootPem,
        ...(token && { token }),
      }),
  };
}

async function handOver(folder: string, localCa: LocalCa): Promise<string> {
  const path = join(folder, 'hand-over.json');
  const handed = { profile: await localCa.profile(), invitation: localCa.invite(person) };
  await writeFile(path, JSON.stringify(handed), { mode: 0o600 });
  return `--local-ca=${path}`;
}

/** The code that the demo person's authenticator app shows now. */
export async function codeOf(localCa: LocalCa): Promise<string> {
  const { ca } = localCa;
  const { code } = await currentCode(ca.people.totpSetup(idOf(localCa)), new Date());
  return code;
}

async function kill(app: ElectronApplication): Promise<void> {
  const gone = new Promise<void>((resolve) => app.process().once('exit', () => resolve()));
  app.process().kill('SIGKILL');
  await gone;
}

/** A code of the right form that is not the right one. */
export function wrongCode(code: string): string {
  return code.replace(/\d$/, (digit) => String((Number(digit) + 5) % 10));
}

/** Who the organisation has under the address, by which the CA keeps what is theirs. */
export function idOf({ ca }: LocalCa, email = person): string {
  const registered = ca.people.findByEmail(email);
  if (registered === undefined) throw new Error(`${email} is not registered`);
  return registered.id;
}

/** From the first screen to the field for the code. */
export async function reachProof(wallet: OpenWallet): Promise<void> {
  await wallet.screens.welcome.tryLocalCa.click();
  await wallet.screens.organization.accept.click();
  await ask(wallet, offer);
  await wallet.screens.prove.code.waitFor();
}

/** Asks for a credential whose key is made wherever the wallet proposes. */
export async function ask({ screens }: OpenWallet, name: string): Promise<void> {
  await screens.choose.offer(name).check();
  await screens.choose.start.click();
}

/** From the end of one enrolment to the beginning of the next. */
export async function askForMore(wallet: OpenWallet, name: string): Promise<void> {
  const { install, home } = wallet.screens;
  await install.done.click();
  await home.getCredential.click();
  await ask(wallet, name);
}
