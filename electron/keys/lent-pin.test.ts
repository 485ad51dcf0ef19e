import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenError } from '../pkcs11/token-error.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { KeyUse } from './key-ring.ts';
import type { AskPin, PinRequest } from './pin.ts';
import type { TokenKeyRecord } from './token-key-record.ts';
import { TokenKeys } from './token-keys.ts';

const use: KeyUse = { owner: 'one', reason: 'prove' };
const data = new TextEncoder().encode('what is signed');

let hsm: SoftHsm;
let world: TokenWorld;
let keys: TokenKeys;
let asked: PinRequest[];
let given: Uint8Array[];
let answer: () => string;

const askPin: AskPin = (request) => {
  asked.push(request);
  const pin = pinOf(answer());
  given.push(pin);
  return Promise.resolve({ pin, acceptFinalTry: false, tried: () => undefined });
};

beforeEach(async () => {
  hsm = await SoftHsm.create('work');
  world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  const stored = new Map<string, TokenKeyRecord>();
  const store = {
    list: () => [...stored.values()],
    find: (id: string) => stored.get(id),
    save: (record: TokenKeyRecord) => void stored.set(record.id, record),
    remove: (id: string) => void stored.delete(id),
  };
  keys = new TokenKeys({ tokens: world.tokens, store, askPin, randomBytes });
  given = [];
  answer = () => '123456';
  asked = [];
  const token = await world.reference('work');
  await keys.ensure({ id: 'key', type: 'P-256', token, label: 'mine', existing: undefined }, use);
  asked = [];
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await hsm.stop();
});

describe('a PIN that is lent', () => {
  it('is the right one, is asked for once with the signatures that follow, and is overwritten', async () => {
    const answers = ['999999', '123456'];
    answer = () => answers.shift() ?? '';
    const lent: Uint8Array[] = [];
    const done = await keys.lendPin('key', use, async (pin) => {
      if (pin === null) throw new Error('no PIN');
      lent.push(pin);
      expect(Buffer.from(pin).toString()).toBe('123456');
      await (await keys.signer('key', use)).sign(data);
      return 'done';
    });
    expect(done).toBe('done');
    expect(asked.map(({ failure }) => failure)).toEqual([
      undefined,
      expect.objectContaining({ reason: 'pin-incorrect' }),
    ]);
    expect([...given, ...lent].every((octets) => octets.every((octet) => octet === 0))).toBe(true);
  });

  it('is asked of nobody where nobody is, and not kept when the person thinks better of it', async () => {
    const never = (): Promise<never> => Promise.reject(new Error('was lent'));
    await expect(keys.lendPin('key', { ...use, isUnattended: true }, never)).rejects.toMatchObject({
      reason: 'pin-needed',
    });
    expect(asked).toEqual([]);
    const refusal = new TokenError({ reason: 'pin-cancelled', module: 'm', token: 't' }, 'asking');
    answer = () => {
      throw refusal;
    };
    await expect(keys.lendPin('key', use, never)).rejects.toBe(refusal);
  });
});
