import * as koffi from 'koffi';
import type { TypeSpec } from '../../keys/os/koffi-types.ts';

const pointer = 'void *';
const dword = 'uint32_t';
const handle = 'uintptr_t';
const out = (type: string) => koffi.out(koffi.pointer(type));
const inOut = (type: string) => koffi.inout(koffi.pointer(type));

/** CRYPT_INTEGER_BLOB, alias DATA_BLOB. */
const dataBlob = koffi.struct({ cbData: dword, pbData: 'void *' });
/** CERT_CONTEXT, as far as it is read. */
export const certContext = koffi.struct({
  dwCertEncodingType: dword,
  pbCertEncoded: 'void *',
  cbCertEncoded: dword,
});

type Native = (...values: unknown[]) => unknown;

function bind<const Name extends string>(
  file: string,
  table: Readonly<Record<Name, readonly [result: string, parameters: TypeSpec[]]>>,
): Readonly<Record<Name, Native>> {
  const library = koffi.load(file);
  const rows = Object.entries<readonly [string, TypeSpec[]]>(table);
  const functions = rows.map(([name, [result, parameters]]) => [
    name,
    library.func('__stdcall', name, result, parameters) as Native,
  ]);
  return Object.fromEntries(functions) as Readonly<Record<Name, Native>>;
}

/** learn.microsoft.com/windows/win32/api/wincrypt, /dpapi */
export const loadCrypt32 = () =>
  bind('crypt32.dll', {
    CertOpenStore: [pointer, [handle, dword, handle, dword, 'str16']],
    CertFindCertificateInStore: [pointer, [pointer, dword, dword, dword, 'str16', pointer]],
    CertEnumCertificatesInStore: [pointer, [pointer, pointer]],
    CertAddCertificateContextToStore: ['int', [pointer, pointer, dword, pointer]],
    CertDeleteCertificateFromStore: ['int', [pointer]],
    CertControlStore: ['int', [pointer, dword, dword, pointer]],
    CertCloseStore: ['int', [pointer, dword]],
    CertFreeCertificateContext: ['int', [pointer]],
    PFXImportCertStore: [pointer, [koffi.pointer(dataBlob), 'str16', dword]],
    CryptAcquireCertificatePrivateKey: [
      'int',
      [pointer, dword, pointer, out(handle), out(dword), out('int')],
    ],
    CryptProtectData: [
      'int',
      [
        koffi.pointer(dataBlob),
        'str16',
        pointer,
        pointer,
        pointer,
        dword,
        koffi.out(koffi.pointer(dataBlob)),
      ],
    ],
    CryptUnprotectData: [
      'int',
      [
        koffi.pointer(dataBlob),
        pointer,
        pointer,
        pointer,
        pointer,
        dword,
        koffi.out(koffi.pointer(dataBlob)),
      ],
    ],
  });

/** learn.microsoft.com/windows/win32/api/wincrypt */
export const loadAdvapi32 = () =>
  bind('advapi32.dll', {
    CryptCreateHash: ['int', [handle, dword, handle, dword, out(handle)]],
    CryptHashData: ['int', [handle, pointer, dword, dword]],
    CryptSignHashW: ['int', [handle, dword, pointer, dword, pointer, inOut(dword)]],
    CryptDestroyHash: ['int', [handle]],
  });

/** learn.microsoft.com/windows/win32/api/bcrypt; NTSTATUS, unsigned. */
export const loadBcrypt = () =>
  bind('bcrypt.dll', {
    BCryptOpenAlgorithmProvider: [dword, [out(handle), 'str16', 'str16', dword]],
    BCryptGenerateKeyPair: [dword, [handle, out(handle), dword, dword]],
    BCryptFinalizeKeyPair: [dword, [handle, dword]],
    BCryptExportKey: [dword, [handle, handle, 'str16', pointer, dword, out(dword), dword]],
    BCryptSignHash: [dword, [handle, pointer, pointer, dword, pointer, dword, out(dword), dword]],
    BCryptDestroyKey: [dword, [handle]],
    BCryptCloseAlgorithmProvider: [dword, [handle, dword]],
  });

export const loadKernel32 = () =>
  bind('kernel32.dll', { GetLastError: [dword, []], LocalFree: [pointer, [pointer]] });

/** What a function that returns a BOOL or a pointer left as the reason. */
export function expectSuccess(result: unknown, call: string, lastError: Native): void {
  if (result !== 0 && result !== null) return;
  throw new Error(`${call} 0x${Number(lastError()).toString(16).padStart(8, '0')}`);
}
