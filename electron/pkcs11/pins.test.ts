import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { Login, TokenReference } from './token-access.ts';

const deep = { tags: ['deep'] };

const right = '123456';
const newId = (): string => randomBytes(20).toString('hex');
const login = (pin: string | null, more: Partial<Login> = {}): Login => ({
  pin: pin === null ? null : pinOf(pin),
  acceptFinalTry: false,
  hold: { seconds: 60, uses: 100 },
  ...more,
});

let hsm: SoftHsm;
let shim: Pkcs11Shim;
let world: TokenWorld;
let token: TokenReference;

beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  shim = await Pkcs11Shim.around(hsm);
  world = new TokenWorld({ modulePaths: [shim.modulePath], env: {}, padPatience: 1_000 });
  token = await world.reference();
});
/** Nobody is logged in, and the token is as it was. */
afterEach(async () => {
  shim.reset();
  await world.tokens.logout(token);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await shim.stop();
  await hsm.stop();
});

describe('a PIN typed here', () => {
  it('stops before the last try, and locks only with consent', async () => {
    shim.lockAfter(3);
    const { tokens } = world;
    const wrong = (more: Partial<Login> = {}) => tokens.login(token, login('999999', more));
    await expect(wrong()).rejects.toMatchObject({ reason: 'pin-incorrect' });
    await expect(wrong()).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'final-try', isLoggedIn: false });
    shim.recordCalls();
    await expect(tokens.login(token, login(right))).rejects.toMatchObject({
      reason: 'final-try',
    });
    expect(shim.calls.filter((call) => call.startsWith('C_Login'))).toEqual([]);
    await expect(wrong({ acceptFinalTry: true })).rejects.toMatchObject({ reason: 'pin-locked' });
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'locked' });
    await expect(tokens.login(token, login(right))).rejects.toMatchObject({
      reason: 'pin-locked',
    });
    await expect.poll(() => world.tokens.modules[0]?.readers[0]?.token?.pin).toBe('locked');
  });

  it('is wiped by whoever got it, right or wrong', async () => {
    for (const text of ['999999', right]) {
      const pin = pinOf(text);
      await world.tokens.login(token, { ...login(null), pin }).catch((error: unknown) => error);
      expect(pin.every((octet) => octet === 0)).toBe(true);
    }
  });

  it('is empty, and no try is spent on it', async () => {
    shim.recordCalls();
    await expect(world.tokens.login(token, login(''))).rejects.toMatchObject({
      reason: 'pin-invalid',
    });
    expect(shim.calls.some((call) => call.startsWith('C_Login'))).toBe(false);
  });

  it('is in nothing that the process said or that was reported', async () => {
    const { tokens } = world;
    const errors: unknown[] = [];
    const keep = (error: unknown): unknown => errors.push(error);
    await tokens.login(token, login('918273')).catch(keep);
    await tokens.login(token, login(right));
    await tokens.sign({ token, id: newId() }, { type: 'P-256', data: pinOf('x') }).catch(keep);
    const change = { current: pinOf('918273'), next: pinOf('645372'), acceptFinalTry: false };
    await tokens.changePin(token, change).catch(keep);
    shim.when('C_Login', { moment: 'before', then: 'crash' });
    await tokens.logout(token);
    await tokens.login(token, login('918273')).catch(keep);
    expect(errors).toHaveLength(4);
    const everything = [
      ...[world.launcher.said, world.reports, tokens.modules, errors].map((each) =>
        inspected(each),
      ),
    ].join('\n');
    for (const pin of ['918273', '645372', right]) expect(everything).not.toContain(pin);
    expect(everything).toContain('pin-incorrect');
  });

  it('is needed for a key, and for its use', async () => {
    const { tokens } = world;
    const id = newId();
    const key = { type: 'P-256', id, label: 'k' } as const;
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    const needed = { reason: 'pin-needed', facts: { token: 'work' } };
    await expect(tokens.generateKeyPair(token, key)).rejects.toMatchObject(needed);
    await tokens.login(token, login(right));
    await tokens.generateKeyPair(token, key);
    await expect(tokens.generateKeyPair(token, key)).rejects.toMatchObject({
      reason: 'refused',
    });
    await tokens.logout(token);
    await expect(tokens.sign({ token, id }, request)).rejects.toMatchObject(needed);
    await expect(tokens.remove({ token, id })).rejects.toMatchObject(needed);
  });

  it('holds for as many uses and as long as was said', deep, async () => {
    const { tokens } = world;
    const key = { token, id: newId() };
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    await tokens.login(token, login(right, { hold: { seconds: 60, uses: 2 } }));
    await tokens.generateKeyPair(token, { type: 'P-256', id: key.id, label: 'k' });
    await tokens.sign(key, request);
    await tokens.sign(key, request);
    await expect(tokens.sign(key, request)).rejects.toMatchObject({ reason: 'pin-needed' });
    await tokens.login(token, login(right, { hold: { seconds: 0.5, uses: 100 } }));
    await expect.poll(async () => (await tokens.lockOf(token)).isLoggedIn).toBe(false);
  });

  it('is asked for each use of a key that wants it so', deep, async () => {
    shim.alwaysAuthenticate();
    const { tokens } = world;
    const key = { token, id: newId() };
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    await tokens.login(token, login(right));
    const made = await tokens.generateKeyPair(token, { type: 'P-256', id: key.id, label: 'k' });
    expect(made.alwaysAuthenticate).toBe(true);
    const withPin = (pin: string) =>
      tokens.sign(key, { ...request, authentication: { pin: pinOf(pin), acceptFinalTry: false } });
    await expect(tokens.sign(key, request)).rejects.toMatchObject({ reason: 'pin-needed' });
    await expect(withPin('999999')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(await withPin(right)).toHaveLength(64);
    expect(await withPin(right)).toHaveLength(64);
  });

  it('is refused while another program is logged in', deep, async () => {
    shim.otherProgramLoggedIn();
    await expect(world.tokens.login(token, login(right))).rejects.toMatchObject({
      reason: 'busy',
      facts: { detail: 'CKR_USER_ANOTHER_ALREADY_LOGGED_IN' },
    });
  });
});

describe('a PIN typed on the reader', () => {
  it('logs in with a NULL PIN, while the process goes on', async () => {
    shim.pinPad({ does: 'type', pin: right, after: 300 });
    expect(await world.tokens.lockOf(token)).toMatchObject({ login: 'pin-pad' });
    await world.tokens.login(token, login(null));
    expect(await world.tokens.lockOf(token)).toMatchObject({ isLoggedIn: true });
  });

  it('tells a cancelled one from one that nobody typed', deep, async () => {
    shim.pinPad({ does: 'cancel' });
    await expect(world.tokens.login(token, login(null))).rejects.toMatchObject({
      reason: 'pin-cancelled',
    });
    shim.pinPad({ does: 'time-out', after: 1_500 });
    await expect(world.tokens.login(token, login(null))).rejects.toMatchObject({
      reason: 'pin-timed-out',
    });
  });

  it('is not what a token without a pad is asked for', async () => {
    await expect(world.tokens.login(token, login(null))).rejects.toMatchObject({
      reason: 'pin-needed',
    });
  });
});

describe('a PIN for the token that was shown', () => {
  const shown = async (label: string, serial: string): Promise<TokenReference> => {
    shim.writtenOn({ label, serial });
    await world.tokens.refresh();
    return world.reference(label);
  };
  const logins = (): readonly string[] => shim.calls.filter((call) => call.startsWith('C_Login'));

  it('does not go to another that took its place unseen', deep, async () => {
    const { tokens } = world;
    const one = await shown('chip one', '');
    const { sighting } = await tokens.lockOf(one);
    expect(sighting.identity).toMatchObject({ label: 'chip one', serial: '' });
    shim.recordCalls();
    shim.writtenOn({ label: 'chip two' });
    // Whether it was noticed by then or not.
    const reason = expect.stringMatching(/^(removed|not-present)$/) as string;
    const trying = tokens.login(one, login(right, { sighting }));
    await expect(trying).rejects.toMatchObject({ reason });
    expect(logins()).toEqual([]);
  });

  it('does not go to one that only has the same number', async () => {
    const { tokens } = world;
    const one = await shown('chip one', '77');
    const { sighting } = await tokens.lockOf(one);
    await shown('chip two', '77');
    shim.recordCalls();
    const trying = tokens.login(one, login(right, { sighting }));
    await expect(trying).rejects.toMatchObject({ reason: 'removed', facts: { token: 'chip one' } });
    expect(logins()).toEqual([]);
    const now = (await tokens.lockOf(one)).sighting;
    expect(now.identity.label).toBe('chip two');
    await tokens.login(one, login(right, { sighting: now }));
    expect(logins()).toHaveLength(1);
  });

  it('can be shown again when something else is written on it', deep, async () => {
    const { tokens } = world;
    const one = await shown('before', '77');
    shim.writtenOn({ label: 'after' });
    expect((await tokens.lockOf(one)).sighting.identity.label).toBe('after');
  });
});

describe('changing and unblocking', () => {
  const change = (current: string, next: string) => ({
    ...{ current: pinOf(current), next: pinOf(next) },
    acceptFinalTry: false,
  });

  it('changes a PIN, by the old one', async () => {
    const { tokens } = world;
    const changing = (...pins: readonly [string, string]) =>
      tokens.changePin(token, change(...pins));
    await expect(changing('000000', '222222')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    await expect(changing(right, '2')).rejects.toMatchObject({ reason: 'pin-invalid' });
    await changing(right, '222222');
    await expect(tokens.login(token, login(right))).rejects.toMatchObject({
      reason: 'pin-incorrect',
    });
    await tokens.login(token, login('222222'));
    await changing('222222', right);
  });

  it('unblocks a locked PIN by the PUK', async () => {
    const { tokens } = world;
    shim.lockAfter(2);
    shim.setWrongPins(2);
    expect(await tokens.lockOf(token)).toMatchObject({ pin: 'locked' });
    const unblock = (puk: string) => tokens.unblockPin(token, change(puk, '333333'));
    await expect(unblock('00000000')).rejects.toMatchObject({ reason: 'puk-incorrect' });
    await unblock('87654321');
    await tokens.login(token, login('333333'));
    await tokens.changePin(token, change('333333', right));
  });

  // CKF_SO_PIN_FINAL_TRY and CKF_SO_PIN_LOCKED.
  it.each([
    [0x200000, 'puk-final-try'],
    [0x400000, 'puk-locked'],
  ])('tells the PUK from the PIN: %i', async (flags, reason) => {
    const { tokens } = world;
    shim.tokenFlags(flags);
    shim.recordCalls();
    await expect(tokens.unblockPin(token, change('87654321', '333333'))).rejects.toMatchObject({
      reason,
    });
    expect(shim.calls.filter((call) => call.startsWith('C_Login'))).toEqual([]);
  });

  it('leaves nobody logged in where the module does not log out the officer', deep, async () => {
    const { tokens } = world;
    shim.answer('C_Logout', 0x06);
    await tokens.unblockPin(token, change('87654321', '333333'));
    await tokens.login(token, login('333333'));
    shim.answer('C_Logout', null);
    await tokens.changePin(token, change('333333', right));
  });
});

function inspected(value: unknown): string {
  const seen = (_name: string, each: unknown): unknown => {
    if (each instanceof Uint8Array) return Buffer.from(each).toString('latin1');
    if (!(each instanceof Error)) return each;
    return [each.message, each.stack, Object.entries(each), each.cause];
  };
  return JSON.stringify(value, seen);
}
