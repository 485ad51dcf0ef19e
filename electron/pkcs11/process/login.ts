import koffi from 'koffi';
import { ckr } from './ckr.ts';
import { malformed, refusedWith } from './cryptoki-error.ts';
import type { Cryptoki, Handle } from './cryptoki.ts';
import { functionListOf } from './function-list.ts';

// pkcs11js takes PINs as strings only, which cannot be wiped, and cannot pass the NULL that a PIN pad asks for
// (PKCS #11 v3.0 §5.6.8). So these functions are called at their places in the module's CK_FUNCTION_LIST.

/** Who logs in (PKCS #11 v3.0 §4.2). */
export const users = { securityOfficer: 0, user: 1, contextSpecific: 2 } as const;
export type User = (typeof users)[keyof typeof users];

/** Places in CK_FUNCTION_LIST, counted from C_Initialize (PKCS #11 v2.40 §C). */
const places = { C_InitPIN: 10, C_SetPIN: 11, C_Login: 18 } as const;

type Pin = Uint8Array | null;
/** koffi's own type says `any`. */
interface NativeFunction {
  (...values: readonly unknown[]): unknown;
  async(...values: readonly unknown[]): void;
}

/** Functions that take PINs. They leave the event loop free where the module bears two threads. */
export class LoginFunctions {
  readonly #login: NativeFunction;
  readonly #setPin: NativeFunction;
  readonly #initPin: NativeFunction;
  readonly #isThreadSafe: boolean;

  /** The module is loaded and initialised by now: this gets the same one. */
  constructor({ path, isThreadSafe }: Pick<Cryptoki, 'path' | 'isThreadSafe'>) {
    const list = functionListOf(path);
    this.#isThreadSafe = isThreadSafe;
    this.#login = functionAt(list, places.C_Login, ['ulong', 'ulong', 'void *', 'ulong']);
    this.#initPin = functionAt(list, places.C_InitPIN, ['ulong', 'void *', 'ulong']);
    this.#setPin = functionAt(list, places.C_SetPIN, [
      'ulong',
      'void *',
      'ulong',
      'void *',
      'ulong',
    ]);
  }

  /** `null`: typed on the reader. */
  login(session: Handle, user: User, pin: Pin): Promise<void> {
    return this.#call(this.#login, [numberOf(session), user, pin, pin?.byteLength ?? 0]);
  }

  setPin(session: Handle, current: Pin, next: Pin): Promise<void> {
    const lengths = [current?.byteLength ?? 0, next?.byteLength ?? 0] as const;
    return this.#call(this.#setPin, [numberOf(session), current, lengths[0], next, lengths[1]]);
  }

  initPin(session: Handle, pin: Pin): Promise<void> {
    return this.#call(this.#initPin, [numberOf(session), pin, pin?.byteLength ?? 0]);
  }

  async #call(callee: NativeFunction, values: readonly unknown[]): Promise<void> {
    const result = this.#isThreadSafe ? await later(callee, values) : callee(...values);
    const number = Number(result);
    if (!Number.isSafeInteger(number)) throw malformed('an answer that is no number');
    if (number !== ckr.CKR_OK) throw refusedWith(number);
  }
}

function later(callee: NativeFunction, values: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    callee.async(...values, (error: Error | null, result: unknown) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}

function functionAt(list: unknown, place: number, types: readonly string[]): NativeFunction {
  const pointer = koffi.sizeof('void *');
  // CK_VERSION comes first. PKCS #11 v2.40 §2.1: structures are packed on Windows, where a long is shorter than a pointer.
  const start = koffi.sizeof('long') < pointer ? 2 : pointer;
  const address: unknown = koffi.decode(list, start + place * pointer, 'void *');
  return koffi.decode(address, koffi.proto('ulong', [...types])) as NativeFunction;
}

/** CK_SESSION_HANDLE, as pkcs11js gives it. */
const numberOf = (handle: Handle): number | bigint =>
  handle.length === 8 ? handle.readBigUInt64LE() : handle.readUInt32LE();
