import koffi from 'koffi';
import pkcs11js from 'pkcs11js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LoadedModule, returnValueOf } from './loaded-module.ts';
import { Pkcs11Shim } from './pkcs11-shim.ts';
import { SoftHsm } from './soft-hsm.ts';

const { CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED } = pkcs11js;
const pin = '123456';

let hsm: SoftHsm;
let shim: Pkcs11Shim;
beforeEach(async () => {
  hsm = await SoftHsm.create('work');
  shim = await Pkcs11Shim.around(hsm);
});
afterEach(async () => {
  await shim.stop();
  await hsm.stop();
});

const load = (): LoadedModule => new LoadedModule(shim.modulePath, shim.env);
const pinFlags = (module: LoadedModule): number =>
  module.tokenFlags & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);

test('wrong PINs count down to a lock that the right PIN does not open', () => {
  shim.lockAfter(3);
  const seen = [];
  using module = load();
  for (const typed of ['000000', '000000', '000000', pin]) {
    seen.push([returnValueOf(() => module.open(typed)), pinFlags(module)]);
  }
  expect(seen).toEqual([
    ['CKR_PIN_INCORRECT', CKF_USER_PIN_COUNT_LOW],
    ['CKR_PIN_INCORRECT', CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY],
    ['CKR_PIN_LOCKED', CKF_USER_PIN_LOCKED],
    ['CKR_PIN_LOCKED', CKF_USER_PIN_LOCKED],
  ]);
});

test('the count outlives the process that made it, and ends with the right PIN', () => {
  shim.lockAfter(3);
  {
    using first = load();
    returnValueOf(() => first.open('000000'));
  }
  expect(shim.wrongPins()).toBe(1);
  using second = load();
  expect(pinFlags(second)).toBe(CKF_USER_PIN_COUNT_LOW);
  expect(returnValueOf(() => second.open(pin))).toBe('CKR_OK');
  expect(shim.wrongPins()).toBe(0);
});

test('the security officer gives a locked token a new PIN, until their own is locked too', () => {
  shim.lockAfter(3);
  shim.setWrongPins(3);
  shim.lockAfter(2, 'so-pin');
  using module = load();
  const session = module.open();
  module.pkcs11.C_Login(session, pkcs11js.CKU_SO, '87654321');
  module.pkcs11.C_InitPIN(session, '222222');
  module.pkcs11.C_Logout(session);
  expect(returnValueOf(() => module.open('222222'))).toBe('CKR_OK');
  module.pkcs11.C_Logout(session);
  const wrong = () => module.pkcs11.C_Login(session, pkcs11js.CKU_SO, '00000000');
  expect([returnValueOf(wrong), returnValueOf(wrong)]).toEqual([
    'CKR_PIN_INCORRECT',
    'CKR_PIN_LOCKED',
  ]);
  expect(module.tokenFlags & pkcs11js.CKF_SO_PIN_LOCKED).not.toBe(0);
});

test('changing the PIN with a wrong one counts as a try', () => {
  shim.lockAfter(3);
  using module = load();
  const session = module.open(pin);
  const change = () => module.pkcs11.C_SetPIN(session, '000000', '222222');
  expect(returnValueOf(change)).toBe('CKR_PIN_INCORRECT');
  expect(shim.wrongPins()).toBe(1);
});

test('a PIN pad takes no PIN from the program', () => {
  shim.pinPad({ does: 'type', pin });
  using module = load();
  expect(module.tokenFlags & pkcs11js.CKF_PROTECTED_AUTHENTICATION_PATH).not.toBe(0);
  expect(returnValueOf(() => module.open(pin))).toBe('CKR_ARGUMENTS_BAD');
  expect(returnValueOf(() => module.open(''))).toBe('CKR_ARGUMENTS_BAD');
});

test('on the PIN pad the person types the right PIN, a wrong one, or cancels, when they are ready', async () => {
  shim.lockAfter(3);
  shim.pinPad({ does: 'type', pin: '000000' });
  using module = load();
  const session = module.open();
  expect(await loginAtPad(shim.modulePath, session)).toBe(pkcs11js.CKR_PIN_INCORRECT);
  shim.pinPad({ does: 'time-out', after: 100 });
  const start = performance.now();
  expect(await loginAtPad(shim.modulePath, session)).toBe(pkcs11js.CKR_FUNCTION_CANCELED);
  expect(performance.now() - start).toBeGreaterThan(95);
  shim.pinPad({ does: 'wait' });
  const login = loginAtPad(shim.modulePath, session);
  shim.pinPad({ does: 'type', pin });
  expect(await login).toBe(pkcs11js.CKR_OK);
  expect(module.pkcs11.C_GetSessionInfo(session).state).toBe(3);
});

test('a token that is taken out ends the wait for its PIN', async () => {
  shim.pinPad({ does: 'wait' });
  using module = load();
  const login = loginAtPad(shim.modulePath, module.open());
  shim.remove();
  expect(await login).toBe(pkcs11js.CKR_DEVICE_REMOVED);
});

test('another program that logged in keeps others out', () => {
  shim.otherProgramLoggedIn();
  using module = load();
  expect(returnValueOf(() => module.open(pin))).toBe('CKR_USER_ANOTHER_ALREADY_LOGGED_IN');
  shim.otherProgramLoggedIn(false);
  expect(returnValueOf(() => module.open(pin))).toBe('CKR_OK');
});

test('a token that logs in by itself says that it needs no PIN', () => {
  shim.autoLogin(pin);
  using module = load();
  expect(module.tokenFlags & pkcs11js.CKF_LOGIN_REQUIRED).toBe(0);
  const session = module.open();
  expect(module.pkcs11.C_GetSessionInfo(session).state).toBe(3);
});

/** C_Login with a NULL PIN, which pkcs11js cannot pass, in a thread of its own; resolves to the CK_RV. */
async function loginAtPad(modulePath: string, session: Buffer): Promise<number> {
  const library = koffi.load(modulePath);
  const getList = library.func('unsigned long C_GetFunctionList(_Out_ void **list)');
  const list: unknown[] = [null];
  getList(list);
  // CK_FUNCTION_LIST: the version, padded to a pointer; C_Login is the 19th function.
  const login = koffi.decode(koffi.decode(list[0], 8 + 18 * 8, 'void *'), loginType) as {
    async: (...parameters: readonly unknown[]) => void;
  };
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, value: number): void =>
      error === null ? resolve(value) : reject(error);
    login.async(session.readBigUInt64LE(), pkcs11js.CKU_USER, null, 0, done);
  });
}

const loginType = koffi.proto(
  'unsigned long (unsigned long session, unsigned long user, void *pin, unsigned long length)',
);
