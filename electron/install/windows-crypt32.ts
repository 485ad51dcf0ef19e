import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError } from './install-target.ts';

type Koffi = typeof import('koffi');
type TypeSpec = Parameters<Koffi['sizeof']>[0];

/** HCERTSTORE, PCCERT_CONTEXT, or a handle of a key; 0 is none. */
export type Handle = bigint | number;
/** Where a function puts something: the one element. */
export type Out<T> = [T];

/** CRYPT_INTEGER_BLOB and its aliases. */
export interface DataBlob {
  readonly cbData: number;
  readonly pbData: Buffer;
}

/** CRYPT_KEY_PROV_INFO, for a key of CNG's: `dwProvType` is 0 then, and the rest as well. */
export interface KeyProvInfo {
  /** pwszKeyName of NCryptOpenKey. */
  readonly pwszContainerName: string;
  /** pszProviderName of NCryptOpenStorageProvider. */
  readonly pwszProvName: string;
  readonly dwProvType: 0;
  readonly dwFlags: 0;
  readonly cProvParam: 0;
  readonly rgProvParam: null;
  readonly dwKeySpec: 0;
}

/** crypt32.dll and what goes with it, as wincrypt.h and ncrypt.h have them. BOOL is 0 or not; SECURITY_STATUS is unsigned. */
export interface Crypt32 {
  CertOpenStore(
    lpszStoreProvider: number,
    dwEncodingType: number,
    hCryptProv: number,
    dwFlags: number,
    pvPara: string,
  ): Handle | null;
  CertCloseStore(hCertStore: Handle, dwFlags: number): number;
  CertControlStore(hCertStore: Handle, dwFlags: number, dwCtrlType: number, para: null): number;
  CertCreateCertificateContext(
    dwCertEncodingType: number,
    pbCertEncoded: Buffer,
    cbCertEncoded: number,
  ): Handle | null;
  CertFindCertificateInStore(
    hCertStore: Handle,
    dwCertEncodingType: number,
    dwFindFlags: number,
    dwFindType: number,
    pvFindPara: DataBlob,
    pPrevCertContext: null,
  ): Handle | null;
  /** Frees the one before. */
  CertEnumCertificatesInStore(hCertStore: Handle, pPrevCertContext: Handle | null): Handle | null;
  CertAddCertificateContextToStore(
    hCertStore: Handle,
    pCertContext: Handle,
    dwAddDisposition: number,
    ppStoreContext: null,
  ): number;
  /** CertSetCertificateContextProperty with CERT_KEY_PROV_INFO_PROP_ID. */
  setKeyProvInfo(context: Handle, propId: number, flags: number, info: KeyProvInfo): number;
  /** CertSetCertificateContextProperty with properties that are octets. */
  setBlob(context: Handle, propId: number, flags: number, blob: DataBlob): number;
  CertGetCertificateContextProperty(
    pCertContext: Handle,
    dwPropId: number,
    pvData: Buffer,
    pcbData: Out<number>,
  ): number;
  /** Frees the context, whatever comes of it. */
  CertDeleteCertificateFromStore(pCertContext: Handle): number;
  CertFreeCertificateContext(pCertContext: Handle): number;
  PFXImportCertStore(pPFX: DataBlob, szPassword: string, dwFlags: number): Handle | null;
  CryptAcquireCertificatePrivateKey(
    pCert: Handle,
    dwFlags: number,
    pvParameters: null,
    phCryptProvOrNCryptKey: Out<Handle>,
    pdwKeySpec: Out<number>,
    pfCallerFreeProvOrNCryptKey: Out<number>,
  ): number;
  NCryptSignHash(
    hKey: Handle,
    pPaddingInfo: { readonly pszAlgId: string } | null,
    pbHashValue: Buffer,
    cbHashValue: number,
    pbSignature: Buffer,
    cbSignature: number,
    pcbResult: Out<number>,
    dwFlags: number,
  ): number;
  /** Frees the handle as well. */
  NCryptDeleteKey(hKey: Handle, dwFlags: number): number;
  NCryptFreeObject(hObject: Handle): number;
  GetLastError(): number;
  /** pbCertEncoded of a CERT_CONTEXT, copied. */
  encodedOf(context: Handle): Buffer;
}

type Row = readonly [symbol: string, result: string, parameters: TypeSpec[]];
type NativeName = Exclude<keyof Crypt32, 'encodedOf'>;
type KeyName = 'NCryptSignHash' | 'NCryptDeleteKey' | 'NCryptFreeObject';
type CertificateName = Exclude<NativeName, KeyName | 'GetLastError'>;

const [handle, key, dword, octets, text] = [
  ...(['void *', 'uintptr_t', 'uint32_t', 'void *', 'str16'] as const),
];

/**
 * What C takes and gives, by library. Each line was compared with the page of that function,
 * learn.microsoft.com/windows/win32/api/wincrypt/nf-wincrypt-<the name in lower case>, and .../ncrypt/nf-ncrypt-<the same>.
 */
export const crypt32Signatures = (
  koffi: Koffi,
): Readonly<Record<string, Readonly<Record<string, Row>>>> => ({
  'crypt32.dll': certificateFunctions(koffi),
  'ncrypt.dll': keyFunctions(koffi),
  'kernel32.dll': { GetLastError: ['GetLastError', dword, []] },
});

function certificateFunctions(koffi: Koffi): Readonly<Record<CertificateName, Row>> {
  const out = (type: string) => koffi.out(koffi.pointer(type));
  const blob = koffi.pointer(koffi.struct({ cbData: dword, pbData: octets }));
  const find = [handle, dword, dword, dword, blob, handle];
  const acquire = [handle, dword, octets, out(key), out(dword), out('int')];
  const property = [handle, dword, octets, koffi.inout(koffi.pointer(dword))];
  const setProperty = 'CertSetCertificateContextProperty';
  return {
    CertOpenStore: ['CertOpenStore', handle, [key, dword, key, dword, text]],
    CertCloseStore: ['CertCloseStore', 'int', [handle, dword]],
    CertControlStore: ['CertControlStore', 'int', [handle, dword, dword, octets]],
    CertCreateCertificateContext: ['CertCreateCertificateContext', handle, [dword, octets, dword]],
    CertFindCertificateInStore: ['CertFindCertificateInStore', handle, find],
    CertEnumCertificatesInStore: ['CertEnumCertificatesInStore', handle, [handle, handle]],
    CertAddCertificateContextToStore: [
      ...(['CertAddCertificateContextToStore', 'int'] as const),
      [handle, handle, dword, handle],
    ],
    setKeyProvInfo: [setProperty, 'int', [handle, dword, dword, keyProvInfo(koffi)]],
    setBlob: [setProperty, 'int', [handle, dword, dword, blob]],
    CertGetCertificateContextProperty: ['CertGetCertificateContextProperty', 'int', property],
    CertDeleteCertificateFromStore: ['CertDeleteCertificateFromStore', 'int', [handle]],
    CertFreeCertificateContext: ['CertFreeCertificateContext', 'int', [handle]],
    PFXImportCertStore: ['PFXImportCertStore', handle, [blob, text, dword]],
    CryptAcquireCertificatePrivateKey: ['CryptAcquireCertificatePrivateKey', 'int', acquire],
  };
}

/** CRYPT_KEY_PROV_INFO. */
const keyProvInfo = (koffi: Koffi): TypeSpec =>
  koffi.pointer(
    koffi.struct({
      pwszContainerName: text,
      pwszProvName: text,
      dwProvType: dword,
      dwFlags: dword,
      cProvParam: dword,
      rgProvParam: octets,
      dwKeySpec: dword,
    }),
  );

function keyFunctions(koffi: Koffi): Readonly<Record<KeyName, Row>> {
  // bcrypt.h: typedef struct { LPCWSTR pszAlgId; } BCRYPT_PKCS1_PADDING_INFO
  const padding = koffi.pointer(koffi.struct({ pszAlgId: text }));
  const dwordOut = koffi.out(koffi.pointer(dword));
  const sign = [key, padding, octets, dword, octets, dword, dwordOut, dword];
  return {
    NCryptSignHash: ['NCryptSignHash', dword, sign],
    NCryptDeleteKey: ['NCryptDeleteKey', dword, [key, dword]],
    NCryptFreeObject: ['NCryptFreeObject', dword, [key]],
  };
}

/** Loads them at the first use. Throws `InstallError` where there is no Windows. */
export async function loadCrypt32(target: InstallTargetId): Promise<Crypt32> {
  try {
    const koffi = await import('koffi');
    const functions = Object.entries(crypt32Signatures(koffi)).flatMap(([file, table]) => {
      const library = koffi.load(file);
      return Object.entries(table).map(([name, [symbol, result, parameters]]) => [
        name,
        library.func('__stdcall', symbol, result, parameters),
      ]);
    });
    // CERT_CONTEXT, as far as it is read.
    const context = koffi.struct({
      dwCertEncodingType: 'uint32_t',
      pbCertEncoded: 'void *',
      cbCertEncoded: 'uint32_t',
    });
    return {
      ...(Object.fromEntries(functions) as Pick<Crypt32, NativeName>),
      encodedOf: (pointer) => {
        const { pbCertEncoded, cbCertEncoded } = koffi.decode(pointer, context) as {
          readonly pbCertEncoded: bigint;
          readonly cbCertEncoded: number;
        };
        return Buffer.from(koffi.decode(pbCertEncoded, 'uint8_t', cbCertEncoded) as Uint8Array);
      },
    };
  } catch (cause) {
    throw new InstallError(target, 'not-found', 'crypt32.dll', { cause });
  }
}
