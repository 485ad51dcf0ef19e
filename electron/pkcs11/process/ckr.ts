import type { TokenFault } from '../../../shared/failure.ts';

/** What PKCS #11 functions answer (v3.0 §5.1, and the header `pkcs11t.h` for the numbers), as far as we meet it. */
export const ckr = {
  CKR_OK: 0x00,
  CKR_CANCEL: 0x01,
  CKR_HOST_MEMORY: 0x02,
  CKR_SLOT_ID_INVALID: 0x03,
  CKR_GENERAL_ERROR: 0x05,
  CKR_FUNCTION_FAILED: 0x06,
  CKR_ARGUMENTS_BAD: 0x07,
  CKR_NO_EVENT: 0x08,
  CKR_NEED_TO_CREATE_THREADS: 0x09,
  CKR_CANT_LOCK: 0x0a,
  CKR_ATTRIBUTE_READ_ONLY: 0x10,
  CKR_ATTRIBUTE_SENSITIVE: 0x11,
  CKR_ATTRIBUTE_TYPE_INVALID: 0x12,
  CKR_ATTRIBUTE_VALUE_INVALID: 0x13,
  CKR_ACTION_PROHIBITED: 0x1b,
  CKR_DATA_INVALID: 0x20,
  CKR_DATA_LEN_RANGE: 0x21,
  CKR_DEVICE_ERROR: 0x30,
  CKR_DEVICE_MEMORY: 0x31,
  CKR_DEVICE_REMOVED: 0x32,
  CKR_FUNCTION_CANCELED: 0x50,
  CKR_FUNCTION_NOT_PARALLEL: 0x51,
  CKR_FUNCTION_NOT_SUPPORTED: 0x54,
  CKR_KEY_HANDLE_INVALID: 0x60,
  CKR_KEY_SIZE_RANGE: 0x62,
  CKR_KEY_TYPE_INCONSISTENT: 0x63,
  CKR_KEY_FUNCTION_NOT_PERMITTED: 0x68,
  CKR_MECHANISM_INVALID: 0x70,
  CKR_MECHANISM_PARAM_INVALID: 0x71,
  CKR_OBJECT_HANDLE_INVALID: 0x82,
  CKR_OPERATION_ACTIVE: 0x90,
  CKR_OPERATION_NOT_INITIALIZED: 0x91,
  CKR_PIN_INCORRECT: 0xa0,
  CKR_PIN_INVALID: 0xa1,
  CKR_PIN_LEN_RANGE: 0xa2,
  CKR_PIN_EXPIRED: 0xa3,
  CKR_PIN_LOCKED: 0xa4,
  CKR_SESSION_CLOSED: 0xb0,
  CKR_SESSION_COUNT: 0xb1,
  CKR_SESSION_HANDLE_INVALID: 0xb3,
  CKR_SESSION_PARALLEL_NOT_SUPPORTED: 0xb4,
  CKR_SESSION_READ_ONLY: 0xb5,
  CKR_SESSION_EXISTS: 0xb6,
  CKR_SESSION_READ_ONLY_EXISTS: 0xb7,
  CKR_SESSION_READ_WRITE_SO_EXISTS: 0xb8,
  CKR_TEMPLATE_INCOMPLETE: 0xd0,
  CKR_TEMPLATE_INCONSISTENT: 0xd1,
  CKR_TOKEN_NOT_PRESENT: 0xe0,
  CKR_TOKEN_NOT_RECOGNIZED: 0xe1,
  CKR_TOKEN_WRITE_PROTECTED: 0xe2,
  CKR_USER_ALREADY_LOGGED_IN: 0x100,
  CKR_USER_NOT_LOGGED_IN: 0x101,
  CKR_USER_PIN_NOT_INITIALIZED: 0x102,
  CKR_USER_TYPE_INVALID: 0x103,
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 0x104,
  CKR_USER_TOO_MANY_TYPES: 0x105,
  CKR_RANDOM_NO_RNG: 0x121,
  CKR_DOMAIN_PARAMS_INVALID: 0x130,
  CKR_CURVE_NOT_SUPPORTED: 0x140,
  CKR_BUFFER_TOO_SMALL: 0x150,
  CKR_CRYPTOKI_NOT_INITIALIZED: 0x190,
  CKR_CRYPTOKI_ALREADY_INITIALIZED: 0x191,
  CKR_FUNCTION_REJECTED: 0x200,
  CKR_PIN_TOO_WEAK: 0x1c3,
} as const;

export type CkrName = keyof typeof ckr;

const namesByNumber: ReadonlyMap<number, CkrName> = new Map(
  (Object.keys(ckr) as CkrName[]).map((name) => [ckr[name], name]),
);

const vendorDefined = 0x8000_0000;

/** `CKR_VENDOR_DEFINED+2` and `CKR_0x77` for those that the standard, or this table, has no name for. */
export function nameOfCkr(number: number): string {
  const name = namesByNumber.get(number);
  if (name !== undefined) return name;
  return number >= vendorDefined
    ? `CKR_VENDOR_DEFINED+${number - vendorDefined}`
    : `CKR_0x${number.toString(16)}`;
}

const faults: Readonly<Partial<Record<CkrName, TokenFault>>> = {
  CKR_CANCEL: 'pin-cancelled',
  CKR_FUNCTION_CANCELED: 'pin-cancelled',
  CKR_FUNCTION_REJECTED: 'pin-cancelled',
  CKR_SLOT_ID_INVALID: 'not-present',
  CKR_TOKEN_NOT_PRESENT: 'removed',
  CKR_TOKEN_NOT_RECOGNIZED: 'not-present',
  CKR_DEVICE_REMOVED: 'removed',
  CKR_SESSION_CLOSED: 'removed',
  CKR_SESSION_HANDLE_INVALID: 'removed',
  CKR_DEVICE_MEMORY: 'full',
  CKR_TOKEN_WRITE_PROTECTED: 'read-only',
  CKR_SESSION_READ_ONLY: 'read-only',
  CKR_ACTION_PROHIBITED: 'refused',
  CKR_FUNCTION_NOT_SUPPORTED: 'not-supported',
  CKR_MECHANISM_INVALID: 'not-supported',
  CKR_MECHANISM_PARAM_INVALID: 'not-supported',
  CKR_KEY_SIZE_RANGE: 'not-supported',
  CKR_CURVE_NOT_SUPPORTED: 'not-supported',
  CKR_DOMAIN_PARAMS_INVALID: 'not-supported',
  CKR_KEY_TYPE_INCONSISTENT: 'key-mismatch',
  CKR_KEY_HANDLE_INVALID: 'key-not-found',
  CKR_OBJECT_HANDLE_INVALID: 'key-not-found',
  CKR_PIN_INCORRECT: 'pin-incorrect',
  CKR_PIN_INVALID: 'pin-invalid',
  CKR_PIN_LEN_RANGE: 'pin-invalid',
  CKR_PIN_TOO_WEAK: 'pin-invalid',
  CKR_PIN_EXPIRED: 'pin-to-be-changed',
  CKR_PIN_LOCKED: 'pin-locked',
  CKR_USER_PIN_NOT_INITIALIZED: 'pin-not-set',
  CKR_USER_NOT_LOGGED_IN: 'pin-needed',
  CKR_USER_ALREADY_LOGGED_IN: 'busy',
  CKR_USER_ANOTHER_ALREADY_LOGGED_IN: 'busy',
  CKR_USER_TOO_MANY_TYPES: 'busy',
  CKR_SESSION_COUNT: 'busy',
  CKR_SESSION_EXISTS: 'busy',
  CKR_SESSION_READ_ONLY_EXISTS: 'busy',
  CKR_SESSION_READ_WRITE_SO_EXISTS: 'busy',
};

/** What a person is told of it; whatever has no cure of its own is `refused`, and its name says the rest. */
export const faultOfCkr = (number: number): TokenFault => {
  const name = namesByNumber.get(number);
  return (name === undefined ? undefined : faults[name]) ?? 'refused';
};

/** Codes after which a session, and with it the login, is gone. */
export const isEndOfSession = (number: number): boolean => faultOfCkr(number) === 'removed';
