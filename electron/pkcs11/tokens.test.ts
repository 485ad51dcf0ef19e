import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import type { KeyType } from '../../shared/models/enrollment-profile.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import type { FoundKey, LoginHold, TokenReference } from './token-access.ts';

const hold: LoginHold = { seconds: 60, uses: 100 };
const newId = (): string => randomBytes(20).toString('hex');

function worldOf(hsm: SoftHsm): TokenWorld {
  return new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
}

async function logIn(world: TokenWorld, token: TokenReference, pin = '123456'): Promise<void> {
  await world.tokens.login(token, { pin: pinOf(pin), acceptFinalTry: false, hold });
}

function confirms({ publicSpki, type }: FoundKey, data: Uint8Array, signature: Uint8Array) {
  const key = createPublicKey({ key: Buffer.from(publicSpki), format: 'der', type: 'spki' });
  const hash = type === 'Ed25519' ? null : type === 'P-384' ? 'sha384' : 'sha256';
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

it('shows the tokens of a module, and what each can do', async () => {
  await using hsm = await SoftHsm.create('work');
  await using world = worldOf(hsm);
  await world.tokens.watch();
  const [module] = world.tokens.modules;
  expect(module).toMatchObject({ status: 'ready', name: 'Implementation of PKCS11' });
  const token = module?.readers.find((reader) => reader.token?.isInitialized)?.token;
  expect(token).toMatchObject({
    ...{ label: 'work', serial: hsm.token.serial, manufacturer: 'SoftHSM project' },
    ...{ kind: 'token', login: 'pin', pin: 'ok', isWritable: true, keys: [], certificates: [] },
  });
  expect(token?.makes).toEqual(expect.arrayContaining(['P-256', 'P-384', 'RSA-2048', 'RSA-4096']));
});

it.for<KeyType>(['P-256', 'P-384', 'RSA-2048', 'RSA-3072'])(
  'makes a %s key that stays, and signs with it',
  async (type) => {
    await using hsm = await SoftHsm.create('work');
    const id = newId();
    const data = randomBytes(100);
    await using world = worldOf(hsm);
    const token = await world.reference();
    await logIn(world, token);
    const made = await world.tokens.generateKeyPair(token, { type, id, label: 'my key' });
    const signature = await world.tokens.sign({ token, id }, { type, data });
    expect(confirms(made, data, signature)).toBe(true);
    await using later = worldOf(hsm);
    expect(await later.tokens.findKey({ token, id })).toBe('incomplete');
    await logIn(later, token);
    expect(await later.tokens.findKey({ token, id })).toEqual(made);
  },
);
