import { verify, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TokenView } from '../../shared/models/token.ts';
import { SmartCardReader } from '../testing/tokens/smart-card-reader.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { TokenReference } from './token-access.ts';

// OpenSC takes its time with a card, the more so on a busy machine.
const timeout = 180_000;
const data = Buffer.from('what is signed');
const hold = { seconds: 600, uses: 100 };

let reader: SmartCardReader;
let world: TokenWorld;
let token: TokenReference;
beforeAll(async () => {
  reader = await SmartCardReader.start();
  world = new TokenWorld({ modulePaths: [reader.modulePath], env: reader.env });
  await world.tokens.watch();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await reader.stop();
});

const logIn = (pin: string, acceptFinalTry = false): Promise<void> =>
  world.tokens.login(token, { pin: pinOf(pin), acceptFinalTry, hold });
const shown = (): TokenView | null | undefined => world.tokens.modules[0]?.readers[0]?.token;
const patiently = { timeout: timeout / 2 };

describe('a PIV card, by OpenSC', { timeout }, () => {
  it('is told of when it is put in', async () => {
    expect(world.tokens.modules).toMatchObject([{ status: 'ready' }]);
    expect(shown()).toBe(null);
    await reader.insert();
    await expect.poll(shown, patiently).toMatchObject({ isInitialized: true });
    token = world.tokens.referenceOf(shown()?.tokenId ?? '');
  });

  it('shows its keys, and makes none, whatever the mechanisms say', () => {
    expect(shown()).toMatchObject({
      ...{ kind: 'token', login: 'pin', pin: 'ok', makes: [] },
      signs: expect.arrayContaining(['P-256', 'RSA-2048']) as string[],
    });
    const { keys = [], certificates = [] } = shown() ?? {};
    expect(new Map(keys.map(({ keyId, type }) => [keyId, type]))).toEqual(
      new Map([
        ['01', 'P-256'],
        ['02', 'RSA-2048'],
      ]),
    );
    expect(new Map(certificates.map(({ keyId, subject }) => [keyId, subject]))).toEqual(
      new Map([
        ['01', 'CN=Card key 9A'],
        ['02', 'CN=Card key 9C'],
      ]),
    );
  });

  it('stops before the last try, which OpenSC tells of, and forgets wrong PINs after the right one', async () => {
    const { tokens } = world;
    await expect(logIn('000000')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(reader.card.pinTriesLeft).toBe(2);
    // OpenSC does not know how many there were, and so says nothing of the first.
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'ok', isLoggedIn: false });
    await expect(logIn('000000')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'final-try' });
    await expect(logIn(reader.pin)).rejects.toMatchObject({ reason: 'final-try' });
    expect(reader.card.pinTriesLeft).toBe(1);
    await logIn(reader.pin, true);
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'ok', isLoggedIn: true });
    expect(reader.card.pinTriesLeft).toBe(3);
  });

  it('signs with the key that one login is for', async () => {
    const signature = await world.tokens.sign({ token, id: '01' }, { type: 'P-256', data });
    expect(isSignature('9a', signature)).toBe(true);
    expect(await world.tokens.findKey({ token, id: '01' })).toMatchObject({
      alwaysAuthenticate: false,
    });
  });

  it('signs with the key that wants the PIN each time, and not without', async () => {
    const key = { token, id: '02' };
    expect(await world.tokens.findKey(key)).toMatchObject({ alwaysAuthenticate: true });
    await expect(world.tokens.sign(key, { type: 'RSA-2048', data })).rejects.toMatchObject({
      reason: 'pin-needed',
    });
    const withPin = (pin: string) =>
      world.tokens.sign(key, {
        ...{ type: 'RSA-2048', data },
        authentication: { pin: pinOf(pin), acceptFinalTry: false },
      });
    await expect(withPin('000000')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    // A wrong PIN ends the login that was there.
    await expect(withPin(reader.pin)).rejects.toMatchObject({ reason: 'pin-needed' });
    await logIn(reader.pin);
    for (let round = 0; round < 2; round += 1) {
      expect(isSignature('9c', await withPin(reader.pin))).toBe(true);
    }
  });

  it('makes no key, and says so', async () => {
    const wish = { type: 'P-256', id: 'ab', label: 'k' } as const;
    await expect(world.tokens.generateKeyPair(token, wish)).rejects.toMatchObject({
      reason: 'not-supported',
    });
  });

  it('is told of when it is pulled out, and put in again', async () => {
    // OpenSC 0.23 does not come back from a call that the card was pulled out under: nothing is going on after this.
    await world.tokens.refresh();
    await reader.remove();
    await expect.poll(shown, patiently).toBe(null);
    await reader.insert();
    await expect.poll(() => world.tokens.tokenIdOf(token), patiently).not.toBe(null);
    await expect(
      world.tokens.sign({ token, id: '01' }, { type: 'P-256', data }),
    ).rejects.toMatchObject({ reason: 'pin-needed' });
  });
});

function isSignature(slot: '9a' | '9c', signature: Uint8Array): boolean {
  const key = new X509Certificate(reader.card.certificate(slot) ?? '').publicKey;
  return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
