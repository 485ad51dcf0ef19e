import { randomBytes } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { everyNth } from '../testing/made-up.ts';
import { Pkcs11Shim, type ShimmedFunction } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { TokenKeyReference, TokenReference } from './token-access.ts';
import type { Deadlines } from './deadlines.ts';

/** A module that can be made to fail, in a process, with a key to be made and used. */
class Stand {
  readonly shim: Pkcs11Shim;
  readonly world: TokenWorld;
  readonly token: TokenReference;
  key: TokenKeyReference;

  private constructor(shim: Pkcs11Shim, world: TokenWorld, token: TokenReference) {
    this.shim = shim;
    this.world = world;
    this.token = token;
    this.key = { token, id: newId() };
  }

  static async on(inside: SoftHsm, deadlines: Partial<Deadlines> = {}): Promise<Stand> {
    const shim = await Pkcs11Shim.around(inside);
    const world = new TokenWorld({ modulePaths: [shim.modulePath], env: {}, deadlines });
    return new Stand(shim, world, await world.reference());
  }

  login(): Promise<void> {
    const hold = { seconds: 600, uses: 1_000 };
    return this.world.tokens.login(this.token, {
      ...{ pin: pinOf('123456'), acceptFinalTry: false, hold },
    });
  }

  make(): Promise<unknown> {
    const wish = { type: 'P-256', id: this.key.id, label: 'k' } as const;
    return this.world.tokens.generateKeyPair(this.token, wish);
  }

  sign(): Promise<Uint8Array> {
    return this.world.tokens.sign(this.key, { type: 'P-256', data: randomBytes(20) });
  }

  async pullAndInsert(): Promise<void> {
    this.shim.remove();
    await expect.poll(() => this.world.tokens.tokenIdOf(this.token)).toBe(null);
    this.shim.insert();
    await expect.poll(() => this.world.tokens.tokenIdOf(this.token)).not.toBe(null);
  }

  /** Ready for the next test: nobody is logged in, nothing fails, and another key is to be made. */
  async reset(): Promise<void> {
    this.shim.reset();
    await expect.poll(() => this.world.tokens.tokenIdOf(this.token)).not.toBe(null);
    await this.login();
    await this.world.tokens.remove(this.key);
    await this.world.tokens.logout(this.token);
    this.key = { token: this.token, id: newId() };
  }

  async stop(): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    await this.shim.stop();
  }
}

const newId = (): string => randomBytes(20).toString('hex');

let hsm: SoftHsm;
let at: Stand;
beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  at = await Stand.on(hsm);
});
afterEach(() => at.reset());
afterAll(async () => {
  await at.stop();
  await hsm.stop();
});

/** Starting a process over and over takes a busy machine its time. */
const patiently = { timeout: 240_000 };
const deeply = { timeout: 240_000, tags: ['deep'] };
const named = { module: 'SoftHSM', token: 'work' };

describe('a token that is pulled out', () => {
  const places: readonly ShimmedFunction[] = ['C_GenerateKeyPair', 'C_GetAttributeValue', 'C_Sign'];

  it.for(everyNth(3, places))(
    'ends the making of a key at %s; what is left of it is found and can be taken away',
    async (place) => {
      const { shim, world, key, token } = at;
      await at.login();
      shim.when(place, { moment: 'after', then: 'remove' });
      await expect(at.make()).rejects.toMatchObject({ reason: 'removed', facts: named });
      await expect.poll(() => world.tokens.modules[0]?.readers[0]?.token).toBe(null);
      await expect(at.sign()).rejects.toMatchObject({ reason: 'not-present' });
      shim.insert();
      await expect.poll(() => world.tokens.tokenIdOf(token)).not.toBe(null);
      await at.login();
      expect(await world.tokens.findKey(key)).not.toBe(null);
      await world.tokens.remove(key);
      expect(await world.tokens.findKey(key)).toBe(null);
      await at.make();
      expect(await at.sign()).toHaveLength(64);
      await world.tokens.remove(key);
    },
  );

  it('ends a signature, and another login is asked for when it is back', async () => {
    await at.login();
    await at.make();
    at.shim.when('C_Sign', { moment: 'before', then: 'remove' });
    await expect(at.sign()).rejects.toMatchObject({ reason: 'removed', facts: named });
    at.shim.insert();
    await expect.poll(() => at.world.tokens.tokenIdOf(at.token)).not.toBe(null);
    await expect(at.sign()).rejects.toMatchObject({ reason: 'pin-needed' });
    await at.login();
    expect(await at.sign()).toHaveLength(64);
  });

  it('is noticed without events too', deeply, async () => {
    // The wait that is under way ends with the first event, and there is none after it.
    at.shim.withoutSlotEvents();
    await at.pullAndInsert();
    await at.pullAndInsert();
  });
});

describe('a module that crashes or hangs', () => {
  it('costs one operation each time, and is named', patiently, async () => {
    await at.login();
    await at.make();
    for (let round = 0; round < 2; round += 1) {
      at.shim.when('C_Sign', { moment: 'before', then: 'crash' });
      await expect(at.sign()).rejects.toMatchObject({ reason: 'crashed', facts: named });
      await at.login();
      expect(await at.sign()).toHaveLength(64);
    }
  });

  it('may be killed ten times while it is used, and works afterwards', deeply, async () => {
    await at.login();
    await at.make();
    at.shim.latency('C_Sign', 200);
    for (let round = 0; round < 10; round += 1) {
      const [failed, ...others] = await Promise.allSettled([
        at.sign(),
        at.world.tokens.lockOf(at.token),
        killSoon(at.world),
      ]);
      expect(failed).toMatchObject({
        status: 'rejected',
        reason: { reason: 'crashed', facts: named },
      });
      expect(others).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
      await at.login();
    }
    expect(await at.sign()).toHaveLength(64);
    expect(at.world.launcher.running.size).toBe(1);
  });

  it('is ended when it hangs', async () => {
    const impatient = await Stand.on(hsm, { sign: 1_500 });
    await impatient.login();
    await impatient.make();
    impatient.shim.when('C_Sign', { moment: 'before', then: 'hang' });
    await expect(impatient.sign()).rejects.toMatchObject({ reason: 'hung', facts: named });
    await impatient.login();
    expect(await impatient.sign()).toHaveLength(64);
    expect(impatient.world.launcher.running.size).toBe(1);
    await impatient.stop();
  });

  it('is shown as failed while it cannot start, and used once it can', async () => {
    const shim = await Pkcs11Shim.around(hsm);
    shim.when('C_Initialize', { moment: 'before', then: 'crash' });
    await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
    await world.tokens.watch();
    expect(world.tokens.status).toBe('ready');
    expect(world.tokens.modules).toMatchObject([
      {
        status: 'failed',
        failure: { code: 'token-module', reason: 'crashed', path: shim.modulePath },
      },
    ]);
    await world.tokens.refresh();
    expect(world.tokens.modules).toMatchObject([{ status: 'ready' }]);
    await shim.stop();
  });

  it('is shown as failed when it does not want to begin', deeply, async () => {
    await using shim = await Pkcs11Shim.around(hsm);
    shim.answer('C_Initialize', 0x30);
    await using world = new TokenWorld({
      modulePaths: [shim.modulePath, hsm.modulePath],
      env: hsm.env,
    });
    await world.tokens.watch();
    expect(world.tokens.modules).toMatchObject([
      { status: 'failed', failure: { reason: 'initialize-failed', detail: 'CKR_DEVICE_ERROR' } },
      { status: 'ready' },
    ]);
  });

  it('shows what was there before, after a crash', deeply, async () => {
    await at.login();
    at.shim.answer('C_GetSlotList', 0x05);
    at.shim.when('C_GetSessionInfo', { moment: 'before', then: 'crash' });
    await expect(at.make()).rejects.toMatchObject({ reason: 'crashed' });
    await expect.poll(() => at.world.tokens.modules[0]?.failure?.code).toBe('token');
    expect(at.world.tokens.modules[0]).toMatchObject({ status: 'failed' });
    expect(at.world.tokens.tokenIdOf(at.token)).not.toBe(null);
  });
});

describe('a module that lies', () => {
  it('says it can make keys, and cannot', deeply, async () => {
    await at.login();
    at.shim.claims(pkcs11js.CKM_EC_KEY_PAIR_GEN);
    await expect(at.make()).rejects.toMatchObject({
      reason: 'not-supported',
      facts: { ...named, detail: 'CKR_MECHANISM_INVALID' },
    });
  });

  it('says it can sign, and cannot: the key does not stay', async () => {
    await at.login();
    at.shim.claims(pkcs11js.CKM_ECDSA);
    await expect(at.make()).rejects.toMatchObject({ reason: 'not-supported' });
    expect(await at.world.tokens.findKey(at.key)).toBe(null);
  });

  it('signs with RSA in the way that works', async () => {
    await at.login();
    at.shim.claims(pkcs11js.CKM_RSA_PKCS);
    const { token, id } = at.key;
    const { tokens } = at.world;
    await tokens.generateKeyPair(token, { type: 'RSA-2048', id, label: 'k' });
    const data = randomBytes(20);
    expect(await tokens.sign(at.key, { type: 'RSA-2048', data })).toHaveLength(256);
    await expect(at.sign()).rejects.toMatchObject({ reason: 'key-mismatch' });
  });

  it('makes keys that could leave it: they do not stay', async () => {
    await at.login();
    at.shim.extractableKeys();
    await expect(at.make()).rejects.toMatchObject({ reason: 'refused', facts: named });
    expect(await at.world.tokens.findKey(at.key)).toBe(null);
  });

  it.for(everyNth(2, [pkcs11js.CKA_EXTRACTABLE, pkcs11js.CKA_SENSITIVE]))(
    'does not say whether keys could leave it (%i): none stays, and none that is found is trusted',
    async (attribute) => {
      await at.login();
      const silent = new Map([[attribute, 0]]);
      at.shim.attributeLengths(silent);
      await expect(at.make()).rejects.toMatchObject({ reason: 'refused', facts: named });
      expect(await at.world.tokens.findKey(at.key)).toBe(null);
      at.shim.attributeLengths(new Map());
      expect(await at.make()).toMatchObject({ isExtractable: false });
      expect(await at.world.tokens.findKey(at.key)).toMatchObject({ isExtractable: false });
      at.shim.attributeLengths(silent);
      expect(await at.world.tokens.findKey(at.key)).toMatchObject({ isExtractable: true });
    },
  );

  it('makes wrong signatures: they are not given out', async () => {
    await at.login();
    await at.make();
    at.shim.wrongSignatures();
    await expect(at.sign()).rejects.toMatchObject({ reason: 'malformed', facts: named });
    at.shim.wrongSignatures(false);
    expect(await at.sign()).toHaveLength(64);
  });

  it('says that a signature has another length', async () => {
    await at.login();
    await at.make();
    for (const length of everyNth(3, [0, 1, 63, 65, 72, 1_024, 1_025, 4_000_000_000])) {
      at.shim.signatureLength(length);
      await expect(at.sign()).rejects.toMatchObject({ reason: 'malformed', facts: named });
    }
    at.shim.signatureLength(null);
    expect(await at.sign()).toHaveLength(64);
  });

  it('says that a public point has another length', patiently, async () => {
    const lengths = [2n ** 64n - 1n, 0, 1, 7, 1_000, 2 ** 25, 2n ** 63n, 2n ** 64n - 2n];
    for (const length of everyNth(4, lengths)) {
      await at.login();
      at.shim.attributeLengths(new Map([[pkcs11js.CKA_EC_POINT, length]]));
      await expect(at.make()).rejects.toMatchObject({ code: 'token', facts: named });
      at.shim.attributeLengths(new Map());
      await at.login();
      await at.world.tokens.remove(at.key);
    }
    await at.make();
    expect(await at.sign()).toHaveLength(64);
  });

  it('says that it found more objects than there are', patiently, async () => {
    for (const count of everyNth(3, [257, 10_000, 2n ** 31n, 2n ** 64n - 1n])) {
      await at.login();
      at.shim.objectCount(count);
      await expect(at.make()).rejects.toMatchObject({ code: 'token' });
      at.shim.objectCount(null);
    }
    await at.login();
    await at.make();
  });

  it.for(everyNth(2, [2n ** 63n, 20_000]))('says that it has %i slots', async (count) => {
    at.shim.slotCount(count);
    await at.world.tokens.refresh();
    expect(at.world.tokens.status).toBe('ready');
    at.shim.slotCount(null);
    await at.world.tokens.refresh();
    expect(at.world.tokens.modules).toMatchObject([{ status: 'ready' }]);
  });
});

describe('a token that cannot take more', () => {
  it('is full', async () => {
    await at.login();
    at.shim.full();
    await expect(at.make()).rejects.toMatchObject({
      reason: 'full',
      facts: { ...named, detail: 'CKR_DEVICE_MEMORY' },
    });
  });

  it('is read-only', deeply, async () => {
    at.shim.readOnly();
    await at.pullAndInsert();
    await at.login();
    await expect(at.make()).rejects.toMatchObject({ reason: 'read-only', facts: named });
    at.shim.readOnly(false);
    await at.pullAndInsert();
  });
});

async function killSoon(world: TokenWorld): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
  for (const child of world.launcher.running) child.kill();
}
