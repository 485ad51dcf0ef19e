import { randomBytes } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { expect, it } from 'vitest';
import { derOf } from '../certificates/pem.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { LoadedModule } from '../testing/tokens/loaded-module.ts';
import { Pkcs11Shim } from '../testing/tokens/pkcs11-shim.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { pinOf, TokenWorld } from '../testing/tokens/token-world.ts';

/** Writes with another program's hands. */
function fill(hsm: SoftHsm, templates: readonly pkcs11js.Template[]): void {
  using module = new LoadedModule(hsm.modulePath, hsm.env);
  const session = module.open('123456');
  for (const template of templates) module.pkcs11.C_CreateObject(session, template);
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

it('reads two hundred objects without keeping anybody waiting', async () => {
  await using hsm = await SoftHsm.create('work');
  const root = await TestAuthority.root({ name: 'One of many' });
  const der = derOf(root.certificate);
  fill(
    hsm,
    Array.from({ length: 200 }, (_, index) =>
      index < 100
        ? certificateTemplate(der, randomBytes(20))
        : publicKeyTemplate(randomBytes(20), '06082a8648ce3d030107', randomBytes(65)),
    ),
  );
  await using world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  await world.reference();
  const token = () => world.tokens.modules[0]?.readers[0]?.token;
  expect(token()?.certificates).toHaveLength(100);
  expect(token()?.keys).toHaveLength(100);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    await world.tokens.refresh();
    times.push(performance.now() - start);
  }
  expect(Math.min(...times)).toBeLessThan(300);
});

it('reads as many as it can show, and counts the others', { timeout: 120_000 }, async () => {
  await using hsm = await SoftHsm.create('work');
  await using shim = await Pkcs11Shim.around(hsm);
  const point = randomBytes(65);
  const ids = Array.from({ length: 1_030 }, () => randomBytes(8));
  fill(
    hsm,
    ids.map((id) => publicKeyTemplate(id, '06082a8648ce3d030107', point)),
  );
  await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
  await world.reference();
  const token = world.tokens.modules[0]?.readers[0]?.token;
  expect(token?.keys).toHaveLength(1_000);
  expect(token?.unread).toBe(30);
});

it('shows keys that the wallet cannot use as what they are, and passes over what is no certificate', async () => {
  await using hsm = await SoftHsm.create('work');
  const id = Buffer.from('aa', 'hex');
  fill(hsm, [
    publicKeyTemplate(id, '06052b8104000a', randomBytes(65)),
    certificateTemplate(randomBytes(100), Buffer.from('bb', 'hex')),
  ]);
  await using world = new TokenWorld({ modulePaths: [hsm.modulePath], env: hsm.env });
  const token = await world.reference();
  const view = world.tokens.modules[0]?.readers[0]?.token;
  expect(view).toMatchObject({
    keys: [{ keyId: 'aa', label: 'a public half', type: null, algorithm: 'secp256k1' }],
    ...{ certificates: [], unread: 1 },
  });
  expect(await world.tokens.findKey({ token, id: 'aa' })).toBe('incomplete');
  expect(await world.tokens.findKey({ token, id: 'ab' })).toBe(null);
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

it('decides between two modules that show the same token by the one that was used', async () => {
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
  await expect(world.tokens.lockOf({ ...token, modulePath: '/elsewhere' })).rejects.toMatchObject({
    reason: 'ambiguous',
    facts: { token: 'work' },
  });
});

it('tells of a token that is put in within half a second', async () => {
  await using hsm = await SoftHsm.create('work');
  await using shim = await Pkcs11Shim.around(hsm);
  await using world = new TokenWorld({ modulePaths: [shim.modulePath], env: {} });
  const token = await world.reference();
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    shim.remove();
    await expect.poll(() => world.tokens.tokenIdOf(token)).toBe(null);
    const shown = new Promise<void>((resolve) => {
      world.tokens.subscribe(() => {
        if (world.tokens.tokenIdOf(token) !== null) resolve();
      });
    });
    const start = performance.now();
    shim.insert();
    await shown;
    times.push(performance.now() - start);
  }
  expect(Math.min(...times)).toBeLessThan(500);
});

it('adds a module that somebody names, and forgets it', async () => {
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
