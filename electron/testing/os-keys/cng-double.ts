import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signDigest } from './digest-signature.ts';
import type {
  CngFunctions,
  CngHandle,
  Out,
  Pkcs1PaddingInfo,
} from '../../keys/os/cng-functions.ts';

const [success, invalidHandle, badKeyset, exists] = [0, 0x80090026, 0x80090016, 0x8009000f];
const [notSupported, bufferTooSmall] = [0x80090029, 0x80090028];

interface HeldProvider {
  readonly kind: 'provider';
  readonly name: string;
}

interface HeldKey {
  readonly kind: 'key';
  readonly provider: string;
  readonly name: string;
  readonly algorithm: string;
  bits: number;
  policy: number;
  key: KeyObject | null;
}

export type CngFault = (name: keyof CngFunctions, provider: string | undefined) => number | null;

/** ncrypt.dll as its pages describe it, with OpenSSL's keys; it counts handles, and `fault` decides what goes wrong. */
export class CngDouble {
  readonly #held = new Map<number, HeldProvider | HeldKey>();
  readonly #kept = new Map<string, HeldKey>();
  #nextHandle = 0x7000_0001;
  fault: CngFault = () => null;
  /** What a provider makes of a policy that is set, or of none. */
  policyOf: (wanted: number) => number = (wanted) => wanted;
  /** What the TPM's provider can make. */
  hardwareAlgorithms: readonly string[] = ['ECDSA_P256', 'RSA 2048'];
  /** Lets a signature or a blob be something else on the way out. */
  distort: (octets: Buffer) => Buffer = (octets) => octets;
  readonly misuses: string[] = [];

  get openHandles(): number {
    return this.#held.size;
  }

  get keptNames(): readonly string[] {
    return [...this.#kept.keys()];
  }

  readonly functions: CngFunctions = {
    NCryptOpenStorageProvider: (out, name) =>
      this.#answer('NCryptOpenStorageProvider', name, () =>
        this.#give(out, { kind: 'provider', name }),
      ),
    NCryptCreatePersistedKey: (handle, out, algorithm, name) =>
      this.#withProvider('NCryptCreatePersistedKey', handle, (provider) => {
        if (this.#kept.has(`${provider} ${name}`)) return exists;
        const isOffered = !isHardware(provider) || this.#makes(algorithm);
        if (!isOffered) return notSupported;
        const key = { provider, name, algorithm, bits: 2048, policy: 3, key: null };
        return this.#give(out, { kind: 'key', ...key });
      }),
    NCryptOpenKey: (handle, out, name) =>
      this.#withProvider('NCryptOpenKey', handle, (provider) => {
        const key = this.#kept.get(`${provider} ${name}`);
        return key === undefined ? badKeyset : this.#give(out, key);
      }),
    NCryptSetProperty: (handle, property, value) =>
      this.#withKey('NCryptSetProperty', handle, (key) => {
        if (property === 'Length') key.bits = value.readUInt32LE();
        else if (property === 'Export Policy') key.policy = this.policyOf(value.readUInt32LE());
        else return notSupported;
        return success;
      }),
    NCryptGetProperty: (handle, property, output, _size, result) =>
      this.#answer('NCryptGetProperty', undefined, () => {
        const held = this.#held.get(Number(handle));
        if (held === undefined) return this.#misuse(`a property of ${String(handle)}`);
        const value = propertyOf(held, property);
        return value === null ? notSupported : put(value, output, result);
      }),
    NCryptFinalizeKey: (handle) =>
      this.#withKey('NCryptFinalizeKey', handle, (key) => {
        if (
          isHardware(key.provider) &&
          key.algorithm === 'RSA' &&
          !this.#makes(`RSA ${key.bits}`)
        ) {
          return notSupported;
        }
        key.key = generate(key.algorithm, key.bits);
        this.#kept.set(`${key.provider} ${key.name}`, key);
        return success;
      }),
    NCryptExportKey: (handle, _export, type, _list, output, _size, result) =>
      this.#withKey('NCryptExportKey', handle, ({ key }) => {
        if (key === null) return 0x8009000b;
        return put(this.distort(blobOf(createPublicKey(key), type)), output, result);
      }),
    NCryptSignHash: (handle, padding, hash, _length, output, _size, result, flags) =>
      this.#withKey('NCryptSignHash', handle, ({ key }) => {
        if (key === null) return 0x8009000b;
        return this.#sign(key, { padding, hash, flags }, { output, result });
      }),
    NCryptDeleteKey: (handle) =>
      this.#withKey('NCryptDeleteKey', handle, ({ provider, name }) => {
        this.#kept.delete(`${provider} ${name}`);
        this.#held.delete(Number(handle));
        return success;
      }),
    NCryptFreeObject: (handle) => {
      if (!this.#held.delete(Number(handle))) this.#misuse(`freeing ${String(handle)}`);
      return Promise.resolve(success);
    },
  };

  #sign(
    key: KeyObject,
    { padding, hash, flags }: { padding: Pkcs1PaddingInfo | null; hash: Buffer; flags: number },
    { output, result }: { output: Buffer; result: Out<number> },
  ): number {
    // NCRYPT_PAD_PKCS1_FLAG goes with a structure, and curves take neither.
    const isRsa = key.asymmetricKeyType === 'rsa';
    if (isRsa !== ((flags & 2) !== 0) || isRsa !== (padding?.pszAlgId === 'SHA256')) {
      return 0x80090027;
    }
    return put(this.distort(signDigest(key, hash, 'compact')), output, result);
  }

  #makes(algorithm: string): boolean {
    return this.hardwareAlgorithms.some((each) => each.startsWith(algorithm));
  }

  #give(out: Out<CngHandle>, held: HeldProvider | HeldKey): number {
    out[0] = this.#nextHandle;
    this.#held.set(this.#nextHandle, held);
    this.#nextHandle += 1;
    return success;
  }

  #withProvider(
    call: keyof CngFunctions,
    handle: CngHandle,
    use: (provider: string) => number,
  ): Promise<number> {
    const held = this.#held.get(Number(handle));
    if (held?.kind !== 'provider') return Promise.resolve(this.#misuse(call));
    return this.#answer(call, held.name, () => use(held.name));
  }

  #withKey(
    call: keyof CngFunctions,
    handle: CngHandle,
    use: (key: HeldKey) => number,
  ): Promise<number> {
    const held = this.#held.get(Number(handle));
    if (held?.kind !== 'key') return Promise.resolve(this.#misuse(call));
    return this.#answer(call, held.provider, () => use(held));
  }

  #answer(
    call: keyof CngFunctions,
    provider: string | undefined,
    otherwise: () => number,
  ): Promise<number> {
    const status = this.fault(call, provider);
    // NCryptDeleteKey frees the handle, whatever comes of it.
    return Promise.resolve(status ?? otherwise());
  }

  #misuse(what: string): number {
    this.misuses.push(what);
    return invalidHandle;
  }
}

const isHardware = (provider: string): boolean => provider.includes('Platform');

function generate(algorithm: string, bits: number): KeyObject {
  if (algorithm === 'RSA') return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
  const namedCurve = algorithm === 'ECDSA_P256' ? 'P-256' : 'P-384';
  return generateKeyPairSync('ec', { namedCurve }).privateKey;
}

function propertyOf(held: HeldProvider | HeldKey, property: string): Buffer | null {
  if (held.kind === 'provider') {
    return property === 'Impl Type' ? uint32(isHardware(held.name) ? 1 : 2) : null;
  }
  if (property === 'Export Policy') return uint32(held.policy);
  if (property !== 'Algorithm Group') return null;
  return Buffer.from(`${held.algorithm.slice(0, 5)}\0`, 'utf16le');
}

/** As the pages of BCRYPT_ECCKEY_BLOB and BCRYPT_RSAKEY_BLOB draw them. */
export function blobOf(publicKey: KeyObject, type: string): Buffer {
  const {
    x = '',
    y = '',
    n = '',
    e = '',
  } = publicKey.export({
    format: 'jwk',
  });
  if (type === 'RSAPUBLICBLOB') {
    const [modulus, exponent] = [octets(n), octets(e)];
    const header = [8 * modulus.length, exponent.length, modulus.length, 0, 0].map(uint32);
    return Buffer.concat([Buffer.from('RSA1'), ...header, exponent, modulus]);
  }
  const size = octets(x).length;
  const magic = size === 32 ? 'ECS1' : 'ECS3';
  return Buffer.concat([Buffer.from(magic), uint32(size), octets(x), octets(y)]);
}

const octets = (text: string): Buffer => Buffer.from(text, 'base64url');

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function put(value: Buffer, output: Buffer, result: Out<number>): number {
  result[0] = value.length;
  if (value.length > output.length) return bufferTooSmall;
  value.copy(output);
  return success;
}
