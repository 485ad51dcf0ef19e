import { randomBytes } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyTypes } from '../../shared/models/enrollment-profile.ts';
import type { TokenReference } from '../pkcs11/token-access.ts';
import { TokenError } from '../pkcs11/token-error.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { KeyUse } from './key-ring.ts';
import type { AskPin, PinRequest } from './pin.ts';
import { isSignatureOf } from './public-key.ts';
import type { TokenKeyRecord, TokenKeyStore } from './token-key-record.ts';
import { TokenKeys } from './token-keys.ts';

const deep = { tags: ['deep'] };

let hsm: SoftHsm;
let shim: Pkcs11Shim;
let world: TokenWorld;
let token: TokenReference;
let stored: Map<string, TokenKeyRecord>;
let asked: PinRequest[];
let given: Uint8Array[];
let answer: (request: PinRequest) => { readonly pin: string | null; readonly final?: boolean };
let store: TokenKeyStore;
let keys: TokenKeys;

const askPin: AskPin = (request) => {
  asked.push(request);
  const { pin, final = false } = answer(request);
  const octets = pin === null ? null : pinOf(pin);
  if (octets !== null) given.push(octets);
  return Promise.resolve({ pin: octets, acceptFinalTry: final, tried: () => undefined });
};

beforeAll(async () => {
  hsm = await SoftHsm.create('work');
  shim = await Pkcs11Shim.around(hsm);
  world = new TokenWorld({ modulePaths: [shim.modulePath], env: shim.env });
  token = await world.reference('work');
});
beforeEach(() => {
  stored = new Map();
  asked = [];
  given = [];
  answer = () => ({ pin: '123456' });
  const { tokens } = world;
  store = {
    list: () => [...stored.values()],
    find: (id: string) => stored.get(id),
    save: (record: TokenKeyRecord) => void stored.set(record.id, record),
    remove: (id: string) => void stored.delete(id),
  };
  keys = new TokenKeys({ tokens, store, askPin, randomBytes });
});

/** Nobody is logged in, and the token is as it was but for keys that nobody looks for any more. */
afterEach(async () => {
  shim.reset();
  await world.tokens.refresh();
  await world.tokens.logout(token);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await shim.stop();
  await hsm.stop();
});

const data = new TextEncoder().encode('what is signed');
const owner = 'one';
const use: KeyUse = { owner, reason: 'make-key', hold: { seconds: 60, uses: 100 } };
const once: KeyUse = { owner, reason: 'prove', hold: { seconds: 60, uses: 1 } };
const wish = (type: (typeof keyTypes)[number] = 'P-256', id = 'key') => ({
  ...{ id, type, token, label: 'my key', existing: undefined },
});

describe.each(keyTypes)('a %s key', (type) => {
  const tags = type === 'P-256' || type === 'RSA-2048' ? [] : ['deep'];

  it('is made on the token and signs there', { tags }, async () => {
    await keys.ensure(wish(type), use);
    const signer = await keys.signer('key', use);
    const signature = await signer.sign(data);
    expect(isSignatureOf(signer.publicSpki, data, signature)).toBe(true);
    expect(isSignatureOf(signer.publicSpki, Buffer.from('else'), signature)).toBe(false);
    expect(stored.get('key')).toMatchObject({ state: 'made', origin: 'made', type });
    expect(stored.get('key')?.key.id).toMatch(/^[0-9a-f]{40}$/);
    expect(asked).toHaveLength(1);
    expect(given.every((octets) => octets.every((octet) => octet === 0))).toBe(true);
  });
});

describe('a PIN', () => {
  it('is asked for once by several who need the token at the same time', async () => {
    await keys.ensure(wish(), use);
    await keys.rest(use.owner);
    const signer = await keys.signer('key', use);
    await Promise.all([1, 2, 3, 4].map(() => signer.sign(data)));
    expect(asked).toHaveLength(2);
  });

  it('is asked for again when the uses of a login are over', deep, async () => {
    await keys.ensure(wish(), use);
    await keys.rest(use.owner);
    const signer = await keys.signer('key', { ...use, hold: { seconds: 60, uses: 2 } });
    for (let count = 0; count < 4; count += 1) await signer.sign(data);
    expect(asked.map(({ reason }) => reason)).toEqual(['make-key', 'make-key', 'make-key']);
  });

  it('is asked for at each use of a key that wants it so: that of the login may be another', async () => {
    shim.alwaysAuthenticate();
    await keys.ensure(wish(), use);
    await keys.rest(use.owner);
    asked = [];
    const signer = await keys.signer('key', { ...use, reason: 'sign-request' });
    await signer.sign(data);
    expect(asked).toHaveLength(2);
    await signer.sign(data);
    expect(asked.map(({ reason }) => reason)).toEqual(Array(3).fill('sign-request'));
  });

  it('is for the token that is there when it is asked for, and for no other', async () => {
    shim.writtenOn({ label: 'as it was', serial: '77' });
    await world.tokens.refresh();
    const stale = await world.reference('as it was');
    shim.writtenOn({ label: 'as it is' });
    answer = () => {
      shim.writtenOn({ label: 'another' });
      shim.recordCalls();
      return { pin: '123456' };
    };
    const making = keys.ensure({ ...wish(), token: stale }, use);
    await expect(making).rejects.toMatchObject({ code: 'token', reason: 'removed' });
    expect(asked.map(({ token: { label, serial } }) => [label, serial])).toEqual([
      ['as it is', '77'],
    ]);
    expect(shim.calls.filter((call) => call.startsWith('C_Login'))).toEqual([]);
  });

  it('that is wrong for one use is asked for again, with the reason', deep, async () => {
    shim.alwaysAuthenticate();
    await keys.ensure(wish(), use);
    const pins = ['000000', '123456'];
    asked = [];
    answer = () => ({ pin: pins.shift() ?? null });
    await (await keys.signer('key', use)).sign(data);
    expect(asked.map(({ failure }) => failure)).toMatchObject([
      undefined,
      { code: 'token', reason: 'pin-incorrect' },
    ]);
  });

  it('is not spent on the last try unless the person says so', async () => {
    shim.lockAfter(3);
    shim.setWrongPins(2);
    answer = ({ failure }) => ({ pin: '123456', final: failure !== undefined });
    await keys.ensure(wish(), use);
    expect(asked).toMatchObject([{ pin: 'final-try' }, { failure: { reason: 'final-try' } }]);
    expect(shim.wrongPins()).toBe(0);
  });

  it('that is typed on a reader is never passed; cancelling there ends it', async () => {
    shim.pinPad({ does: 'type', pin: '123456' });
    answer = () => ({ pin: null });
    await world.tokens.refresh();
    await keys.ensure(wish(), use);
    expect(asked).toMatchObject([{ login: 'pin-pad' }]);
    await keys.rest(use.owner);
    shim.pinPad({ does: 'cancel' });
    const signer = await keys.signer('key', use);
    await expect(signer.sign(data)).rejects.toMatchObject({ reason: 'pin-cancelled' });
    expect(asked).toHaveLength(2);
  });

  it('is asked of nobody where nobody is, and waiting for it ends with the work', async () => {
    await expect(keys.ensure(wish(), { ...use, isUnattended: true })).rejects.toMatchObject({
      reason: 'pin-needed',
    });
    const abort = AbortSignal.abort(new Error('cancelled'));
    await expect(keys.ensure(wish(), { ...use, signal: abort })).rejects.toThrow('cancelled');
    expect(asked).toEqual([]);
    expect(stored.size).toBe(0);
  });
});

describe('a login', () => {
  const other: KeyUse = { ...use, owner: 'other', reason: 'sign-request' };
  const isOpen = async () => (await world.tokens.lockOf(token)).isLoggedIn;

  it('serves whom the PIN was typed for; others are asked themselves', async () => {
    await keys.ensure(wish(), use);
    const [mine, theirs] = [await keys.signer('key', use), await keys.signer('key', other)];
    await mine.sign(data);
    expect(asked).toHaveLength(1);
    await theirs.sign(data);
    expect(asked.map(({ reason }) => reason)).toEqual(['make-key', 'sign-request']);
    await mine.sign(data);
    expect(asked).toHaveLength(3);
  });

  it('is of no use to others that nobody can ask, nor do they end it', async () => {
    await keys.ensure(wish(), use);
    const theirs = await keys.signer('key', { ...other, isUnattended: true });
    await expect(theirs.sign(data)).rejects.toMatchObject({ reason: 'pin-needed' });
    await (await keys.signer('key', use)).sign(data);
    expect(asked).toHaveLength(1);
  });

  it('that nobody knows is nobody’s', deep, async () => {
    await keys.ensure(wish(), use);
    const afresh = new TokenKeys({ tokens: world.tokens, store, askPin, randomBytes });
    const theirs = await afresh.signer('key', { ...use, isUnattended: true });
    await expect(theirs.sign(data)).rejects.toMatchObject({ reason: 'pin-needed' });
    await (await afresh.signer('key', use)).sign(data);
    expect(asked).toHaveLength(2);
  });

  it('ends with what it was for, also when the key is forgotten by then', async () => {
    await keys.ensure(wish(), use);
    await keys.remove('key', use);
    expect(await isOpen()).toBe(true);
    await keys.rest('other');
    expect(await isOpen()).toBe(true);
    await keys.rest(use.owner);
    expect(await isOpen()).toBe(false);
  });

  it('lasts for 200 signatures, whatever the organisation would like', deep, async () => {
    const greedy = { ...use, hold: { seconds: 3_600, uses: 1_000 } };
    await keys.ensure(wish(), greedy);
    const signer = await keys.signer('key', greedy);
    asked = [];
    for (let count = 0; count < 201; count += 1) await signer.sign(data);
    expect(asked).toHaveLength(1);
  });

  it('is not waited for while somebody else is being asked', deep, async () => {
    await keys.ensure(wish(), use);
    await keys.rest(use.owner);
    const typed = Promise.withResolvers<undefined>();
    const isAsked = Promise.withResolvers<undefined>();
    const slow = new TokenKeys({
      ...{ tokens: world.tokens, store, randomBytes },
      askPin: async (request) => {
        isAsked.resolve(undefined);
        await typed.promise;
        return askPin(request);
      },
    });
    const signing = (await slow.signer('key', use)).sign(data);
    await isAsked.promise;
    const theirs = await slow.signer('key', { ...other, isUnattended: true });
    await expect(theirs.sign(data)).rejects.toMatchObject({ reason: 'pin-needed' });
    typed.resolve(undefined);
    await signing;
  });
});

describe('a token that is not what it says', () => {
  it('and shows its key as that of another token lets nobody have it twice', async () => {
    await keys.ensure(wish(), use);
    const existing = stored.get('key')?.key.id;
    await using again = await Pkcs11Shim.around(hsm);
    again.writtenOn({ serial: 'another' });
    await using second = new TokenWorld({ modulePaths: [again.modulePath], env: again.env });
    const twin = new TokenKeys({ tokens: second.tokens, store, askPin, randomBytes });
    const adoption = { ...wish('P-256', 'twin'), token: await second.reference('work'), existing };
    await expect(twin.ensure(adoption, use)).rejects.toMatchObject({ reason: 'refused' });
    expect([...stored.keys()]).toEqual(['key']);
  });

  it('with signatures that do not hold is found out', async () => {
    await keys.ensure(wish(), use);
    shim.wrongSignatures();
    const signer = await keys.signer('key', use);
    await expect(signer.sign(data)).rejects.toMatchObject({ reason: 'malformed' });
  });

  it(
    'with another key under the names of ours is found out at the first signature',
    deep,
    async () => {
      await keys.ensure(wish(), use);
      await keys.ensure(wish('P-256', 'other'), use);
      const [record, { spki = null } = {}] = [stored.get('key'), stored.get('other')];
      if (record !== undefined) stored.set('key', { ...record, spki });
      const signer = await keys.signer('key', use);
      await expect(signer.sign(data)).rejects.toMatchObject({ reason: 'key-mismatch' });
    },
  );

  it('with a key of the same id and another type is not taken up', deep, async () => {
    const found = { ...wish('RSA-2048', 'other') };
    await keys.ensure(found, use);
    const id = stored.get('other')?.key.id;
    stored.clear();
    await expect(keys.ensure({ ...wish(), existing: id }, use)).rejects.toMatchObject({
      reason: 'key-mismatch',
    });
    await expect(keys.ensure({ ...wish(), existing: 'ff'.repeat(20) }, use)).rejects.toMatchObject({
      reason: 'key-not-found',
    });
    expect(stored.size).toBe(0);
  });

  it('that does not say that a key stays has none that is taken over, or taken up', async () => {
    await keys.ensure(wish(), use);
    const made = stored.get('key');
    const existing = made?.key.id;
    if (made === undefined || existing === undefined) throw new Error('no key was made');
    stored.clear();
    shim.attributeLengths(new Map([[pkcs11js.CKA_EXTRACTABLE, 0]]));
    const mismatch = { code: 'token', reason: 'key-mismatch' };
    await expect(keys.ensure({ ...wish(), existing }, use)).rejects.toMatchObject(mismatch);
    expect(stored.size).toBe(0);
    stored.set('key', { ...made, state: 'announced', spki: null });
    await expect(keys.ensure(wish(), use)).rejects.toMatchObject(mismatch);
    expect(stored.get('key')).toMatchObject({ state: 'announced' });
    shim.attributeLengths(new Map());
    await keys.ensure(wish(), use);
    expect(stored.get('key')).toMatchObject({ state: 'made' });
  });

  it('that is full lets no key be made, and what is remembered can be given up', deep, async () => {
    shim.full();
    await expect(keys.ensure(wish(), use)).rejects.toMatchObject({ reason: 'full' });
    await keys.abandon('key', use);
    expect(stored.size).toBe(0);
  });

  it('that crashes as it removes keeps the key in the list until that has worked', async () => {
    await keys.ensure(wish(), use);
    shim.when('C_DestroyObject', { moment: 'before', then: 'crash' });
    await keys.abandon('key', use);
    expect(stored.get('key')).toMatchObject({ state: 'left-behind' });
    const key = { token, id: stored.get('key')?.key.id ?? '' };
    await keys.removeLeftBehind(key, once);
    expect(stored.size).toBe(0);
    await expect(keys.removeLeftBehind(key, once)).rejects.toBeInstanceOf(TokenError);
  });
});
