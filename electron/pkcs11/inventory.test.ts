import { randomBytes } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { LoadedModule } from '../testing/tokens/loaded-module.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';
import { Cryptoki } from './process/cryptoki.ts';
import { LoginFunctions } from './process/login.ts';
import { readTokenObjects } from './process/token-objects.ts';
import { TokenSessions } from './process/token-sessions.ts';

const deep = { tags: ['deep'] };

/** Writes with another program's hands. */
function fill(hsm: SoftHsm, templates: readonly pkcs11js.Template[]): void {
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  const session = module.open('123456');
  for (const template of templates) module.pkcs11.C_CreateObject(session, template);
}

function countsOf(calls: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const call of calls) counts.set(call, (counts.get(call) ?? 0) + 1);
  return counts;
}

function certificateTemplate(der: Buffer, id: Buffer): pkcs11js.Template {
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE },
    { type: pkcs11js.CKA_CERTIFICATE_TYPE, value: pkcs11js.CKC_X_509 },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: id },
    { type: pkcs11js.CKA_LABEL, value: 'one of many' },
    { type: pkcs11js.CKA_SUBJECT, value: Buffer.from('3000', 'hex') },
    { type: pkcs11js.CKA_VALUE, value: der },
  ];
}

function publicKeyTemplate(id: Buffer, curve: string, point: Buffer): pkcs11js.Template {
  return [
    { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY },
    { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_EC },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_PRIVATE, value: false },
    { type: pkcs11js.CKA_ID, value: id },
    { type: pkcs11js.CKA_LABEL, value: 'a public half' },
    { type: pkcs11js.CKA_EC_PARAMS, value: Buffer.from(curve, 'hex') },
    { type: pkcs11js.CKA_EC_POINT, value: Buffer.concat([Buffer.from('0441', 'hex'), point]) },
  ];
}

describe('a token with two hundred objects and some that are odd', () => {
  let hsm: SoftHsm;
  let shim: Pkcs11Shim;
  const p256 = '06082a8648ce3d030107';
  const half = 100;
  beforeAll(async () => {
    hsm = await SoftHsm.create('work');
    shim = await Pkcs11Shim.around(hsm);
    const der = derOf((await TestAuthority.root({ name: 'One of many' })).certificate);
    const each = Array.from({ length: half }, () => randomBytes(20));
    fill(hsm, [
      ...each.map((id) => certificateTemplate(der, id)),
      ...each.map((id) => publicKeyTemplate(id, p256, randomBytes(65))),
      publicKeyTemplate(Buffer.from('aa', 'hex'), '06052b8104000a', randomBytes(65)),
      certificateTemplate(randomBytes(100), Buffer.from('bb', 'hex')),
    ]);
  });
  afterAll(async () => {
    await shim.stop();
    await hsm.stop();
  });

  it('is read in one pass, and again in one', async () => {
    await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
    shim.recordCalls();
    const token = await world.reference();
    const first = countsOf(shim.calls);
    const view = world.tokens.modules[0]?.readers[0]?.token;
    expect(view?.certificates).toHaveLength(half);
    expect(view?.keys).toHaveLength(half + 1);
    // Private keys, public keys, certificates; of a key its name and then its public half.
    expect(first.get('C_FindObjectsInit')).toBe(3);
    expect(first.get('C_FindObjects')).toBeLessThanOrEqual(6);
    const reads = first.get('C_GetAttributeValue') ?? 0;
    shim.recordCalls();
    await world.tokens.refresh();
    const again = countsOf(shim.calls);
    expect(again.get('C_FindObjectsInit')).toBe(3);
    expect(again.get('C_GetAttributeValue')).toBe(reads);
    expect(again.get('C_OpenSession')).toBe(undefined);
    expect(again.get('C_GetMechanismInfo')).toBe(undefined);
    // Lengths, then values: 2 for a certificate and 4 for a key.
    expect(reads).toBeLessThanOrEqual(2 * (half + 1) + 4 * (half + 1));

    // Keys that the wallet cannot use are shown as what they are; what is no certificate is passed over.
    expect(view?.keys).toContainEqual(
      expect.objectContaining({ keyId: 'aa', label: 'a public half', algorithm: 'secp256k1' }),
    );
    expect(view?.keys.find(({ keyId }) => keyId === 'aa')?.type).toBe(null);
    expect(view?.unread).toBe(1);
    expect(await world.tokens.findKey({ token, id: 'aa' })).toBe('incomplete');
    expect(await world.tokens.findKey({ token, id: 'ab' })).toBe(null);
  });

  it('is read as far as it can be shown, and the others are counted', deep, () => {
    const cryptoki = Cryptoki.open(shim.modulePath);
    const sessions = new TokenSessions(cryptoki, new LoginFunctions(cryptoki));
    const [slot] = cryptoki.slots();
    if (slot === undefined) throw new Error('there is no slot');
    const most = half + 20;
    const { keys, certificates, unread } = readTokenObjects(cryptoki, sessions.of(slot), most);
    expect(keys).toHaveLength(half + 1);
    expect(keys.length + certificates.length + unread).toBe(2 * half + 2);
    expect(most - keys.length - certificates.length).toBeLessThanOrEqual(1);
    cryptoki.close();
  });
});

it('finds each of two tokens with the same label by its serial number', async () => {
  await using hsm = await SoftHsm.create(
    { label: 'work', pin: '111111' },
    { label: 'work', pin: '222222' },
  );
  await using world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  await world.tokens.watch();
  const hold = { seconds: 60, uses: 10 };
  for (const { serial, pin } of hsm.tokens) {
    const token = { ...(await world.reference('work')), serial };
    await world.tokens.login(token, { pin: pinOf(pin), acceptFinalTry: false, hold });
  }
  expect(new Set(hsm.tokens.map(({ serial }) => serial)).size).toBe(2);
});

it(
  'decides between two modules that show the same token by the one that was used',
  deep,
  async () => {
    await using hsm = await SoftHsm.create('work');
    await using left = await Pkcs11Shim.around(hsm);
    await using right = await Pkcs11Shim.around(hsm);
    await using world = new TokenWorld({
      modulePaths: [left.modulePath, right.modulePath],
      env: {},
    });
    const token = await world.reference('work');
    expect(token.modulePath).toBe(left.modulePath);
    right.recordCalls();
    await world.tokens.lockOf({ ...token, modulePath: left.modulePath });
    expect(right.calls).toEqual([]);
    await expect(world.tokens.lockOf({ ...token, modulePath: '/elsewhere' })).rejects.toMatchObject(
      {
        reason: 'ambiguous',
        facts: { token: 'work' },
      },
    );
  },
);

it('tells of a token that is put in by the event, without asking the module all the time', async () => {
  await using hsm = await SoftHsm.create('work');
  await using shim = await Pkcs11Shim.around(hsm);
  await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
  const token = await world.reference();
  shim.recordCalls();
  for (let round = 0; round < 3; round += 1) {
    shim.remove();
    await expect.poll(() => world.tokens.tokenIdOf(token)).toBe(null);
    const shown = new Promise<void>((resolve) => {
      world.tokens.subscribe(() => {
        if (world.tokens.tokenIdOf(token) !== null) resolve();
      });
    });
    shim.insert();
    await shown;
  }
  // SoftHSM has two slots, and each of them tells of each change; a look begins with the list of the slots.
  const looks = countsOf(shim.calls).get('C_GetSlotList') ?? 0;
  expect(looks).toBeLessThanOrEqual(2 * 12 + 2);
});

it('adds a module that somebody names, and forgets it', deep, async () => {
  await using hsm = await SoftHsm.create('work');
  await using world = new TokenWorld({ modulePaths: [], env: hsm.env });
  await world.tokens.watch();
  expect(world.tokens.modules).toEqual([]);
  await world.tokens.addModule(hsm.modulePath);
  expect(world.tokens.modules).toMatchObject([{ status: 'ready', foundBy: 'person' }]);
  const [module] = world.tokens.modules;
  await world.tokens.forgetModule(module?.moduleId ?? '');
  expect(world.tokens.modules).toEqual([]);
  await expect.poll(() => world.launcher.running.size).toBe(0);
});
