import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { Login, TokenReference } from './token-access.ts';

const right = '123456';
const newId = (): string => randomBytes(20).toString('hex');
const login = (pin: string | null, more: Partial<Login> = {}): Login => ({
  pin: pin === null ? null : pinOf(pin),
  acceptFinalTry: false,
  hold: { seconds: 60, uses: 100 },
  ...more,
});

interface Stand extends AsyncDisposable {
  readonly shim: Pkcs11Shim;
  readonly world: TokenWorld;
  readonly token: TokenReference;
}

let hsm: SoftHsm;
beforeAll(async () => {
  hsm = await SoftHsm.create('work');
});
afterAll(() => hsm.stop());

/** One process of the module, on a token that all tests of this file share. */
async function stand(prepare: (shim: Pkcs11Shim) => void = () => undefined): Promise<Stand> {
  const shim = await Pkcs11Shim.around(hsm);
  prepare(shim);
  const world = new TokenWorld({ modulePaths: [shim.modulePath], env: {}, padPatience: 1_000 });
  const token = await world.reference();
  const dispose = async (): Promise<void> => {
    await world[Symbol.asyncDispose]();
    await shim.stop();
  };
  return { shim, world, token, [Symbol.asyncDispose]: dispose };
}

describe('a PIN typed here', () => {
  it('stops before the last try, and locks only with consent', async () => {
    await using at = await stand((shim) => {
      shim.lockAfter(3);
    });
    const { tokens } = at.world;
    const wrong = (more: Partial<Login> = {}) => tokens.login(at.token, login('999999', more));
    await expect(wrong()).rejects.toMatchObject({ reason: 'pin-incorrect' });
    await expect(wrong()).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(await tokens.lockOf(at.token)).toMatchObject({ pin: 'final-try', isLoggedIn: false });
    at.shim.recordCalls();
    await expect(tokens.login(at.token, login(right))).rejects.toMatchObject({
      reason: 'final-try',
    });
    expect(at.shim.calls.filter((call) => call.startsWith('C_Login'))).toEqual([]);
    await expect(wrong({ acceptFinalTry: true })).rejects.toMatchObject({ reason: 'pin-locked' });
    expect(await tokens.lockOf(at.token)).toMatchObject({ pin: 'locked' });
    await expect(tokens.login(at.token, login(right))).rejects.toMatchObject({
      reason: 'pin-locked',
    });
    await expect.poll(() => at.world.tokens.modules[0]?.readers[0]?.token?.pin).toBe('locked');
  });

  it('is wiped by whoever got it, right or wrong', async () => {
    await using at = await stand();
    for (const text of ['999999', right]) {
      const pin = pinOf(text);
      await at.world.tokens
        .login(at.token, { ...login(null), pin })
        .catch((error: unknown) => error);
      expect(pin.every((octet) => octet === 0)).toBe(true);
    }
  });

  it('is empty, and no try is spent on it', async () => {
    await using at = await stand();
    at.shim.recordCalls();
    await expect(at.world.tokens.login(at.token, login(''))).rejects.toMatchObject({
      reason: 'pin-invalid',
    });
    expect(at.shim.calls.some((call) => call.startsWith('C_Login'))).toBe(false);
  });

  it('is in nothing that the process said or that was reported', async () => {
    await using at = await stand();
    const { tokens } = at.world;
    const errors: unknown[] = [];
    const keep = (error: unknown): unknown => errors.push(error);
    await tokens.login(at.token, login('918273')).catch(keep);
    await tokens.login(at.token, login(right));
    await tokens
      .sign({ token: at.token, id: newId() }, { type: 'P-256', data: pinOf('x') })
      .catch(keep);
    const change = { current: pinOf('918273'), next: pinOf('645372'), acceptFinalTry: false };
    await tokens.changePin(at.token, change).catch(keep);
    at.shim.when('C_Login', { moment: 'before', then: 'crash' });
    await tokens.logout(at.token);
    await tokens.login(at.token, login('918273')).catch(keep);
    expect(errors).toHaveLength(4);
    const everything = [
      ...[at.world.launcher.said, at.world.reports, tokens.modules, errors].map((each) =>
        inspected(each),
      ),
    ].join('\n');
    for (const pin of ['918273', '645372', right]) expect(everything).not.toContain(pin);
    expect(everything).toContain('pin-incorrect');
  });

  it('is needed for a key, and for its use', async () => {
    await using at = await stand();
    const { tokens } = at.world;
    const id = newId();
    const key = { type: 'P-256', id, label: 'k' } as const;
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    const needed = { reason: 'pin-needed', facts: { token: 'work' } };
    await expect(tokens.generateKeyPair(at.token, key)).rejects.toMatchObject(needed);
    await tokens.login(at.token, login(right));
    await tokens.generateKeyPair(at.token, key);
    await expect(tokens.generateKeyPair(at.token, key)).rejects.toMatchObject({
      reason: 'refused',
    });
    await tokens.logout(at.token);
    await expect(tokens.sign({ token: at.token, id }, request)).rejects.toMatchObject(needed);
    await expect(tokens.remove({ token: at.token, id })).rejects.toMatchObject(needed);
  });

  it('holds for as many uses and as long as was said', async () => {
    await using at = await stand();
    const { tokens } = at.world;
    const key = { token: at.token, id: newId() };
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    await tokens.login(at.token, login(right, { hold: { seconds: 60, uses: 2 } }));
    await tokens.generateKeyPair(at.token, { type: 'P-256', id: key.id, label: 'k' });
    await tokens.sign(key, request);
    await tokens.sign(key, request);
    await expect(tokens.sign(key, request)).rejects.toMatchObject({ reason: 'pin-needed' });
    await tokens.login(at.token, login(right, { hold: { seconds: 0.5, uses: 100 } }));
    await expect.poll(async () => (await tokens.lockOf(at.token)).isLoggedIn).toBe(false);
  });

  it('is asked for each use of a key that wants it so', async () => {
    await using at = await stand((shim) => {
      shim.alwaysAuthenticate();
    });
    const { tokens } = at.world;
    const key = { token: at.token, id: newId() };
    const request = { type: 'P-256', data: randomBytes(8) } as const;
    await tokens.login(at.token, login(right));
    const made = await tokens.generateKeyPair(at.token, { type: 'P-256', id: key.id, label: 'k' });
    expect(made.alwaysAuthenticate).toBe(true);
    const withPin = (pin: string) =>
      tokens.sign(key, { ...request, authentication: { pin: pinOf(pin), acceptFinalTry: false } });
    await expect(tokens.sign(key, request)).rejects.toMatchObject({ reason: 'pin-needed' });
    await expect(withPin('999999')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    expect(await withPin(right)).toHaveLength(64);
    expect(await withPin(right)).toHaveLength(64);
  });

  it('is refused while another program is logged in', async () => {
    await using at = await stand((shim) => {
      shim.otherProgramLoggedIn();
    });
    await expect(at.world.tokens.login(at.token, login(right))).rejects.toMatchObject({
      reason: 'busy',
      facts: { detail: 'CKR_USER_ANOTHER_ALREADY_LOGGED_IN' },
    });
  });
});

describe('a PIN typed on the reader', () => {
  const onPad = (prepare: (shim: Pkcs11Shim) => void) => stand(prepare);

  it('logs in with a NULL PIN, while the process goes on', async () => {
    await using at = await onPad((shim) => {
      shim.pinPad({ does: 'type', pin: right, after: 300 });
    });
    expect(await at.world.tokens.lockOf(at.token)).toMatchObject({ login: 'pin-pad' });
    await at.world.tokens.login(at.token, login(null));
    expect(await at.world.tokens.lockOf(at.token)).toMatchObject({ isLoggedIn: true });
  });

  it('tells a cancelled one from one that nobody typed', async () => {
    await using at = await onPad((shim) => {
      shim.pinPad({ does: 'cancel' });
    });
    await expect(at.world.tokens.login(at.token, login(null))).rejects.toMatchObject({
      reason: 'pin-cancelled',
    });
    at.shim.pinPad({ does: 'time-out', after: 1_500 });
    await expect(at.world.tokens.login(at.token, login(null))).rejects.toMatchObject({
      reason: 'pin-timed-out',
    });
  });

  it('is not what a token without a pad is asked for', async () => {
    await using at = await stand();
    await expect(at.world.tokens.login(at.token, login(null))).rejects.toMatchObject({
      reason: 'pin-needed',
    });
  });
});

describe('changing and unblocking', () => {
  it('changes a PIN, by the old one', async () => {
    await using own = await SoftHsm.create('own');
    await using world = new TokenWorld({ modulePaths: [own.modulePath], env: own.env });
    const token = await world.reference();
    const change = (current: string, next: string) =>
      world.tokens.changePin(token, {
        ...{ current: pinOf(current), next: pinOf(next) },
        acceptFinalTry: false,
      });
    await expect(change('000000', '222222')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    await expect(change(right, '2')).rejects.toMatchObject({ reason: 'pin-invalid' });
    await change(right, '222222');
    await expect(world.tokens.login(token, login(right))).rejects.toMatchObject({
      reason: 'pin-incorrect',
    });
    await world.tokens.login(token, login('222222'));
  });

  it('unblocks a locked PIN by the PUK', async () => {
    await using own = await SoftHsm.create('own');
    await using shim = await Pkcs11Shim.around(own);
    shim.lockAfter(2);
    shim.setWrongPins(2);
    await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
    const token = await world.reference();
    expect(await world.tokens.lockOf(token)).toMatchObject({ pin: 'locked' });
    const unblock = (puk: string) =>
      world.tokens.unblockPin(token, {
        ...{ current: pinOf(puk), next: pinOf('333333') },
        acceptFinalTry: false,
      });
    await expect(unblock('00000000')).rejects.toMatchObject({ reason: 'pin-incorrect' });
    await unblock('87654321');
    await world.tokens.login(token, login('333333'));
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
