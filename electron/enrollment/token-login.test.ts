import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenCare } from '../credentials/token-care.ts';
import { TokenEnrollments, tokenOffer } from '../testing/tokens/token-enrollments.ts';
import { startProving } from '../testing/enrollment-world.ts';

const deep = { tags: ['deep'] };

let stand: TokenEnrollments;
const tokenKey = {
  types: ['P-256' as const],
  places: ['token' as const],
  exportable: false,
};

beforeEach(async () => {
  stand = await TokenEnrollments.start();
});

afterEach(() => stand.stop());

describe('the token of an enrolment', () => {
  const isOpen = async () =>
    (await stand.token.tokens.lockOf(await stand.token.reference('work'))).isLoggedIn;
  const held = { install: [], key: { ...tokenKey, hold: { seconds: 3_600, uses: 1_000 } } };

  it('is locked when it was cancelled, however long the offer would keep it open', async () => {
    const process = await stand.world.joined(held);
    const id = await stand.start(process, await stand.place());
    await startProving(process, id);
    expect(await isOpen()).toBe(true);
    await process.enrollments.cancel(id);
    expect(process.wallet.tokenKeys.list()).toEqual([]);
    expect(await isOpen()).toBe(false);
  });

  it('is locked after its certificate was proven or removed', async () => {
    const process = await stand.world.joined(held);
    const id = await stand.start(process, await stand.place());
    const { credentialId } = await stand.finish(process, id);
    expect(await isOpen()).toBe(false);
    await process.credentials.prove(credentialId, 'token');
    expect(stand.asked).toHaveLength(2);
    expect(await isOpen()).toBe(false);
    await process.credentials.remove(credentialId);
    expect(stand.asked).toHaveLength(3);
    expect(await isOpen()).toBe(false);
  });

  it('is locked after a key that was left behind was removed', deep, async () => {
    const process = await stand.world.joined(held);
    const { credentialId } = await stand.finish(process, await stand.start(process));
    stand.shim.remove();
    await stand.token.tokens.refresh();
    await process.credentials.remove(credentialId);
    stand.shim.insert();
    const [key] = await stand.keys(process);
    const { wallet, ring } = process;
    const care = new TokenCare({ tokens: stand.token.tokens, keys: ring, wallet });
    await care.removeKey(await stand.tokenId(), key?.keyId ?? '');
    expect(await stand.keys(process)).toEqual([]);
    expect(await isOpen()).toBe(false);
  });

  it('is not looked at for an offer that prefers another place', deep, async () => {
    const places = ['software', 'token'] as const;
    const process = await stand.world.joined({
      key: { ...tokenKey, places: [...places] },
      install: [],
    });
    await stand.finish(process, await stand.start(process));
    expect(stand.token.launcher.started).toBe(0);
  });
});

describe('an enrolment that goes on by itself', () => {
  it('asks for no PIN, and waits for the person to go on with it', async () => {
    const first = await stand.world.joined(tokenOffer);
    stand.pins = [null];
    const id = await stand.start(first, await stand.place());
    await stand.interrupted(first, id);
    await stand.world.kill(first);
    const second = stand.world.open();
    second.enrollments.resumeAll();
    await expect
      .poll(() => second.reported.at(-1))
      .toMatchObject({
        ...{ step: 'interrupted', failure: { code: 'token', reason: 'pin-needed' } },
      });
    expect(stand.asked).toHaveLength(1);
    stand.pins = ['123456'];
    await second.enrollments.resume(id);
    await stand.finish(second, id);
  });

  it('does not give the certificate on the token up for that', deep, async () => {
    const first = await stand.world.joined(tokenOffer);
    const id = await stand.start(first, await stand.place());
    const proving = await startProving(first, id);
    stand.shim.latency('C_CreateObject', 1_000);
    await proving.answer(stand.world.code());
    await expect.poll(() => first.reported.at(-1)?.step).toBe('installing');
    await stand.world.kill(first);
    stand.shim.latency('C_CreateObject', 0);
    const second = stand.world.open();
    second.enrollments.resumeAll();
    await expect
      .poll(() => second.reported.at(-1))
      .toMatchObject({
        ...{ step: 'interrupted', failure: { code: 'token', reason: 'pin-needed' } },
      });
    expect(stand.asked).toHaveLength(1);
    await second.enrollments.resume(id);
    expect((await stand.finishedAs(second, id)).results).toMatchObject([{ status: 'installed' }]);
  });
});
