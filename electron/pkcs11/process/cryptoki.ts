import pkcs11js from 'pkcs11js';
import { ckr } from './ckr.ts';
import { CryptokiError, isCkr, malformed, refusedWith } from './cryptoki-error.ts';
import { functionListOf } from './function-list.ts';
import { moduleName } from './module-name.ts';
import { quirksOf, type Quirks } from './quirks.ts';

export type Handle = Buffer;
export type Template = pkcs11js.Template;

/** Numbers of PKCS #11 v3.0 (`pkcs11t.h`) that pkcs11js has no names for. */
export const ck = {
  CKF_TOKEN_PRESENT: 0x01,
  CKF_HW_SLOT: 0x04,
  CKS_RO_USER_FUNCTIONS: 1,
  CKS_RW_USER_FUNCTIONS: 3,
  CKK_EC_EDWARDS: 0x40,
  CKM_EC_EDWARDS_KEY_PAIR_GEN: 0x1055,
  CKM_EDDSA: 0x1057,
} as const;

const mostSlots = 64;
const handlesAtOnce = 256;
/** A module that never stops listing is stopped. */
const mostHandles = 20_000;

/** One loaded and initialised module: pkcs11js, with errors that are decided by code. */
export class Cryptoki {
  readonly path: string;
  /** For the person; empty where its file has to do. */
  readonly name: string;
  readonly quirks: Quirks;
  /** Whether the module may be called from two threads at once. */
  readonly isThreadSafe: boolean;
  readonly #pkcs11: pkcs11js.PKCS11;

  private constructor(path: string, pkcs11: pkcs11js.PKCS11, isThreadSafe: boolean) {
    this.path = path;
    this.#pkcs11 = pkcs11;
    this.isThreadSafe = isThreadSafe;
    const info = this.call((module) => module.C_GetInfo());
    const facts = {
      manufacturer: textOf(info.manufacturerID),
      description: textOf(info.libraryDescription),
    };
    this.name = moduleName(facts.description, facts.manufacturer);
    this.quirks = quirksOf(facts);
  }

  /** Throws `LoadError`, or `CryptokiError` where the module itself refuses. */
  static open(path: string): Cryptoki {
    // pkcs11js does this again, and tells every failure alike.
    functionListOf(path);
    const pkcs11 = new pkcs11js.PKCS11();
    pkcs11.load(path);
    return new Cryptoki(path, pkcs11, initialize(pkcs11));
  }

  /** Calls PKCS #11 functions; whatever they refuse with is thrown as `CryptokiError`. */
  call<T>(functions: (module: pkcs11js.PKCS11) => T): T {
    try {
      return functions(this.#pkcs11);
    } catch (error) {
      throw cryptokiError(error);
    }
  }

  slots(): readonly Handle[] {
    return this.call((module) => module.C_GetSlotList(false)).slice(0, mostSlots);
  }

  isTokenPresent(slot: Handle): boolean {
    const { flags } = this.call((module) => module.C_GetSlotInfo(slot));
    return (flags & ck.CKF_TOKEN_PRESENT) !== 0;
  }

  /** Handles of the objects that match, and how many more there are. */
  find(session: Handle, template: Template, most: number): { handles: Handle[]; more: number } {
    return this.call((module) => {
      module.C_FindObjectsInit(session, template);
      try {
        return takeHandles(module, session, most);
      } finally {
        module.C_FindObjectsFinal(session);
      }
    });
  }

  /** Attributes in the order that was asked for; `undefined` where the object has none, or does not show it. */
  attributes(session: Handle, object: Handle, types: readonly number[]): (Buffer | undefined)[] {
    try {
      return this.#read(session, object, types);
    } catch (error) {
      if (!isCkr(error, ckr.CKR_ATTRIBUTE_TYPE_INVALID, ckr.CKR_ATTRIBUTE_SENSITIVE)) throw error;
      // One that is missing spoils the whole call.
      if (types.length === 1) return [undefined];
      return types.flatMap((type) => this.attributes(session, object, [type]));
    }
  }

  /** As if it had just been opened: every session and login has ended. */
  restart(): void {
    this.close();
    initialize(this.#pkcs11);
  }

  close(): void {
    this.call((module) => {
      module.C_Finalize();
    });
  }

  #read(session: Handle, object: Handle, types: readonly number[]): (Buffer | undefined)[] {
    const template = types.map((type) => ({ type }));
    const read = this.call((module) => module.C_GetAttributeValue(session, object, template));
    return read.map(({ value }: { value?: Buffer }) => value);
  }
}

function initialize(pkcs11: pkcs11js.PKCS11): boolean {
  try {
    pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
    return true;
  } catch (error) {
    const refused = cryptokiError(error);
    if (isCkr(refused, ckr.CKR_CRYPTOKI_ALREADY_INITIALIZED)) return true;
    // PKCS #11 §5.4: the module knows no locks of the system, and may be called by one thread only.
    if (!isCkr(refused, ckr.CKR_CANT_LOCK, ckr.CKR_ARGUMENTS_BAD)) throw refused;
    pkcs11.C_Initialize();
    return false;
  }
}

function takeHandles(module: pkcs11js.PKCS11, session: Handle, most: number) {
  const handles: Handle[] = [];
  let more = 0;
  for (let seen = 0; seen < mostHandles;) {
    const batch = module.C_FindObjects(session, handlesAtOnce);
    if (batch.length > handlesAtOnce) throw malformed('more objects than were asked for');
    const taken = batch.slice(0, most - handles.length);
    handles.push(...taken);
    more += batch.length - taken.length;
    seen += batch.length;
    // PKCS #11 §5.7.9 ends with none; fewer than asked for may just be how the module likes to give them.
    if (batch.length === 0) break;
  }
  return { handles, more };
}

/** pkcs11js throws some refusals with the code, and some with nothing but a name in the text, `CKR_…:number`. */
function cryptokiError(error: unknown): unknown {
  if (error instanceof CryptokiError) return error;
  if (!(error instanceof Error)) return malformed('no error', error);
  const number = numberOf(error);
  return number === null ? malformed(error.name, error) : refusedWith(number);
}

function numberOf(error: Error): number | null {
  if ('code' in error && typeof error.code === 'number' && error.code > 0) return error.code;
  const [, number] = /^CKR_\w+:(\d+)/.exec(error.message) ?? [];
  return number === undefined ? null : Number(number);
}

/** Fields of a fixed length are padded with spaces; some modules pad with NUL. */
export function textOf(padded: string): string {
  const end = padded.indexOf('\0');
  return (end === -1 ? padded : padded.slice(0, end)).trim();
}

export const slotName = (slot: Handle): string => slot.toString('hex');

/** CK_ULONG as it is in memory here; `null` where it is none. */
export function numberIn(value: Buffer | undefined): number | null {
  if (value === undefined) return null;
  if (value.length === 4) return value.readUInt32LE();
  if (value.length !== 8) return null;
  const number = value.readBigUInt64LE();
  return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : null;
}

/** CK_BBOOL; `null` where the object does not say. */
export function booleanIn(value: Buffer | undefined): boolean | null {
  return value?.length === 1 ? value[0] !== 0 : null;
}
