import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whenAway } from './away.ts';
import type { TokenAccess, TokenReference } from './pkcs11/token-access.ts';
import { SoftHsm } from './testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from './testing/tokens/token-world.ts';

const hold = { seconds: 3600, uses: 1000 };

let hsm: SoftHsm;
let world: TokenWorld;
let tokens: TokenAccess;
beforeAll(async () => {
  hsm = await SoftHsm.create('work', 'home');
  world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  tokens = world.tokens;
});
afterAll(async () => {
  await tokens.close();
  await hsm.stop();
});

it('asks nothing of tokens that nobody has looked at', async () => {
  await tokens.logoutAll();
  expect(world.launcher.started).toBe(0);
});

it.each(['suspend', 'lock-screen'])('locks every token at %s', async (event) => {
  await tokens.watch();
  const power = new EventEmitter() as PowerMonitor;
  const left: Promise<void>[] = [];
  whenAway(power, () => left.push(tokens.logoutAll()));
  const all = [await world.reference('work'), await world.reference('home')];
  for (const token of all) {
    await tokens.login(token, { pin: pinOf(hsm.token.pin), acceptFinalTry: false, hold });
  }
  const isUnlocked = async (token: TokenReference) => (await tokens.lockOf(token)).isLoggedIn;
  expect(await Promise.all(all.map(isUnlocked))).toEqual([true, true]);
  power.emit(event);
  await Promise.all(left);
  expect(await Promise.all(all.map(isUnlocked))).toEqual([false, false]);
  const id = randomBytes(20).toString('hex');
  await expect(
    tokens.generateKeyPair(await world.reference('work'), { type: 'P-256', id, label: 'k' }),
  ).rejects.toMatchObject({ reason: 'pin-needed' });
  expect(world.reports).toEqual([]);
});
