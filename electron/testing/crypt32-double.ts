import { execFileSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import type { Crypt32, Handle } from '../install/windows-crypt32.ts';
import { signDigest } from './os-keys/digest-signature.ts';

interface Context {
  readonly der: Buffer;
  friendlyName: string;
  /** By which `keys` has it. */
  keyName: string | undefined;
  /** The store that it lies in; `null`: a copy. */
  readonly store: Context[] | null;
}

const ncryptKey = 0xffffffff;

/** crypt32.dll as its pages describe it, with OpenSSL's keys; it counts what was not given back. */
export class Crypt32Double {
  /** What CNG has, by name, and with the provider where it is. */
  readonly keys = new Map<string, { readonly provider: string; readonly key: KeyObject }>();
  readonly stores: Record<string, Context[]> = { MY: [], CA: [], ROOT: [] };
  /** Calls that fail, from the next loading on. */
  readonly failing = new Set<keyof Crypt32>();
  readonly #open = new Map<bigint, Context[] | Context | string>();
  #next = 0x7000_0000_0000n;
  #imported = 0;

  /** Handles that were never given back. */
  get leaked(): number {
    return this.#open.size;
  }

  subjects(store: 'MY' | 'CA' | 'ROOT'): readonly string[] {
    return (this.stores[store] ?? []).map(({ der }) => new X509Certificate(der).subject);
  }

  get functions(): Crypt32 {
    const functions = this.#functions();
    for (const name of this.failing) Object.assign(functions, { [name]: () => 0 });
    return functions;
  }

  #functions(): Crypt32 {
    return {
      CertOpenStore: (_provider, _encoding, _crypt, _flags, name) =>
        this.#give(this.stores[name] ?? []),
      CertCloseStore: (store) => this.#take(store),
      CertControlStore: (store) => Number(this.#open.has(BigInt(store))),
      CertCreateCertificateContext: (_encoding, der, length) =>
        this.#give(copyOf({ der: Buffer.from(der.subarray(0, length)) })),
      CertFindCertificateInStore: (store, _encoding, _flags, _type, { pbData }) => {
        const found = this.#store(store).find(({ der }) =>
          createHash('sha1').update(der).digest().equals(pbData),
        );
        return found ? this.#give(found) : null;
      },
      CertEnumCertificatesInStore: (store, previous) => {
        const list = this.#store(store);
        const at = previous === null ? 0 : list.indexOf(this.#context(previous)) + 1;
        if (previous !== null) this.#take(previous);
        const next = list[at];
        return next ? this.#give(next) : null;
      },
      CertAddCertificateContextToStore: (store, context) => {
        const list = this.#store(store);
        const { der, friendlyName, keyName } = this.#context(context);
        const old = list.findIndex((each) => each.der.equals(der));
        if (old !== -1) list.splice(old, 1);
        list.push({ der, friendlyName, keyName, store: list });
        return 1;
      },
      setKeyProvInfo: (context, _id, _flags, { pwszContainerName, pwszProvName }) => {
        const isThere = this.keys.get(pwszContainerName)?.provider === pwszProvName;
        this.#context(context).keyName = isThere ? pwszContainerName : undefined;
        return 1;
      },
      setBlob: (context, _id, _flags, { pbData }) => {
        this.#context(context).friendlyName = pbData.toString('utf16le').replace(/\0$/, '');
        return 1;
      },
      CertGetCertificateContextProperty: (context, _id, value, size) => {
        const name = Buffer.from(`${this.#context(context).friendlyName}\0`, 'utf16le');
        name.copy(value);
        size[0] = name.length;
        return 1;
      },
      CertDeleteCertificateFromStore: (handle) => {
        const context = this.#context(handle);
        this.#take(handle);
        context.store?.splice(context.store.indexOf(context), 1);
        return 1;
      },
      CertFreeCertificateContext: (context) => this.#take(context),
      PFXImportCertStore: ({ pbData }, password, flags) =>
        this.#give([this.#opened(pbData, password, flags)]),
      CryptAcquireCertificatePrivateKey: (handle, _flags, _parameters, key, spec, isOurs) => {
        const { keyName, der } = this.#context(handle);
        const found = keyName === undefined ? undefined : this.keys.get(keyName);
        if (keyName === undefined || !found) return 0;
        if (!new X509Certificate(der).publicKey.equals(createPublicKey(found.key))) return 0;
        [key[0], spec[0], isOurs[0]] = [this.#give(keyName), ncryptKey, 1];
        return 1;
      },
      NCryptSignHash: (handle, _padding, digest, _length, signature, _size, written) => {
        const { key } = this.keys.get(this.#keyName(handle)) ?? {};
        if (!key) return 0x80090026;
        const made = signDigest(key, digest, 'compact');
        Buffer.from(made).copy(signature);
        written[0] = made.length;
        return 0;
      },
      NCryptDeleteKey: (handle) => {
        this.keys.delete(this.#keyName(handle));
        this.#take(handle);
        return 0;
      },
      NCryptFreeObject: (handle) => 1 - this.#take(handle),
      GetLastError: () => 5,
      encodedOf: (context) => Buffer.from(this.#context(context).der),
    };
  }

  /** OpenSSL reads the file, as Windows would. */
  #opened(file: Buffer, password: string, flags: number): Context {
    // CRYPT_USER_KEYSET | PKCS12_ALWAYS_CNG_KSP: the person's, in CNG, and nobody gets it out.
    if (flags !== 0x1200) throw new Error(`flags ${flags}`);
    const read = (...what: readonly string[]): string =>
      execFileSync('openssl', ['pkcs12', '-nodes', ...what, '-passin', 'env:OPENED_WITH'], {
        input: file,
        encoding: 'utf8',
        env: { ...process.env, OPENED_WITH: password },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    const keyName = `{imported ${(this.#imported += 1)}}`;
    const key = createPrivateKey(read('-nocerts'));
    this.keys.set(keyName, { provider: 'Microsoft Software Key Storage Provider', key });
    const { raw } = new X509Certificate(read('-nokeys'));
    return { ...copyOf({ der: raw }), keyName };
  }

  #give(value: Context[] | Context | string): bigint {
    this.#next += 16n;
    this.#open.set(this.#next, value);
    return this.#next;
  }

  #take(handle: Handle): number {
    if (this.#open.delete(BigInt(handle))) return 1;
    throw new Error('given back twice');
  }

  #store(handle: Handle): Context[] {
    const store = this.#open.get(BigInt(handle));
    if (Array.isArray(store)) return store;
    throw new Error('no store');
  }

  #context(handle: Handle): Context {
    const context = this.#open.get(BigInt(handle));
    if (typeof context === 'object' && !Array.isArray(context)) return context;
    throw new Error('no certificate');
  }

  #keyName(handle: Handle): string {
    const name = this.#open.get(BigInt(handle));
    if (typeof name === 'string') return name;
    throw new Error('no key');
  }
}

const copyOf = ({ der }: { readonly der: Buffer }): Context => ({
  ...{ der, friendlyName: '', keyName: undefined, store: null },
});
