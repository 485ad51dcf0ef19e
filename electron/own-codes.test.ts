import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CodeChallengeView } from '../shared/enrollment-state.ts';
import {
  organizationId,
  reached,
  request,
  World,
  type Process,
} from './testing/enrollment-world.ts';
import { pageOf, type Page } from './testing/wired-process.ts';

// A CA, and an enrolment in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let process: Process;
let page: Page;
let allowed: boolean;

beforeEach(async () => {
  world = await World.start();
  allowed = true;
  world.mayMakeCodes = () => Promise.resolve(allowed);
  process = await world.joined();
  page = pageOf(process);
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const done = { ok: true, value: undefined };
const octets = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const keep = (text: string) =>
  page.ask('organization/keepAuthenticator', { organizationId, uri: octets(text) });
const standing = () => page.snapshot()?.organizations[0]?.ownAuthenticator ?? 'not told';
const setup = () => world.ca.people.totpSetup(world.personId);

/** An enrolment that waits for a code, by the page. */
async function asked() {
  const started = await page.ask('enrollment/start', request);
  if (!started.ok) throw new Error(started.failure.code);
  const { enrollmentId } = started.value as { readonly enrollmentId: string };
  const { authorizations } = await reached(
    process,
    enrollmentId,
    'proving',
    ({ sending }) => !sending,
  );
  const challenge = authorizations[0]?.challenges.find(
    (each): each is CodeChallengeView => each.kind === 'code',
  );
  if (challenge === undefined) throw new Error('no code is asked for');
  const { challengeId } = challenge;
  const answer = () =>
    page.ask('enrollment/answer', { enrollmentId, challengeId, answer: { by: 'own-code' } });
  return { enrollmentId, challenge, answer };
}

describe('codes that the wallet makes itself', () => {
  it('prove to the CA who somebody is, from the set-up that its portal shows, and are told to nobody', async () => {
    await expect.poll(standing).toBe('possible');
    const { uri, secret } = setup();
    const pasted = octets(uri);
    const request = { organizationId, uri: pasted };
    expect(await page.ask('organization/keepAuthenticator', request)).toEqual(done);
    expect(pasted.every((octet) => octet === 0)).toBe(true);
    await expect.poll(standing).toBe('kept');
    const { enrollmentId, challenge, answer } = await asked();
    expect(challenge.ownAuthenticator).toBe(true);
    expect(await answer()).toEqual(done);
    await reached(process, enrollmentId, 'done');
    const said = JSON.stringify(page.heard);
    for (const hidden of [secret, uri, `"${world.code()}"`]) expect(said).not.toContain(hidden);
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(1);
  });

  it('prove it by the secret alone as well, until it is forgotten', async () => {
    expect(await keep(setup().secret.toLowerCase().replaceAll(/.{4}/g, '$& '))).toEqual(done);
    const first = await asked();
    expect(await first.answer()).toEqual(done);
    await reached(process, first.enrollmentId, 'done');
    expect(await page.ask('organization/forgetAuthenticator', { organizationId })).toEqual(done);
    await expect.poll(standing).toBe('possible');
    const second = await asked();
    expect(second.challenge).not.toHaveProperty('ownAuthenticator');
    expect(await second.answer()).toMatchObject({ ok: false });
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(1);
  });

  it('are made by no text that is no set-up, and the page is told so', async () => {
    const refused = { ok: false, failure: { code: 'authenticator', reason: 'unreadable' } };
    for (const text of ['hunter2', 'otpauth://totp/x?secret=AAAA', 'https://evil.example/']) {
      expect(await keep(text)).toEqual(refused);
    }
    await expect.poll(standing).toBe('possible');
  });

  it('are made for no organisation that was not joined', async () => {
    const uri = octets(setup().uri);
    const request = { organizationId: 'nobody', uri };
    expect(await page.ask('organization/keepAuthenticator', request)).toEqual({
      ok: false,
      failure: { code: 'not-found' },
    });
  });

  it('are not made once the policy does not allow them any more, and the page hears of it', async () => {
    await keep(setup().uri);
    await expect.poll(standing).toBe('kept');
    const { answer } = await asked();
    allowed = false;
    expect(await keep(setup().uri)).toEqual({
      ok: false,
      failure: { code: 'authenticator', reason: 'not-allowed' },
    });
    await expect.poll(standing).toBe('unused');
    expect(await answer()).toMatchObject({ ok: false });
    expect(world.ca.requestLog.count({ resource: 'challenge', method: 'POST' })).toBe(0);
    // What is kept can go all the same.
    expect(await page.ask('organization/forgetAuthenticator', { organizationId })).toEqual(done);
    await expect.poll(standing).toBe('not told');
    expect(process.wallet.authenticators.find(organizationId)).toBeUndefined();
  });

  it('are written down when they are set up and when they are forgotten, once each, and without the secret', async () => {
    await keep('hunter2');
    await keep(setup().uri);
    const forget = () => page.ask('organization/forgetAuthenticator', { organizationId });
    expect(await forget()).toEqual(done);
    expect(await forget()).toEqual(done);
    const written = process.wallet.activity
      .entries({ organizationId })
      .filter(({ event }) => event.startsWith('authenticator-'));
    expect(written.map(({ event }) => event)).toEqual([
      ...['authenticator-forgotten', 'authenticator-kept'],
    ]);
    expect(JSON.stringify(written)).not.toContain(setup().secret);
  });
});
