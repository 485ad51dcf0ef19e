import { OsKeyError, type OsKeyFault } from './os-key-error.ts';

/** SECURITY_STATUS as winerror.h names it, with what it means to the wallet. */
const statuses: Readonly<Record<number, readonly [name: string, reason: OsKeyFault]>> = {
  0x80070005: ['E_ACCESSDENIED', 'denied'],
  0x80070032: ['ERROR_NOT_SUPPORTED', 'not-supported'],
  0x80070057: ['E_INVALIDARG', 'failed'],
  0x8007000e: ['E_OUTOFMEMORY', 'failed'],
  0x80090002: ['NTE_BAD_HASH', 'failed'],
  0x80090003: ['NTE_BAD_KEY', 'failed'],
  0x80090004: ['NTE_BAD_LEN', 'not-supported'],
  0x80090005: ['NTE_BAD_DATA', 'failed'],
  0x80090006: ['NTE_BAD_SIGNATURE', 'failed'],
  0x80090008: ['NTE_BAD_ALGID', 'not-supported'],
  0x80090009: ['NTE_BAD_FLAGS', 'failed'],
  0x8009000a: ['NTE_BAD_TYPE', 'failed'],
  0x8009000b: ['NTE_BAD_KEY_STATE', 'failed'],
  0x8009000d: ['NTE_NO_KEY', 'not-found'],
  0x8009000e: ['NTE_NO_MEMORY', 'failed'],
  0x8009000f: ['NTE_EXISTS', 'exists'],
  0x80090010: ['NTE_PERM', 'denied'],
  0x80090011: ['NTE_NOT_FOUND', 'not-found'],
  0x80090013: ['NTE_BAD_PROVIDER', 'absent'],
  0x80090016: ['NTE_BAD_KEYSET', 'not-found'],
  0x80090017: ['NTE_PROV_TYPE_NOT_DEF', 'absent'],
  0x80090019: ['NTE_KEYSET_NOT_DEF', 'absent'],
  0x8009001d: ['NTE_PROVIDER_DLL_FAIL', 'absent'],
  0x8009001e: ['NTE_PROV_DLL_NOT_FOUND', 'absent'],
  0x80090020: ['NTE_FAIL', 'failed'],
  0x80090021: ['NTE_SYS_ERR', 'failed'],
  0x80090022: ['NTE_SILENT_CONTEXT', 'needs-person'],
  0x80090023: ['NTE_TOKEN_KEYSET_STORAGE_FULL', 'full'],
  0x80090024: ['NTE_TEMPORARY_PROFILE', 'denied'],
  0x80090025: ['NTE_FIXEDPARAMETER', 'not-supported'],
  0x80090026: ['NTE_INVALID_HANDLE', 'failed'],
  // The TPM's provider says so of lengths and curves that the TPM does not have.
  0x80090027: ['NTE_INVALID_PARAMETER', 'not-supported'],
  0x80090028: ['NTE_BUFFER_TOO_SMALL', 'unusable'],
  0x80090029: ['NTE_NOT_SUPPORTED', 'not-supported'],
  0x8009002a: ['NTE_NO_MORE_ITEMS', 'not-found'],
  0x8009002d: ['NTE_INTERNAL_ERROR', 'failed'],
  0x8009002e: ['NTE_UI_REQUIRED', 'needs-person'],
  0x80090030: ['NTE_DEVICE_NOT_READY', 'not-ready'],
  0x80090031: ['NTE_AUTHENTICATION_IGNORED', 'failed'],
  0x80090032: ['NTE_VALIDATION_FAILED', 'failed'],
  0x80090033: ['NTE_INCORRECT_PASSWORD', 'denied'],
  0x80090034: ['NTE_ENCRYPTION_FAILURE', 'failed'],
  0x80090035: ['NTE_DEVICE_NOT_FOUND', 'absent'],
  0x80090036: ['NTE_USER_CANCELLED', 'cancelled'],
  0x80090037: ['NTE_PASSWORD_CHANGE_REQUIRED', 'locked'],
  0x80090038: ['NTE_NOT_ACTIVE_CONSOLE', 'needs-person'],
  0x80284001: ['TBS_E_INTERNAL_ERROR', 'failed'],
  0x80284006: ['TBS_E_IOERROR', 'failed'],
  0x80284008: ['TBS_E_SERVICE_NOT_RUNNING', 'not-ready'],
  0x8028400f: ['TBS_E_TPM_NOT_FOUND', 'absent'],
  0x80284010: ['TBS_E_SERVICE_DISABLED', 'not-ready'],
  0x80284016: ['TBS_E_DEACTIVATED', 'not-ready'],
  // TPM 2.0 Part 2, 6.6.3: TPM_RC_LOCKOUT, as HRESULT of FACILITY_TPM_SERVICES.
  0x80280921: ['TPM_20_E_LOCKOUT', 'locked'],
};

/** ERROR_SUCCESS passes; everything else is an error with the name that winerror.h has for it. */
export function checkStatus(status: number, call: string, doing: string): void {
  if (status === 0) return;
  const [name, reason] = statuses[status >>> 0] ?? [hexadecimal(status), 'failed'];
  throw new OsKeyError({ reason, call, status: name }, doing);
}

/** NTE_BAD_KEYSET is what the page of NCryptOpenKey says; providers of others say it in other words. */
export const isNotFound = (status: number): boolean => statuses[status >>> 0]?.[1] === 'not-found';

const hexadecimal = (status: number): string => `0x${(status >>> 0).toString(16).padStart(8, '0')}`;
