import pkcs11js from 'pkcs11js';
import type { PinState, TokenIdentity, TokenLogin } from '../../../shared/models/token.ts';
import type { LockState } from '../messages.ts';
import { textOf, type Cryptoki, type Handle } from './cryptoki.ts';

/** CK_TOKEN_INFO in our words. */
export interface TokenState extends Omit<LockState, 'isLoggedIn'> {
  readonly identity: TokenIdentity;
  readonly isInitialized: boolean;
  readonly isWritable: boolean;
  readonly freeMemory: number | undefined;
  /** As it came, to be compared. */
  readonly flags: number;
}

const mostText = 256;
const cut = (text: string): string => textOf(text).slice(0, mostText);

export function readTokenState(cryptoki: Cryptoki, slot: Handle): TokenState {
  const info = cryptoki.call((module) => module.C_GetTokenInfo(slot));
  // C_GetTokenInfo gives an unsigned number, and JavaScript's operators work on signed ones.
  const has = (flag: number): boolean => (info.flags & flag) !== 0;
  return {
    identity: {
      label: cut(info.label),
      manufacturer: cut(info.manufacturerID),
      model: cut(info.model),
      serial: cut(info.serialNumber),
    },
    isInitialized: has(pkcs11js.CKF_TOKEN_INITIALIZED),
    isWritable: !has(pkcs11js.CKF_WRITE_PROTECTED),
    login: loginOf(has),
    pin: userPin(has),
    puk: officerPin(has),
    pinLength: { min: lengthOf(info.minPinLen), max: lengthOf(info.maxPinLen) },
    freeMemory: memoryOf(info.freePublicMemory),
    flags: info.flags,
  };
}

type Flags = (flag: number) => boolean;

function loginOf(has: Flags): TokenLogin {
  if (!has(pkcs11js.CKF_LOGIN_REQUIRED)) return 'none';
  return has(pkcs11js.CKF_PROTECTED_AUTHENTICATION_PATH) ? 'pin-pad' : 'pin';
}

function userPin(has: Flags): PinState {
  if (has(pkcs11js.CKF_USER_PIN_LOCKED)) return 'locked';
  if (has(pkcs11js.CKF_USER_PIN_FINAL_TRY)) return 'final-try';
  if (has(pkcs11js.CKF_USER_PIN_COUNT_LOW)) return 'count-low';
  // Tokens that need no login have no PIN to be set.
  if (has(pkcs11js.CKF_LOGIN_REQUIRED) && !has(pkcs11js.CKF_USER_PIN_INITIALIZED)) return 'not-set';
  return has(pkcs11js.CKF_USER_PIN_TO_BE_CHANGED) ? 'to-be-changed' : 'ok';
}

function officerPin(has: Flags): PinState {
  if (has(pkcs11js.CKF_SO_PIN_LOCKED)) return 'locked';
  if (has(pkcs11js.CKF_SO_PIN_FINAL_TRY)) return 'final-try';
  if (has(pkcs11js.CKF_SO_PIN_COUNT_LOW)) return 'count-low';
  return has(pkcs11js.CKF_SO_PIN_TO_BE_CHANGED) ? 'to-be-changed' : 'ok';
}

const longestPin = 1_024;
const lengthOf = (length: number): number =>
  Number.isSafeInteger(length) && length >= 0 ? Math.min(length, longestPin) : longestPin;

/** CK_UNAVAILABLE_INFORMATION is all ones in whatever a CK_ULONG is. */
function memoryOf(said: number | bigint): number | undefined {
  // pkcs11js gives a bigint, whatever its types say.
  const free = Number(said);
  const isSaid = Number.isSafeInteger(free) && free >= 0 && free < 0xffff_ffff;
  return isSaid ? free : undefined;
}
