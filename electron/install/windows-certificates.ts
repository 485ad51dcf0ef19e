import { createHash, verify, X509Certificate, type KeyObject } from 'node:crypto';
import type { InstallFault } from '../../shared/failure.ts';
import type { InstallTargetId } from '../../shared/models/credential.ts';
import { InstallError } from './install-target.ts';
import type { Crypt32, Handle, Out } from './windows-crypt32.ts';

/** The person's stores: own certificates, issuers, and roots together with the computer's. */
export type WindowsStoreName = 'MY' | 'CA' | 'ROOT';

// wincrypt.h
const CERT_STORE_PROV_SYSTEM_W = 10;
const CERT_SYSTEM_STORE_CURRENT_USER = 0x10000;
const X509_ASN_ENCODING = 1;
const CERT_FIND_SHA1_HASH = 0x10000;
const CERT_STORE_ADD_REPLACE_EXISTING = 3;
const CERT_STORE_CTRL_COMMIT = 3;
const CERT_KEY_PROV_INFO_PROP_ID = 2;
const CERT_FRIENDLY_NAME_PROP_ID = 11;
const CRYPT_USER_KEYSET = 0x1000;
/** The key goes into CNG, whose providers know every algorithm; without CRYPT_EXPORTABLE it does not come out again. */
const PKCS12_ALWAYS_CNG_KSP = 0x200;
const CRYPT_ACQUIRE_COMPARE_KEY_FLAG = 0x4;
const CRYPT_ACQUIRE_SILENT_FLAG = 0x40;
const CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG = 0x10000;
const CERT_NCRYPT_KEY_SPEC = 0xffffffff;
// ncrypt.h
const NCRYPT_PAD_PKCS1_FLAG = 0x2;
const NCRYPT_SILENT_FLAG = 0x40;

/** Where CNG keeps keys of the wallet's (electron/keys/os/windows-cng.ts): the TPM's provider and the one in software. */
const keyStorageProviders = [
  'Microsoft Platform Crypto Provider',
  'Microsoft Software Key Storage Provider',
] as const;

export interface KeptCertificate {
  readonly der: Buffer;
  readonly friendlyName: string;
}

/** The person's certificates in Windows, by what crypt32.dll does. Every method throws `InstallError`. */
export class WindowsCertificates {
  readonly #crypt32: Crypt32;
  readonly #target: InstallTargetId;

  constructor(crypt32: Crypt32, target: InstallTargetId) {
    this.#crypt32 = crypt32;
    this.#target = target;
  }

  has(store: WindowsStoreName, der: Uint8Array): boolean {
    return this.#withCertificate(store, der, () => true) ?? false;
  }

  list(store: WindowsStoreName): readonly KeptCertificate[] {
    return this.#withStore(store, (handle) => {
      const found: KeptCertificate[] = [];
      let context = this.#crypt32.CertEnumCertificatesInStore(handle, null);
      while (!isNothing(context)) {
        found.push({
          der: this.#crypt32.encodedOf(context),
          friendlyName: this.#friendlyNameOf(context),
        });
        context = this.#crypt32.CertEnumCertificatesInStore(handle, context);
      }
      return found;
    });
  }

  /** Replaces one that is there. */
  add(store: WindowsStoreName, der: Uint8Array, friendlyName: string): void {
    this.#withNew(der, (context) => {
      this.#name(context, friendlyName);
      this.#keep(store, context);
    });
  }

  /** What is not there is no error. */
  rename(store: WindowsStoreName, der: Uint8Array, friendlyName: string): void {
    // What crypt32 finds in a store is the store's own: a property that is set there stays.
    this.#withCertificate(store, der, (context) => this.#name(context, friendlyName));
  }

  /** Beside a key that CNG has by that name. */
  addWithKey(der: Uint8Array, friendlyName: string, keyName: string): void {
    this.#withNew(der, (context) => {
      this.#name(context, friendlyName);
      const isThere = keyStorageProviders.some((provider) => {
        this.#expect(
          this.#crypt32.setKeyProvInfo(context, CERT_KEY_PROV_INFO_PROP_ID, 0, {
            ...{ pwszContainerName: keyName, pwszProvName: provider, dwProvType: 0, dwFlags: 0 },
            ...{ cProvParam: 0, rgProvParam: null, dwKeySpec: 0 },
          }),
          'CertSetCertificateContextProperty',
        );
        return this.#acquire(context, (key) => key !== null);
      });
      if (!isThere) throw new InstallError(this.#target, 'not-found', `no key ${keyName} in CNG`);
      this.#keep('MY', context);
    });
  }

  /** Key and certificate out of a PKCS #12 file, which Windows cannot give away again. */
  importPkcs12(file: Uint8Array, passphrase: string, named: KeptCertificate): void {
    const blob = { cbData: file.length, pbData: Buffer.from(file) };
    const flags = CRYPT_USER_KEYSET | PKCS12_ALWAYS_CNG_KSP;
    const imported = this.#crypt32.PFXImportCertStore(blob, passphrase, flags);
    this.#expect(imported, 'PFXImportCertStore');
    try {
      const context = this.#find(imported, named.der);
      if (context === null) throw this.#refusal('PFXImportCertStore', 'another certificate');
      try {
        this.#name(context, named.friendlyName);
        this.#keep('MY', context);
      } finally {
        this.#crypt32.CertFreeCertificateContext(context);
      }
    } finally {
      this.#crypt32.CertCloseStore(imported, 0);
    }
  }

  /** Whether Windows finds the key that belongs to it, without asking anybody. */
  hasKey(der: Uint8Array): boolean {
    const found = this.#withCertificate('MY', der, (context) =>
      this.#acquire(context, (key) => key !== null),
    );
    return found ?? false;
  }

  /** Has Windows sign with the key that it finds; throws `proof-failed` unless the certificate verifies it. */
  proveSignature(der: Uint8Array, data: Buffer): void {
    const { publicKey } = new X509Certificate(der);
    const hash = hashFor(publicKey);
    const digest = createHash(hash).update(data).digest();
    const signature = this.#withCertificate('MY', der, (context) =>
      this.#acquire(context, (key) => (key === null ? null : this.#sign(key, digest, publicKey))),
    );
    if (signature === null) throw this.#broken('Windows finds no key for it');
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify(hash, data, key, signature)) throw this.#broken('the signature does not fit');
  }

  /** What is not there is no error. `withKey`: the key goes as well, for nothing else has it. */
  remove(store: WindowsStoreName, der: Uint8Array, { withKey }: { withKey: boolean }): void {
    this.#withStore(store, (handle) => {
      const context = this.#find(handle, der);
      if (context === null) return;
      if (withKey) this.#deleteKey(context);
      const deleted = this.#crypt32.CertDeleteCertificateFromStore(context);
      this.#expect(deleted, 'CertDeleteCertificateFromStore');
      this.#commit(handle);
    });
  }

  #deleteKey(context: Handle): void {
    const out: Out<Handle> = [0];
    if (!this.#acquireInto(context, out)) return;
    // ncrypt.h: whatever comes of it, the handle is freed.
    const status = this.#crypt32.NCryptDeleteKey(out[0], NCRYPT_SILENT_FLAG);
    if (status !== 0) throw this.#refusal('NCryptDeleteKey', hexadecimal(status));
  }

  #sign(key: Handle, digest: Buffer, publicKey: KeyObject): Buffer {
    const isRsa = publicKey.asymmetricKeyType === 'rsa';
    const signature = Buffer.alloc(1024);
    const size: Out<number> = [0];
    const status = this.#crypt32.NCryptSignHash(
      key,
      isRsa ? { pszAlgId: 'SHA256' } : null,
      digest,
      digest.length,
      signature,
      signature.length,
      size,
      isRsa ? NCRYPT_PAD_PKCS1_FLAG | NCRYPT_SILENT_FLAG : NCRYPT_SILENT_FLAG,
    );
    if (status !== 0 || size[0] > signature.length) {
      throw this.#broken(`NCryptSignHash ${hexadecimal(status)}`);
    }
    return signature.subarray(0, size[0]);
  }

  /** Lends the key of CNG that Windows finds and that fits; `null`: there is none. */
  #acquire<T>(context: Handle, use: (key: Handle | null) => T): T {
    const out: Out<Handle> = [0];
    if (!this.#acquireInto(context, out)) return use(null);
    try {
      return use(out[0]);
    } finally {
      this.#crypt32.NCryptFreeObject(out[0]);
    }
  }

  #acquireInto(context: Handle, key: Out<Handle>): boolean {
    const [spec, isOurs]: [Out<number>, Out<number>] = [[0], [0]];
    const flags =
      CRYPT_ACQUIRE_SILENT_FLAG |
      CRYPT_ACQUIRE_COMPARE_KEY_FLAG |
      CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG;
    const crypt32 = this.#crypt32;
    const acquired = crypt32.CryptAcquireCertificatePrivateKey(
      ...([context, flags, null, key, spec, isOurs] as const),
    );
    // Keys of CryptoAPI's own providers are none of ours: we put none there.
    return acquired !== 0 && spec[0] >>> 0 === CERT_NCRYPT_KEY_SPEC && isOurs[0] !== 0;
  }

  #keep(store: WindowsStoreName, context: Handle): void {
    this.#withStore(store, (handle) => {
      const added = this.#crypt32.CertAddCertificateContextToStore(
        handle,
        context,
        CERT_STORE_ADD_REPLACE_EXISTING,
        null,
      );
      this.#expect(added, 'CertAddCertificateContextToStore');
      this.#commit(handle);
    });
  }

  /** Windows has written by then; other implementations do so now. */
  #commit(store: Handle): void {
    const written = this.#crypt32.CertControlStore(store, 0, CERT_STORE_CTRL_COMMIT, null);
    this.#expect(written, 'CertControlStore');
  }

  /** A text of UTF-16 that ends with a zero. */
  #name(context: Handle, name: string): void {
    const pbData = Buffer.from(`${name}\0`, 'utf16le');
    const blob = { cbData: pbData.length, pbData };
    const named = this.#crypt32.setBlob(context, CERT_FRIENDLY_NAME_PROP_ID, 0, blob);
    this.#expect(named, 'CertSetCertificateContextProperty');
  }

  #friendlyNameOf(context: Handle): string {
    const value = Buffer.alloc(1024);
    const size: Out<number> = [value.length];
    const got = this.#crypt32.CertGetCertificateContextProperty(
      ...([context, CERT_FRIENDLY_NAME_PROP_ID, value, size] as const),
    );
    if (got === 0 || size[0] > value.length) return '';
    return value.subarray(0, size[0]).toString('utf16le').replace(/\0.*$/s, '');
  }

  #withNew(der: Uint8Array, use: (context: Handle) => void): void {
    const octets = Buffer.from(der);
    const context = this.#crypt32.CertCreateCertificateContext(
      ...([X509_ASN_ENCODING, octets, octets.length] as const),
    );
    this.#expect(context, 'CertCreateCertificateContext');
    try {
      use(context);
    } finally {
      this.#crypt32.CertFreeCertificateContext(context);
    }
  }

  /** `null`: it is not there. */
  #withCertificate<T>(
    store: WindowsStoreName,
    der: Uint8Array,
    use: (context: Handle) => T,
  ): T | null {
    return this.#withStore(store, (handle) => {
      const context = this.#find(handle, der);
      if (context === null) return null;
      try {
        return use(context);
      } finally {
        this.#crypt32.CertFreeCertificateContext(context);
      }
    });
  }

  /** SHA-1 is only how Windows looks it up: octet by octet it has to be the same. */
  #find(store: Handle, der: Uint8Array): Handle | null {
    const pbData = createHash('sha1').update(der).digest();
    const context = this.#crypt32.CertFindCertificateInStore(
      store,
      X509_ASN_ENCODING,
      0,
      CERT_FIND_SHA1_HASH,
      { cbData: pbData.length, pbData },
      null,
    );
    if (isNothing(context)) return null;
    if (this.#crypt32.encodedOf(context).equals(der)) return context;
    this.#crypt32.CertFreeCertificateContext(context);
    return null;
  }

  #withStore<T>(name: WindowsStoreName, use: (store: Handle) => T): T {
    const store = this.#crypt32.CertOpenStore(
      CERT_STORE_PROV_SYSTEM_W,
      0,
      0,
      CERT_SYSTEM_STORE_CURRENT_USER,
      name,
    );
    this.#expect(store, 'CertOpenStore');
    try {
      return use(store);
    } finally {
      this.#crypt32.CertCloseStore(store, 0);
    }
  }

  #expect(result: Handle | null, call: string): asserts result is Handle {
    if (!isNothing(result)) return;
    throw this.#refusal(call, hexadecimal(this.#crypt32.GetLastError()));
  }

  #refusal(call: string, status: string): InstallError {
    const reason: InstallFault = accessFaults.has(status) ? 'store-not-writable' : 'refused';
    return new InstallError(this.#target, reason, `${call}: ${status}`);
  }

  #broken(detail: string): InstallError {
    return new InstallError(this.#target, 'proof-failed', detail, { link: 'key' });
  }
}

/** ERROR_ACCESS_DENIED and E_ACCESSDENIED, winerror.h. */
const accessFaults = new Set(['0x00000005', '0x80070005']);

const isNothing = (handle: Handle | null): handle is null | 0 | 0n =>
  handle === null || BigInt(handle) === 0n;

const hexadecimal = (status: number): string => `0x${(status >>> 0).toString(16).padStart(8, '0')}`;

/** As long as the curve, as in RFC 7518 §3.4. */
const hashFor = ({ asymmetricKeyDetails }: KeyObject): 'sha256' | 'sha384' =>
  asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
