import pkcs11js from 'pkcs11js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateP256, LoadedModule, returnValueOf, signDigest } from './loaded-module.ts';
import { Pkcs11Shim } from './pkcs11-shim.ts';
import { SoftHsm } from './soft-hsm.ts';

const { CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, CKA_EC_POINT } = pkcs11js;
// CKF_HW_SLOT, which pkcs11js leaves out.
const hardwareSlot = 4;
const pin = '123456';

let hsm: SoftHsm;
let shim: Pkcs11Shim;
beforeEach(async () => {
  hsm = await SoftHsm.create('work', 'spare');
  shim = await Pkcs11Shim.around(hsm);
});
afterEach(async () => {
  await shim.stop();
  await hsm.stop();
});

const load = (): LoadedModule => new LoadedModule(shim.modulePath, shim.env);

test('a claimed mechanism is in the list and refused, a hidden one is not and works', () => {
  shim.claims(CKM_EC_KEY_PAIR_GEN, 0x1057);
  shim.hides(CKM_ECDSA);
  using module = load();
  const list = module.pkcs11.C_GetMechanismList(module.slot);
  expect(list.filter((each) => each === CKM_EC_KEY_PAIR_GEN)).toHaveLength(1);
  expect(list).toContain(0x1057);
  expect(list).not.toContain(CKM_ECDSA);
  expect(module.pkcs11.C_GetMechanismInfo(module.slot, 0x1057).flags).not.toBe(0);
  const session = module.open(pin);
  expect(returnValueOf(() => generateP256(module, session))).toBe('CKR_MECHANISM_INVALID');
  shim.claims();
  const { privateKey } = generateP256(module, session);
  expect(signDigest(module, session, privateKey)).toHaveLength(64);
});

test('key sizes are those that were told', () => {
  shim.keySizes(pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN, 1024, 2048);
  using module = load();
  const sizes = module.pkcs11.C_GetMechanismInfo(module.slot, pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN);
  expect(sizes).toMatchObject({ minKeySize: 1024, maxKeySize: 2048 });
});

test('signatures come shorter, or wrong', () => {
  using module = load();
  const session = module.open(pin);
  const { privateKey, publicKey } = generateP256(module, session);
  shim.signatureLength(7);
  expect(signDigest(module, session, privateKey)).toHaveLength(7);
  shim.signatureLength(null);
  const verify = (): boolean => {
    const signature = signDigest(module, session, privateKey);
    module.pkcs11.C_VerifyInit(session, { mechanism: CKM_ECDSA }, publicKey);
    return (
      returnValueOf(() => module.pkcs11.C_Verify(session, Buffer.alloc(32, 7), signature)) ===
      'CKR_OK'
    );
  };
  expect(verify()).toBe(true);
  shim.wrongSignatures();
  expect(verify()).toBe(false);
});

test('attributes and searches give counts that cannot be', () => {
  using module = load();
  const session = module.open(pin);
  const { publicKey } = generateP256(module, session);
  const point = () =>
    module.pkcs11.C_GetAttributeValue(session, publicKey, [{ type: CKA_EC_POINT }])[0]?.value;
  expect(point()).toHaveLength(67);
  shim.attributeLengths(new Map([[CKA_EC_POINT, 3]]));
  expect(point()).toHaveLength(3);
  shim.attributeLengths(new Map());
  shim.objectCount(0);
  expect(module.find(session, [])).toEqual([]);
  shim.objectCount(null);
  expect(module.find(session, [])).toHaveLength(2);
});

test('a full token says so, in figures and in answers', () => {
  shim.full();
  using module = load();
  const session = module.open(pin);
  expect(module.pkcs11.C_GetTokenInfo(module.slot).freePrivateMemory).toBe(0n);
  expect(returnValueOf(() => generateP256(module, session))).toBe('CKR_DEVICE_MEMORY');
  const data = [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_DATA }];
  expect(returnValueOf(() => module.pkcs11.C_CreateObject(session, data))).toBe(
    'CKR_DEVICE_MEMORY',
  );
  shim.full(false);
  expect(returnValueOf(() => generateP256(module, session))).toBe('CKR_OK');
});

test('a read-only token opens for reading only', () => {
  shim.readOnly();
  using module = load();
  expect(module.tokenFlags & pkcs11js.CKF_WRITE_PROTECTED).not.toBe(0);
  expect(returnValueOf(() => module.open())).toBe('CKR_TOKEN_WRITE_PROTECTED');
  const reading = () => module.pkcs11.C_OpenSession(module.slot, pkcs11js.CKF_SERIAL_SESSION);
  expect(returnValueOf(reading)).toBe('CKR_OK');
});

test('keys are extractable in spite of the template, or want a login each time', () => {
  using module = load();
  const session = module.open(pin);
  const made = (...types: readonly number[]): readonly boolean[] => {
    const { privateKey } = generateP256(module, session);
    const values = module.pkcs11.C_GetAttributeValue(
      session,
      privateKey,
      types.map((type) => ({ type })),
    );
    return values.map(({ value }) => Buffer.isBuffer(value) && value[0] === 1);
  };
  const { CKA_EXTRACTABLE, CKA_SENSITIVE, CKA_ALWAYS_AUTHENTICATE } = pkcs11js;
  expect(made(CKA_EXTRACTABLE, CKA_SENSITIVE)).toEqual([false, true]);
  shim.extractableKeys();
  expect(made(CKA_EXTRACTABLE, CKA_SENSITIVE)).toEqual([true, false]);
  shim.alwaysAuthenticate();
  expect(made(CKA_ALWAYS_AUTHENTICATE)).toEqual([true]);
});

test('all tokens have the label and the serial number that were told, and hardware for a slot', () => {
  shim.writtenOn({ label: 'Twin', serial: '0001' });
  shim.hardware();
  using module = load();
  const infos = module.slots
    .map((slot) => module.pkcs11.C_GetTokenInfo(slot))
    .filter(({ flags }) => (flags & pkcs11js.CKF_TOKEN_INITIALIZED) !== 0);
  expect(infos.map(({ label }) => label)).toEqual(['Twin', 'Twin'].map((each) => each.padEnd(32)));
  expect(infos.map(({ serialNumber }) => serialNumber)).toEqual(
    ['0001', '0001'].map((each) => each.padEnd(16)),
  );
  expect(module.pkcs11.C_GetSlotInfo(module.slot).flags & hardwareSlot).not.toBe(0);
});
