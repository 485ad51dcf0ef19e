// The journey of `npm start -- --demo`: from the invitation to a browser that signs in, with nobody at the keyboard.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import { currentCode } from '../ca/portal/authenticator.ts';
import { startLocalCa, type LocalCa } from '../ca/portal/local-ca.ts';
import { SessionBus } from '../electron/testing/session-bus.ts';
import { signInWithChromium } from './chromium-sign-in.ts';
import { Screens } from './screens/screens.ts';
import { launchWallet } from './wallet-app.ts';

const email = 'alex@example.test';
const offer = 'Wi-Fi and VPN';
const issuerCommonName = 'Local CA Issuer';
const patience = 90_000;
const pictures = join(dirname(dirname(fileURLToPath(import.meta.url))), 'demo-output');

/** What one run has at hand; everything in it is gone afterwards, but for the pictures. */
interface Stage {
  readonly folder: string;
  readonly localCa: LocalCa;
  readonly session: SessionBus;
}

async function demo(): Promise<void> {
  await rm(pictures, { recursive: true, force: true });
  await mkdir(pictures);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-demo-'));
  tell('starting the local CA, with everything in memory');
  const localCa = await startLocalCa({ demoPerson: true });
  const session = await SessionBus.start({ secretService: 'unlocked' });
  try {
    await journey({ folder, localCa, session });
  } finally {
    await session.stop();
    await localCa.ca.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function journey(stage: Stage): Promise<void> {
  await refuseStranger(stage);
  const handOver = join(stage.folder, 'hand-over.json');
  const { localCa, session } = stage;
  const handed = { profile: await localCa.profile(), invitation: localCa.invite(email) };
  await writeFile(handOver, JSON.stringify(handed), { mode: 0o600 });
  tell('opening the wallet in a home of its own');
  const { app, page } = await launchWallet({
    env: session.env,
    userData: join(stage.folder, 'wallet'),
    parameters: [`--local-ca=${handOver}`],
  });
  try {
    page.setDefaultTimeout(patience);
    await enroll(page, localCa);
  } catch (error) {
    await page.screenshot({ path: join(pictures, 'failed.png') });
    tell('this is how far it came  → demo-output/failed.png');
    throw error;
  } finally {
    await app.close();
  }
  await signIn(stage);
}

/** Otherwise the last step would prove nothing. */
async function refuseStranger({ folder, localCa }: Stage): Promise<void> {
  const { status } = await visitProbe(localCa, join(folder, 'stranger'));
  if (status !== 403) throw new Error(`the test page let a stranger in (${status})`);
  tell('Chromium without a certificate was refused, as it should be');
}

async function enroll(page: Page, { ca }: LocalCa): Promise<void> {
  const { welcome, organization, choose, prove, progress, install, home, credential } = new Screens(
    page,
  );
  const picture = pictureTaker(page);
  await picture('welcome', welcome.title, 'the wallet is open');
  await welcome.tryLocalCa.click();
  await organization.vouchedByLocalCa.waitFor();
  await picture('organization', organization.title, 'the wallet shows who it is and who vouches');
  await organization.accept.click();
  await choose.offer(offer).check();
  await picture('choose', choose.title, `“${offer}” is chosen`);
  await choose.start.click();
  await picture(
    'prove',
    prove.code,
    'key made, account bound, order placed; the CA asks for a code',
  );
  // Held, so that there is something to see: the local CA is done before one can look.
  const finalize = ca.faults.arm({ kind: 'hold', resource: 'finalize' });
  await prove.answer(await oneTimeCode(ca));
  await finalize.reached;
  await picture(
    'progress',
    progress.working,
    'the code was right; the certificate is being issued',
  );
  finalize.release();
  await install.provenByMutualTls.first().waitFor();
  await picture('install', install.ready, 'installed, and proven by a signature and by mutual TLS');
  await install.done.click();
  await picture('home', home.fine, 'everything is fine');
  await home.credential(offer).click();
  await credential.history.waitFor();
  await picture('credential', credential.title(offer), 'the credential, and what was done with it');
}

/** What Alex's authenticator app shows. */
async function oneTimeCode({ people }: LocalCa['ca']): Promise<string> {
  const person = people.findByEmail(email);
  if (person === undefined) throw new Error(`${email} is not registered`);
  const { code } = await currentCode(people.totpSetup(person.id), new Date());
  tell('typing the one-time code that the authenticator app shows');
  return code;
}

/** Chromium is not ours: what it says is the proof. */
async function signIn({ localCa, session }: Stage): Promise<void> {
  const screenshot = join(pictures, '09-signed-in.png');
  const { status, body } = await visitProbe(localCa, session.home, screenshot);
  if (status !== 200 || !body.includes(email)) {
    throw new Error(`Chromium was not signed in (${status}): ${body}`);
  }
  tell(`Chromium opened ${localCa.ca.probeUrl} with the new certificate: “${lastLine(body)}”`);
  console.log(
    `Proven: a certificate for ${email} was issued by ACME with a one-time code, installed where Chromium ` +
      `finds it, and Chromium signed in with it by mutual TLS. Pictures are in demo-output/.`,
  );
}

function visitProbe({ ca }: LocalCa, home: string, screenshot?: string) {
  return signInWithChromium({
    url: ca.probeUrl,
    home,
    issuerCommonName,
    serverRoot: ca.rootPem,
    ...(screenshot !== undefined && { screenshot }),
  });
}

/** Waits for what makes a screen that screen, says so, and keeps a numbered picture of it. */
function pictureTaker(page: Page) {
  let number = 0;
  return async (name: string, sign: Locator, words = name): Promise<void> => {
    await sign.waitFor();
    number += 1;
    const file = `${String(number).padStart(2, '0')}-${name}.png`;
    await page.screenshot({ path: join(pictures, file), animations: 'disabled' });
    tell(`${words}  → demo-output/${file}`);
  };
}

const started = performance.now();

function tell(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

try {
  await demo();
} catch (error) {
  console.error(error);
  tell('the journey did not come to its end');
  process.exitCode = 1;
}
