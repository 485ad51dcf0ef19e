import type { Koffi, TypeSpec } from './koffi-types.ts';
import { OsKeyError } from './os-key-error.ts';

/** ULONG_PTR; 0 is none. */
export type CngHandle = number | bigint;
/** Where a function puts a number: the one element. */
export type Out<T> = [T];
/** BCRYPT_PKCS1_PADDING_INFO. */
export interface Pkcs1PaddingInfo {
  readonly pszAlgId: string;
}

/** ncrypt.dll, as its header has it; every function resolves to its SECURITY_STATUS, as an unsigned number. */
export interface CngFunctions {
  NCryptOpenStorageProvider(
    phProvider: Out<CngHandle>,
    pszProviderName: string,
    dwFlags: number,
  ): Promise<number>;
  NCryptCreatePersistedKey(
    hProvider: CngHandle,
    phKey: Out<CngHandle>,
    pszAlgId: string,
    pszKeyName: string,
    dwLegacyKeySpec: number,
    dwFlags: number,
  ): Promise<number>;
  NCryptOpenKey(
    hProvider: CngHandle,
    phKey: Out<CngHandle>,
    pszKeyName: string,
    dwLegacyKeySpec: number,
    dwFlags: number,
  ): Promise<number>;
  NCryptSetProperty(
    hObject: CngHandle,
    pszProperty: string,
    pbInput: Buffer,
    cbInput: number,
    dwFlags: number,
  ): Promise<number>;
  NCryptGetProperty(
    hObject: CngHandle,
    pszProperty: string,
    pbOutput: Buffer,
    cbOutput: number,
    pcbResult: Out<number>,
    dwFlags: number,
  ): Promise<number>;
  NCryptFinalizeKey(hKey: CngHandle, dwFlags: number): Promise<number>;
  NCryptExportKey(
    hKey: CngHandle,
    hExportKey: CngHandle,
    pszBlobType: string,
    pParameterList: null,
    pbOutput: Buffer,
    cbOutput: number,
    pcbResult: Out<number>,
    dwFlags: number,
  ): Promise<number>;
  NCryptSignHash(
    hKey: CngHandle,
    pPaddingInfo: Pkcs1PaddingInfo | null,
    pbHashValue: Buffer,
    cbHashValue: number,
    pbSignature: Buffer,
    cbSignature: number,
    pcbResult: Out<number>,
    dwFlags: number,
  ): Promise<number>;
  NCryptDeleteKey(hKey: CngHandle, dwFlags: number): Promise<number>;
  NCryptFreeObject(hObject: CngHandle): Promise<number>;
}

type CngSignatures = Readonly<Record<keyof CngFunctions, readonly TypeSpec[]>>;

/**
 * What C takes and gives. `Buffer`s go as pointers to their octets, in and out. Each line was compared with the page of
 * that function, learn.microsoft.com/windows/win32/api/ncrypt/nf-ncrypt-<the name in lower case>.
 */
export function cngSignatures(koffi: Koffi): CngSignatures {
  const handle = 'uintptr_t';
  const handleOut = koffi.out(koffi.pointer('uintptr_t'));
  const dword = 'uint32_t';
  const dwordOut = koffi.out(koffi.pointer('uint32_t'));
  const octets = 'void *';
  // bcrypt.h: typedef struct { LPCWSTR pszAlgId; } BCRYPT_PKCS1_PADDING_INFO
  const paddingInfo = koffi.pointer(koffi.struct({ pszAlgId: 'str16' }));
  return {
    NCryptOpenStorageProvider: [handleOut, 'str16', dword],
    NCryptCreatePersistedKey: [handle, handleOut, 'str16', 'str16', dword, dword],
    NCryptOpenKey: [handle, handleOut, 'str16', dword, dword],
    NCryptSetProperty: [handle, 'str16', octets, dword, dword],
    NCryptGetProperty: [handle, 'str16', octets, dword, dwordOut, dword],
    NCryptFinalizeKey: [handle, dword],
    // pParameterList is an NCryptBufferDesc, which public keys take none of.
    NCryptExportKey: [handle, handle, 'str16', 'void *', octets, dword, dwordOut, dword],
    NCryptSignHash: [handle, paddingInfo, octets, dword, octets, dword, dwordOut, dword],
    // Frees the handle as well.
    NCryptDeleteKey: [handle, dword],
    NCryptFreeObject: [handle],
  };
}

/** Loads ncrypt.dll. Calls run on threads of koffi, so that a TPM, or whoever it asks, keeps nobody waiting. */
export async function loadCng(): Promise<CngFunctions> {
  try {
    const koffi = await import('koffi');
    const library = koffi.load('ncrypt.dll');
    const call = (name: keyof CngFunctions, types: readonly TypeSpec[]) => {
      // SECURITY_STATUS is a LONG; unsigned, it reads as winerror.h writes it.
      const native = library.func('__stdcall', name, 'uint32_t', [...types]);
      return (...values: unknown[]): Promise<number> =>
        new Promise((resolve, reject) => {
          native.async(...values, (error: Error | null, status: number) => {
            // Until here the octets that C has pointers to must not be collected.
            values.length = 0;
            if (error) reject(error);
            else resolve(status);
          });
        });
    };
    const functions = Object.entries(cngSignatures(koffi)).map(([name, types]) => [
      name,
      call(name as keyof CngFunctions, types),
    ]);
    return Object.fromEntries(functions) as CngFunctions;
  } catch (cause) {
    throw new OsKeyError({ reason: 'absent' }, 'loading ncrypt.dll', { cause });
  }
}
