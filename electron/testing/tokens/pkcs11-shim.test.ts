import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import pkcs11js from 'pkcs11js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateP256, LoadedModule, returnValueOf, signDigest } from './loaded-module.ts';
import { Pkcs11Shim } from './pkcs11-shim.ts';
import { SoftHsm } from './soft-hsm.ts';

const program = join(import.meta.dirname, 'signing-program.ts');
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

test('a shim that nobody steers is its module: key, signature, token', () => {
  using module = load();
  const session = module.open(pin);
  const { privateKey } = generateP256(module, session);
  expect(signDigest(module, session, privateKey)).toHaveLength(64);
  expect(module.pkcs11.C_GetTokenInfo(module.slot).serialNumber.trim()).toBe(hsm.token.serial);
});

test('removal ends sessions, insertion brings the token back and not the sessions', () => {
  using module = load();
  const session = module.open(pin);
  const { slot } = module;
  shim.remove();
  expect(returnValueOf(() => module.find(session, []))).toBe('CKR_DEVICE_REMOVED');
  expect(returnValueOf(() => module.pkcs11.C_GetTokenInfo(slot))).toBe('CKR_TOKEN_NOT_PRESENT');
  expect(returnValueOf(() => module.open(undefined, slot))).toBe('CKR_TOKEN_NOT_PRESENT');
  expect(module.slots).toEqual([]);
  shim.insert();
  expect(returnValueOf(() => module.find(session, []))).toBe('CKR_SESSION_HANDLE_INVALID');
  expect(returnValueOf(() => module.open(pin))).toBe('CKR_OK');
});

test('sessions end also when the token was back before anybody looked', () => {
  using module = load();
  const session = module.open(pin);
  shim.remove();
  shim.insert();
  expect(returnValueOf(() => module.find(session, []))).toBe('CKR_SESSION_HANDLE_INVALID');
});

test('a blocking wait is woken by removal, by insertion, and by C_Finalize', async () => {
  const module = load();
  const worker = new Worker(join(import.meta.dirname, 'slot-event-worker.ts'), {
    workerData: shim.modulePath,
  });
  const heard: string[] = [];
  worker.on('message', (message: string) => heard.push(message));
  await expect.poll(() => heard).toContain('waiting');
  shim.remove();
  // One for each slot, of which SoftHSM has always one more.
  await expect.poll(() => heard.filter((each) => each === 'out')).toHaveLength(2);
  shim.insert();
  await expect.poll(() => heard.filter((each) => each === 'in')).toHaveLength(2);
  module[Symbol.dispose]();
  await expect.poll(() => heard.at(-1)).toBe('CKR_CRYPTOKI_NOT_INITIALIZED');
  await worker.terminate();
});

test('without slot events waiting is not supported', () => {
  using module = load();
  const look = () => module.pkcs11.C_WaitForSlotEvent(pkcs11js.CKF_DONT_BLOCK);
  expect(look()).toBe(null);
  shim.withoutSlotEvents();
  expect(returnValueOf(look)).toBe('CKR_FUNCTION_NOT_SUPPORTED');
});

test('a token is removed at a chosen call, before it takes effect or after', () => {
  using module = load();
  const publicKeys = () =>
    module.find(module.open(), [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY }]);
  for (const [moment, made] of [
    ['before', 0],
    ['after', 1],
  ] as const) {
    shim.when('C_GenerateKeyPair', { moment, then: 'remove' });
    const session = module.open(pin);
    expect(returnValueOf(() => generateP256(module, session))).toBe('CKR_DEVICE_REMOVED');
    expect(shim.isRemoved).toBe(true);
    shim.insert();
    expect(publicKeys()).toHaveLength(made);
  }
});

test('a call that is counted answers as told, once', () => {
  using module = load();
  const session = module.open(pin);
  shim.when('C_FindObjectsInit', { call: 2, moment: 'before', then: 0x30 });
  const answers = [1, 2, 3].map(() => returnValueOf(() => module.find(session, [])));
  expect(answers).toEqual(['CKR_OK', 'CKR_DEVICE_ERROR', 'CKR_OK']);
});

test('a crash takes the process down, before the call or after', async () => {
  for (const moment of ['before', 'after'] as const) {
    shim.when('C_Sign', { moment, then: 'crash' });
    const run = promisify(execFile)(process.execPath, [program, shim.modulePath, pin]);
    await expect(run).rejects.toMatchObject({ signal: 'SIGSEGV', stdout: 'logged in\n' });
  }
  const { stdout } = await promisify(execFile)(process.execPath, [program, shim.modulePath, pin]);
  expect(stdout).toContain('signed 64');
});

test('a hang lasts until the process is killed', async () => {
  shim.recordCalls();
  shim.when('C_Sign', { moment: 'before', then: 'hang' });
  const child = spawn(process.execPath, [program, shim.modulePath, pin], { stdio: 'ignore' });
  await expect.poll(() => shim.calls).toContain('C_Sign');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(child.exitCode).toBe(null);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('latency is that of the function it was given to', () => {
  using module = load();
  const session = module.open(pin);
  const { privateKey } = generateP256(module, session);
  shim.latency('C_Sign', 150);
  const start = performance.now();
  signDigest(module, session, privateKey);
  expect(performance.now() - start).toBeGreaterThan(145);
});
