import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Browser, BrowserContext, Page } from 'playwright';
import { beforeAll, describe, expect, test } from 'vitest';
import { thumbprintOf } from '../account-key.ts';
import { AcmeClient } from '../testing/acme-client.ts';
import type { ChallengeObject } from '../testing/acme-client.ts';
import { readRegistration } from '../passkeys/responses.ts';
import { openChromium, violationsOf } from '../testing/browser.ts';
import { placeOrder } from '../testing/enrollment.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';
import { passkeyWordsOf } from './passkey-words.ts';

let localCa: LocalCa;
let browser: Browser;

beforeAll(async () => {
  localCa = await startLocalCa({ demoPerson: true });
  // WebAuthn wants a page without certificate errors: the CA's issuer is trusted by its key, nothing else is.
  const { publicKey } = new X509Certificate(localCa.ca.issuerPem);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(spki).digest('base64');
  browser = await openChromium(`--ignore-certificate-errors-spki-list=${pin}`);
  return async () => {
    await browser.close();
    await localCa.ca.stop();
  };
});

type Kind = 'platform' | 'roaming';

type Screen = { readonly page: Page; readonly context: BrowserContext };

async function openScreen(kind: Kind, colorScheme: 'light' | 'dark' = 'light'): Promise<Screen> {
  const context = await browser.newContext({ colorScheme, locale: 'en' });
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('WebAuthn.enable', { enableUI: false });
  await devTools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: kind === 'platform' ? 'internal' : 'usb',
      hasResidentKey: kind === 'platform',
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { page, context };
}

const alex = () => {
  const person = localCa.ca.people.findByEmail('alex@example.test');
  if (person === undefined) throw new Error('the demo person is missing');
  return person;
};

async function register(page: Page, name: string): Promise<void> {
  const { token } = localCa.ca.passkeyDesk.makeLink(alex().id);
  await page.goto(`${localCa.ca.origin}/portal/register/${token}`);
  await page.getByLabel('Name of the passkey').fill(name);
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByRole('heading', { name: 'The passkey is registered' }).waitFor();
}

type Asked = { readonly client: AcmeClient; readonly challenge: PasskeyChallenge };
type PasskeyChallenge = ChallengeObject & {
  readonly publicKey: Readonly<Record<string, unknown>>;
  readonly webauthnUrl: string;
};

async function ask(): Promise<Asked> {
  const client = await AcmeClient.connect(localCa.ca);
  await client.register(localCa.ca.people.invite({ for: { personId: alex().id } }));
  const { order } = await placeOrder(client);
  const challenge = (await client.challenge(order, 'ppkp-01')) as PasskeyChallenge;
  return { client, challenge };
}

function codeOf(client: AcmeClient): string {
  return thumbprintOf(createPublicKey({ key: { ...client.keys.jwk }, format: 'jwk' })).slice(0, 8);
}

const { sameCode, matchingCode } = passkeyWordsOf.en;

/** The window is the wallet's own: it shows no second code with which one could be compared. */
async function expectNoCode(page: Page, code: string): Promise<void> {
  const shown = await page.locator('main').innerText();
  expect(shown).toContain(new URL(localCa.ca.origin).host);
  for (const part of [code.slice(0, 4), sameCode, matchingCode]) expect(shown).not.toContain(part);
}

type Opening = {
  readonly publicKey: unknown;
  readonly code: string;
  readonly state?: string;
  readonly returnTo: string;
};

function fragment({ publicKey, code, state = 'st4te', returnTo }: Opening): string {
  const request = Buffer.from(JSON.stringify({ publicKey, code, state })).toString('base64url');
  return `#request=${request}&return=${encodeURIComponent(returnTo)}`;
}

type Delivery = {
  readonly contentType: string;
  readonly origin: string | undefined;
  readonly body: string;
};

/** A wallet's ear on the loopback, which takes one answer from the pages of one CA. */
async function listen(options: { readonly cors: boolean }) {
  const deliveries: Delivery[] = [];
  const server = createServer((request, response) => {
    if (options.cors) {
      response.setHeader('Access-Control-Allow-Origin', localCa.ca.origin);
      response.setHeader('Access-Control-Allow-Headers', 'Content-Type');
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    if (request.method !== 'POST') {
      response.writeHead(options.cors ? 204 : 403).end();
      return;
    }
    void take(request).then(() => response.end('Taken.'));
  });
  async function take(request: IncomingMessage): Promise<void> {
    const contentType = request.headers['content-type'] ?? '';
    const { origin } = request.headers;
    deliveries.push({ contentType, origin, body: await text(request) });
  }
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    deliveries,
    returnTo: `http://127.0.0.1:${port}/s3cret-path`,
    close: () => server.close(),
  };
}

type Answered = { readonly state?: string; readonly credential?: unknown; readonly error?: string };
const parsed = (body = '{}'): Answered => JSON.parse(body) as Answered;

describe('in a browser with an authenticator', { timeout: 180_000 }, () => {
  for (const kind of ['platform', 'roaming'] as const) {
    const tags = kind === 'platform' ? [] : ['deep'];
    const title = `a ${kind} passkey is registered by a link and answers a challenge through the loopback`;
    test(title, { tags }, async () => {
      const { page, context } = await openScreen(kind);
      await register(page, `My ${kind} key`);
      expect(localCa.ca.people.credentials.passkeysOf(alex().id).at(-1)).toMatchObject({
        name: `My ${kind} key`,
        transports: [kind === 'platform' ? 'internal' : 'usb'],
      });
      const wallet = await listen({ cors: true });
      const { client, challenge } = await ask();
      const code = codeOf(client);
      const opening = { publicKey: challenge.publicKey, code, returnTo: wallet.returnTo };
      await page.goto(challenge.webauthnUrl + fragment(opening));
      await page.getByText(`${code.slice(0, 4)} ${code.slice(4)}`).waitFor();
      await page.getByText(sameCode).waitFor();
      expect(await page.getByText(new URL(localCa.ca.origin).host).isVisible()).toBe(true);
      expect(page.url()).toBe(challenge.webauthnUrl);
      await page.getByRole('button', { name: 'Use the passkey' }).click();
      await page.getByText('Your wallet has it.').waitFor();
      expect(wallet.deliveries).toHaveLength(1);
      const [delivery] = wallet.deliveries;
      expect(delivery?.origin).toBe(localCa.ca.origin);
      const { state, credential } = parsed(delivery?.body);
      expect(state).toBe('st4te');
      const reply = await client.post(challenge.url, { credential });
      expect(reply.body).toMatchObject({ status: 'valid' });
      wallet.close();
      client.close();
      await context.close();
    });
  }

  test('a passkey is made and used for the window that holds the page', async () => {
    const { page, context } = await openScreen('platform');
    const delivered: Answered[] = [];
    await page.exposeFunction('handOver', (answer: Answered) => void delivered.push(answer));
    await page.addInitScript(() => {
      const { handOver } = globalThis as unknown as { handOver: (answer: unknown) => unknown };
      Object.assign(globalThis, { ceremony: { deliver: handOver } });
    });
    const { client, challenge } = await ask();
    const { publicKey: creation } = localCa.ca.passkeyDesk.begin({
      ...{ person: alex(), holder: 'window' },
    });
    const code = codeOf(client);
    const at = (publicKey: unknown) =>
      challenge.webauthnUrl + fragment({ publicKey, code, returnTo: 'window' });
    await page.goto(at(creation));
    await page.getByRole('heading', { name: 'Make a passkey' }).waitFor();
    await expectNoCode(page, code);
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('Your wallet has it.').waitFor();
    const response = readRegistration(delivered[0]?.credential);
    await localCa.ca.passkeyDesk.finish(
      { person: alex(), holder: 'window' },
      { response, name: 'By the window' },
    );
    const { publicKey } = (await client.get(challenge.url)).body;
    await page.goto('about:blank');
    await page.goto(at(publicKey));
    await page.getByRole('button', { name: 'Use the passkey' }).waitFor();
    await expectNoCode(page, code);
    await page.getByRole('button', { name: 'Use the passkey' }).click();
    await page.getByText('Your wallet has it.').waitFor();
    const reply = await client.post(challenge.url, { credential: delivered[1]?.credential });
    expect(reply.body).toMatchObject({ status: 'valid' });
    client.close();
    await context.close();
  });

  test('when the page may not fetch from the wallet, a form that the person sends gets there', async () => {
    const { page, context } = await openScreen('platform');
    await register(page, 'By a form');
    const wallet = await listen({ cors: false });
    const { client, challenge } = await ask();
    const { publicKey, webauthnUrl } = challenge;
    const opening = { publicKey, code: codeOf(client), returnTo: wallet.returnTo };
    await page.goto(webauthnUrl + fragment(opening));
    await page.getByRole('button', { name: 'Use the passkey' }).click();
    await page.getByRole('button', { name: 'Hand over to the wallet' }).click();
    await page.getByText('Taken.').waitFor();
    const [delivery] = wallet.deliveries;
    expect(delivery).toMatchObject({
      contentType: 'application/x-www-form-urlencoded',
      // The wallet takes nothing of another origin, and without this it would say "null".
      origin: localCa.ca.origin,
    });
    const answer = new URLSearchParams(delivery?.body).get('answer') ?? undefined;
    const { credential } = parsed(answer);
    expect((await client.post(challenge.url, { credential })).body).toMatchObject({
      status: 'valid',
    });
    wallet.close();
    client.close();
    await context.close();
  });

  test('whoever cancels gives the wallet no passkey, and the wallet hears of it', async () => {
    const { page, context } = await openScreen('platform');
    const wallet = await listen({ cors: true });
    const publicKey = { rpId: 'localhost', challenge: 'A'.repeat(43) };
    const opening = { publicKey, code: 'oKIywvGU', returnTo: wallet.returnTo };
    await page.goto(`${localCa.ca.origin}/portal/passkey${fragment(opening)}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing was confirmed.').waitFor();
    expect(parsed(wallet.deliveries[0]?.body)).toEqual({ state: 'st4te', error: 'AbortError' });
    wallet.close();
    await context.close();
  });

  test.each([
    ['another site', 'https://evil.example/collect'],
    ['the CA', '/portal/people'],
    ['a script', 'javascript:alert(1)'],
    ['a window that is none', 'window'],
  ])('what would go to %s is not asked for', async (_who, returnTo) => {
    const { page, context } = await openScreen('platform');
    const publicKey = { rpId: 'localhost', challenge: 'A'.repeat(43) };
    const opening = { publicKey, code: 'oKIywvGU', returnTo };
    await page.goto(`${localCa.ca.origin}/portal/passkey${fragment(opening)}`);
    await page.getByText('This page is opened by a wallet').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    await context.close();
  });

  test('a script that got onto the page could send nothing elsewhere', async () => {
    const { page, context } = await openScreen('platform');
    const reply = await page.goto(`${localCa.ca.origin}/portal/passkey`);
    const policy = reply?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain('connect-src http://127.0.0.1:*');
    expect(policy).toContain('form-action http://127.0.0.1:*');
    expect(policy).not.toContain('unsafe');
    const attempt = await page.evaluate(() =>
      globalThis.fetch('/portal/').then(
        () => 'sent',
        () => 'refused',
      ),
    );
    expect(attempt).toBe('refused');
    await context.close();
  });

  test('a link works once, also when its page is open twice', { tags: ['deep'] }, async () => {
    const { page, context } = await openScreen('platform');
    const { token } = localCa.ca.passkeyDesk.makeLink(alex().id);
    const address = `${localCa.ca.origin}/portal/register/${token}`;
    const before = localCa.ca.people.credentials.passkeysOf(alex().id).length;
    await page.goto(address);
    const other = await openScreen('platform');
    await other.page.goto(address);
    await other.page.getByRole('button', { name: 'Make the passkey' }).click();
    await other.page.getByText('From now on you can prove').waitFor();
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('This link was used already.').waitFor();
    await page.goto(address);
    await page.getByText('This link was used already.').waitFor();
    expect(localCa.ca.people.credentials.passkeysOf(alex().id)).toHaveLength(before + 1);
    await other.context.close();
    await context.close();
  });

  test('the page about a person makes links, and removes what is registered', async () => {
    const { page, context } = await openScreen('platform');
    await page.goto(localCa.portalAddress);
    await page.goto(`${localCa.ca.origin}/portal/people/${alex().id}`);
    await page.getByRole('button', { name: 'Make a registration link' }).click();
    await page.getByRole('img', { name: 'Link as a code to scan with a phone' }).waitFor();
    await page.getByRole('link', { name: 'Open it here' }).click();
    await page.getByLabel('Name of the passkey').fill('To be removed');
    await page.getByRole('button', { name: 'Make the passkey' }).click();
    await page.getByText('From now on you can prove').waitFor();
    await page.goto(`${localCa.ca.origin}/portal/people/${alex().id}`);
    await page.getByRole('button', { name: 'Remove To be removed' }).click();
    await page.getByRole('heading', { name: 'Alex Demo' }).waitFor();
    expect(await page.getByText('To be removed').count()).toBe(0);
    const names = localCa.ca.people.credentials.passkeysOf(alex().id).map(({ name }) => name);
    expect(names).not.toContain('To be removed');
    await context.close();
  });

  for (const scheme of ['light', 'dark'] as const) {
    const tags = scheme === 'light' ? [] : ['deep'];
    test(`no page has an accessibility fault, in ${scheme}`, { tags }, async () => {
      const { page, context } = await openScreen('platform', scheme);
      const { token } = localCa.ca.passkeyDesk.makeLink(alex().id);
      const publicKey = { rpId: 'localhost', challenge: 'A'.repeat(43) };
      const opening = { publicKey, code: 'oKIywvGU', returnTo: 'http://127.0.0.1:1/none' };
      for (const path of [
        `/portal/register/${token}`,
        `/portal/passkey${fragment(opening)}`,
        '/portal/passkey?nothing',
      ]) {
        await page.goto(localCa.ca.origin + path);
        await page.getByRole('heading').first().waitFor();
        expect(await violationsOf(page), path).toEqual([]);
      }
      await context.close();
    });
  }
});
