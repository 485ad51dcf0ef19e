import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../server-program.ts';
import { compiledLibrary } from './compiled-library.ts';

/** The functions that can be made slow, stubborn or fatal. All others go straight to the module inside. */
export type ShimmedFunction =
  | 'C_Initialize'
  | 'C_Finalize'
  | 'C_GetInfo'
  | 'C_WaitForSlotEvent'
  | 'C_GetSlotList'
  | 'C_GetSlotInfo'
  | 'C_GetTokenInfo'
  | 'C_InitToken'
  | 'C_GetMechanismList'
  | 'C_GetMechanismInfo'
  | 'C_OpenSession'
  | 'C_CloseSession'
  | 'C_CloseAllSessions'
  | 'C_GetSessionInfo'
  | 'C_Login'
  | 'C_Logout'
  | 'C_SetPIN'
  | 'C_InitPIN'
  | 'C_CreateObject'
  | 'C_DestroyObject'
  | 'C_GetAttributeValue'
  | 'C_SetAttributeValue'
  | 'C_FindObjectsInit'
  | 'C_FindObjects'
  | 'C_FindObjectsFinal'
  | 'C_GenerateKeyPair'
  | 'C_SignInit'
  | 'C_Sign'
  | 'C_SignUpdate'
  | 'C_SignFinal';

export interface ShimTrigger {
  /** The first call from now on is 1, which is meant when nothing is said; calls of all processes count. */
  readonly call?: number;
  /** `after`: what was asked for is done, but nobody learns it. */
  readonly moment: 'before' | 'after';
  /** `crash` is a SIGSEGV; `hang` lasts until the process ends; a number is the CK_RV that is answered. */
  readonly then: 'remove' | 'crash' | 'hang' | number;
}

/** What the person at the reader does, `after` so many milliseconds (at once when not said). */
export type PinPadAnswer =
  | {
      readonly does: 'type';
      readonly pin: string;
      readonly newPin?: string;
      readonly after?: number;
    }
  | { readonly does: 'cancel' | 'time-out'; readonly after?: number }
  /** Nothing, until another answer is set, the token is taken out, or the pad is. */
  | { readonly does: 'wait' };

/** A module that can be wrapped: `SoftHsm`, `VirtualTpm`, `SmartCardReader`. */
export interface WrappedModule {
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What a shim is made of, and whether the token is in. */
const kept: readonly string[] = ['shim.so', 'module', 'environment', 'presence'];

const ckrDeviceMemory = 0x31;
const ckrFunctionNotSupported = 0x54;
const ckrUserAnotherAlreadyLoggedIn = 0x104;

/**
 * A module around a module, whose tokens fail as one says. All methods take effect at once, also in running processes
 * and while a call is under way; they hold for all tokens of the module inside. The environment of that is set by the
 * shim itself, so that whoever loads `modulePath` needs none:
 *
 *     await using shim = await Pkcs11Shim.around(hsm);
 *     shim.when('C_GenerateKeyPair', { moment: 'after', then: 'remove' });
 */
export class Pkcs11Shim implements AsyncDisposable {
  /** A file of its own for each shim, so that one process can load several. */
  readonly modulePath: string;
  readonly env: Readonly<Record<string, string>> = {};
  readonly #directory: string;
  readonly #removeDirectory: () => Promise<void>;

  private constructor(directory: string, removeDirectory: () => Promise<void>) {
    this.#directory = directory;
    this.#removeDirectory = removeDirectory;
    this.modulePath = join(directory, 'shim.so');
  }

  static async around({ modulePath, env }: WrappedModule): Promise<Pkcs11Shim> {
    const { path, remove } = await temporaryDirectory('pkcs11-shim');
    const shim = new Pkcs11Shim(path, remove);
    const headers = ['pkcs11-shim-control.h', 'pkcs11-shim-pins.h'];
    await copyFile(await compiledLibrary('pkcs11-shim.c', headers), shim.modulePath);
    shim.#set('module', modulePath);
    const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    shim.#set('environment', environment.join('\n'));
    return shim;
  }

  // --- The reader ---

  /** Takes the token out: sessions die, calls answer CKR_DEVICE_REMOVED or CKR_TOKEN_NOT_PRESENT, waiters wake. */
  remove(): void {
    if (!this.isRemoved) this.#set('presence', this.#presence + 1);
  }

  /** Puts it in again. Sessions from before stay dead, also when nobody called while it was out. */
  insert(): void {
    if (this.isRemoved) this.#set('presence', this.#presence + 1);
  }

  get isRemoved(): boolean {
    return this.#presence % 2 === 1;
  }

  // --- Calls ---

  /** Does something at one call, once; a second trigger at the same function takes the place of the first. */
  when(at: ShimmedFunction, { call = 1, moment, then }: ShimTrigger): void {
    const action = typeof then === 'number' ? `answer ${then}` : `${then} 0`;
    this.#set(`at-${at}`, `${call} ${moment} ${action}`);
  }

  /** Each call answers this CK_RV and does nothing; `null` ends it. */
  answer(at: ShimmedFunction, value: number | null): void {
    this.#set(`answer-${at}`, value);
  }

  /** Each call takes so many milliseconds more. */
  latency(at: ShimmedFunction, milliseconds: number): void {
    this.#set(`latency-${at}`, milliseconds);
  }

  /** From now on `calls` tells who is called. */
  recordCalls(): void {
    this.#set('calls', '');
  }

  /** In order: `C_Sign`; of logins also the kind of PIN and no more: `C_Login user=1 pin=null`. */
  get calls(): readonly string[] {
    return readFileSync(join(this.#directory, 'calls'), 'utf8').split('\n').filter(Boolean);
  }

  /** No C_WaitForSlotEvent, as with SoftHSM and tpm2-pkcs11. */
  withoutSlotEvents(): void {
    this.answer('C_WaitForSlotEvent', ckrFunctionNotSupported);
  }

  // --- PINs ---

  /**
   * Locks after so many wrong PINs, and says COUNT_LOW and FINAL_TRY on the way there. The try that locks answers
   * CKR_PIN_LOCKED. The count outlives processes; a right PIN ends it, for the user's also C_InitPIN.
   */
  lockAfter(tries: number, whose: 'pin' | 'so-pin' = 'pin'): void {
    this.#set(`${whose}-tries`, tries);
  }

  /** How many wrong PINs were counted; setting it leaves a token with as many tries as a test wants. */
  wrongPins(whose: 'pin' | 'so-pin' = 'pin'): number {
    return this.#number(`${whose}-wrong`);
  }

  setWrongPins(count: number, whose: 'pin' | 'so-pin' = 'pin'): void {
    this.#set(`${whose}-wrong`, count);
  }

  /**
   * CKF_PROTECTED_AUTHENTICATION_PATH: logging in and changing PINs takes a NULL PIN only (CKR_ARGUMENTS_BAD otherwise).
   * Cancel and time-out both answer CKR_FUNCTION_CANCELED, as OpenSC does. No PIN may contain a blank. `null`: no pad.
   */
  pinPad(answer: PinPadAnswer | null): void {
    if (answer === null || answer.does === 'wait') {
      this.#set('pin-pad', answer && '0 wait');
      return;
    }
    const words = answer.does === 'type' ? ['type', answer.pin, answer.newPin ?? ''] : ['cancel'];
    this.#set('pin-pad', [answer.after ?? 0, ...words].join(' '));
  }

  /** Logs in at C_OpenSession and says that no login is needed, for programs that cannot ask. */
  autoLogin(pin: string | null): void {
    this.#set('auto-login', pin);
  }

  /** Another program has logged in, so that nobody else can. */
  otherProgramLoggedIn(isSo = true): void {
    this.answer('C_Login', isSo ? ckrUserAnotherAlreadyLoggedIn : null);
  }

  // --- What the token says of itself ---

  /** Instead of what is written on all tokens: two with the same label, the same serial number, or none. */
  writtenOn(token: { readonly label?: string; readonly serial?: string }): void {
    if (token.label !== undefined) this.#set('label', token.label);
    if (token.serial !== undefined) this.#set('serial', token.serial);
  }

  /** CKF_HW_SLOT: a thing of its own and no file. */
  hardware(isSo = true): void {
    this.#set('hardware', isSo ? '' : null);
  }

  /** CK_TOKEN_INFO flags that are set besides, as CKF_USER_PIN_TO_BE_CHANGED. */
  tokenFlags(flags: number): void {
    this.#set('token-flags', flags);
  }

  /** Refuses sessions that may write, with CKR_TOKEN_WRITE_PROTECTED, and says CKF_WRITE_PROTECTED. */
  readOnly(isSo = true): void {
    this.#set('write-protected', isSo ? '' : null);
  }

  /** Octets that are said to be free; nothing is refused for that alone. */
  freeMemory(octets: number): void {
    this.#set('free-memory', octets);
  }

  /** No memory is left: keys and objects are refused with CKR_DEVICE_MEMORY. */
  full(isSo = true): void {
    this.#set('free-memory', isSo ? 0 : null);
    this.answer('C_GenerateKeyPair', isSo ? ckrDeviceMemory : null);
    this.answer('C_CreateObject', isSo ? ckrDeviceMemory : null);
  }

  // --- Lies ---

  /** Mechanisms that are in the list and are refused when used (CKR_MECHANISM_INVALID). */
  claims(...mechanisms: readonly number[]): void {
    this.#set('mechanisms-refused', mechanisms.join(' '));
  }

  /** Mechanisms that work and are not in the list. */
  hides(...mechanisms: readonly number[]): void {
    this.#set('mechanisms-hidden', mechanisms.join(' '));
  }

  /** Key sizes that C_GetMechanismInfo gives for a mechanism; the unit is the mechanism's. */
  keySizes(mechanism: number, min: number, max: number): void {
    this.#set('mechanism-sizes', `${mechanism} ${min} ${max}`);
  }

  /** Makes extractable keys that are not sensitive, whatever the template says. */
  extractableKeys(isSo = true): void {
    this.#set('extractable', isSo ? '' : null);
  }

  /** Makes keys that want a login for each use (CKA_ALWAYS_AUTHENTICATE). */
  alwaysAuthenticate(isSo = true): void {
    this.#set('always-authenticate', isSo ? '' : null);
  }

  /** C_Sign says that it wrote so many octets, whatever it wrote and whatever there was room for. */
  signatureLength(octets: number | null): void {
    this.#set('signature-length', octets);
  }

  /** C_Sign gives signatures of the right length that are wrong in the last bit. */
  wrongSignatures(isSo = true): void {
    this.#set('signature-wrong', isSo ? '' : null);
  }

  /** C_GetAttributeValue gives these lengths for these attribute types; `2n ** 64n - 1n` is CK_UNAVAILABLE_INFORMATION. */
  attributeLengths(lengths: ReadonlyMap<number, number | bigint>): void {
    const rows = Array.from(lengths, ([type, length]) => `${type} ${length}`);
    this.#set('attribute-lengths', rows.length === 0 ? null : rows.join(' '));
  }

  /** C_FindObjects says that it found so many, each time it is asked. */
  objectCount(count: number | bigint | null): void {
    this.#set('object-count', count);
  }

  /** C_GetSlotList says that there are so many. */
  slotCount(count: number | bigint | null): void {
    this.#set('slot-count', count);
  }

  // ---

  /** Takes back whatever was set; what the tokens keep themselves, PINs and objects, stays. */
  reset(): void {
    for (const name of readdirSync(this.#directory)) {
      if (!kept.includes(name)) this.#set(name, null);
    }
    this.insert();
  }

  async stop(): Promise<void> {
    await this.#removeDirectory();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #presence(): number {
    return this.#number('presence');
  }

  #number(name: string): number {
    const path = join(this.#directory, name);
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
  }

  /** In one step, so that the shim does not read half of it; `null` takes the file away. */
  #set(name: string, content: string | number | bigint | null): void {
    const path = join(this.#directory, name);
    if (content === null) {
      rmSync(path, { force: true });
      return;
    }
    writeFileSync(`${path}.fresh`, String(content));
    renameSync(`${path}.fresh`, path);
  }
}
