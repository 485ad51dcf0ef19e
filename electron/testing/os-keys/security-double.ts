import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  constantNames,
  type ConstantName,
  type Out,
  type Ref,
  type SecurityFunctions,
} from '../../keys/os/security-functions.ts';
import { signDigest } from './digest-signature.ts';

type Value =
  | { readonly kind: 'constant'; readonly name: ConstantName }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'data'; readonly octets: Buffer }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'dictionary'; readonly entries: Map<ConstantName, Ref> }
  | { readonly kind: 'access' }
  | { readonly kind: 'error'; readonly domain: Ref; readonly status: number }
  | { readonly kind: 'key'; readonly item: Item };

interface Item {
  readonly keychain: 'data-protection' | 'file';
  readonly tag: string;
  readonly half: 'Private' | 'Public';
  readonly isExtractable: boolean;
  readonly isInEnclave: boolean;
  readonly key: KeyObject;
}

const entitlement = -34018;
const notFound = -25300;

/**
 * CoreFoundation and Security as far as the wallet uses them, by their pages, with OpenSSL's keys. It counts who owns what:
 * an object that is used after its release, or released by who does not own it, is a misuse.
 */
export class SecurityDouble {
  readonly #objects = new Map<Ref, Value>();
  readonly #owners = new Map<Ref, number>();
  readonly #memory = new Map<Ref, Buffer>();
  #nextRef = 0x6000_0000_0000n;
  #items: Item[] = [];
  readonly misuses: string[] = [];
  readonly constants: SecurityFunctions['constants'];
  /** Programs that are not signed for it are not let into the keychain with data protection. */
  isEntitled = true;
  hasEnclave = true;
  keepsExtractable = false;
  /** A status, or a domain with one, by which the next such call fails. */
  failing: { call: string; status: number; domain?: string } | null = null;
  distort: (octets: Buffer) => Buffer = (octets) => octets;

  constructor() {
    const made = constantNames.map((name) => [name, this.#make({ kind: 'constant', name })]);
    this.constants = Object.fromEntries(made) as SecurityFunctions['constants'];
    this.#owners.clear();
  }

  /** References that nobody released. */
  get leaks(): number {
    return [...this.#owners.values()].reduce((sum, each) => sum + each, 0);
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  get functions(): SecurityFunctions {
    return {
      constants: this.constants,
      keyCallBacks: 1n,
      valueCallBacks: 2n,
      read: (pointer, length) => {
        const octets = this.#memory.get(pointer);
        if (octets?.length !== length) this.misuses.push('read');
        return Buffer.from(octets ?? []);
      },
      ...this.#coreFoundation(),
      ...this.#security(),
    };
  }

  #coreFoundation() {
    return {
      CFDataCreate: (_allocator: null, octets: Buffer, length: number) =>
        this.#make({ kind: 'data', octets: Buffer.from(octets.subarray(0, length)) }),
      CFDataGetLength: (data: Ref) => this.#octets(data).length,
      CFDataGetBytePtr: (data: Ref) => {
        const pointer = (this.#nextRef += 16n);
        this.#memory.set(pointer, this.#octets(data));
        return pointer;
      },
      CFStringCreateWithCString: (_allocator: null, text: string) =>
        this.#make({ kind: 'text', text }),
      CFStringGetCString: (text: Ref, buffer: Buffer) => {
        const value = this.#value(text);
        return value?.kind === 'text' && buffer.write(`${value.text}\0`) > 0 ? 1 : 0;
      },
      CFNumberCreate: (_allocator: null, type: number, value: Buffer) => {
        if (type !== 3 || value.length !== 4) this.misuses.push('CFNumberCreate');
        return this.#make({ kind: 'number', number: value.readInt32LE() });
      },
      CFBooleanGetValue: (boolean: Ref) => (boolean === this.constants.kCFBooleanTrue ? 1 : 0),
      CFDictionaryCreateMutable: (_allocator: null, _capacity: number, keys: Ref, values: Ref) => {
        if (keys !== 1n || values !== 2n) this.misuses.push('CFDictionaryCreateMutable');
        return this.#make({ kind: 'dictionary', entries: new Map() });
      },
      CFDictionarySetValue: (dictionary: Ref, key: Ref, value: Ref) => {
        const name = this.#nameOf(key);
        if (this.#value(value) === undefined || name === undefined) this.misuses.push('a value');
        else this.#entries(dictionary).set(name, value);
      },
      CFDictionaryGetValue: (dictionary: Ref, key: Ref) => {
        const name = this.#nameOf(key);
        return (name && this.#entries(dictionary).get(name)) ?? null;
      },
      CFEqual: (one: Ref, other: Ref) => (one === other ? 1 : 0),
      CFErrorGetCode: (error: Ref) => {
        const value = this.#value(error);
        return value?.kind === 'error' ? value.status : 0;
      },
      CFErrorGetDomain: (error: Ref) => {
        const value = this.#value(error);
        return value?.kind === 'error' ? value.domain : null;
      },
      CFRelease: (object: Ref) => {
        const owners = this.#owners.get(object) ?? 0;
        if (owners === 0) this.misuses.push(`release of ${object}`);
        else this.#owners.set(object, owners - 1);
      },
    };
  }

  #security() {
    return {
      SecAccessControlCreateWithFlags: (
        _allocator: null,
        protection: Ref,
        flags: number,
        error: Out<Ref | null>,
      ) => {
        const name = this.#nameOf(protection);
        const isRight =
          name === 'kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly' && flags === 2 ** 30;
        if (!isRight) this.misuses.push('SecAccessControlCreateWithFlags');
        return this.#fails('SecAccessControlCreateWithFlags', error)
          ? null
          : this.#make({ kind: 'access' });
      },
      SecKeyCreateRandomKey: (parameters: Ref, error: Out<Ref | null>) =>
        Promise.resolve(this.#createKey(this.#entries(parameters), error)),
      SecItemCopyMatching: (query: Ref, result: Out<Ref | null>) =>
        Promise.resolve(this.#copyMatching(this.#entries(query), result)),
      SecItemDelete: (query: Ref) => Promise.resolve(this.#delete(this.#entries(query))),
      SecKeyCopyPublicKey: (key: Ref) => {
        const item = this.#item(key);
        // It looks public keys of files up itself, and crashed when there was none.
        if (item.keychain === 'file') this.misuses.push('SecKeyCopyPublicKey');
        const publicHalf = { ...item, half: 'Public' as const, key: createPublicKey(item.key) };
        return this.#make({ kind: 'key', item: publicHalf });
      },
      SecKeyCopyAttributes: (key: Ref) => {
        const { isInEnclave, isExtractable } = this.#item(key);
        const attribute: [ConstantName, Ref] = isInEnclave
          ? ['kSecAttrTokenID', this.constants.kSecAttrTokenIDSecureEnclave]
          : [
              'kSecAttrIsExtractable',
              this.constants[isExtractable ? 'kCFBooleanTrue' : 'kCFBooleanFalse'],
            ];
        return this.#make({ kind: 'dictionary', entries: new Map([attribute]) });
      },
      SecKeyCopyExternalRepresentation: (key: Ref, error: Out<Ref | null>) => {
        if (this.#fails('SecKeyCopyExternalRepresentation', error)) return null;
        const octets = this.distort(representationOf(this.#item(key).key));
        return this.#make({ kind: 'data', octets });
      },
      SecKeyCreateSignature: (
        key: Ref,
        algorithm: Ref,
        data: Ref,
        error: Out<Ref | null>,
      ): Promise<Ref | null> => {
        if (this.#fails('SecKeyCreateSignature', error)) return Promise.resolve(null);
        const item = this.#item(key);
        const isRsa = item.key.asymmetricKeyType === 'rsa';
        const name = this.#nameOf(algorithm) ?? '';
        if (isRsa !== name.includes('RSA')) {
          return Promise.resolve(this.#failWith(error, -50));
        }
        const octets = this.distort(signDigest(item.key, this.#octets(data), 'der'));
        return Promise.resolve(this.#make({ kind: 'data', octets }));
      },
    };
  }

  #createKey(parameters: Map<ConstantName, Ref>, error: Out<Ref | null>): Ref | null {
    if (this.#fails('SecKeyCreateRandomKey', error)) return null;
    const isInEnclave = parameters.has('kSecAttrTokenID');
    const type = this.#nameOf(parameters.get('kSecAttrKeyType') ?? 0n);
    const bits = this.#number(parameters.get('kSecAttrKeySizeInBits') ?? 0n);
    if (isInEnclave && !this.isEntitled) return this.#failWith(error, entitlement);
    if (isInEnclave && (!this.hasEnclave || bits !== 256)) return this.#failWith(error, -4);
    const key =
      type === 'kSecAttrKeyTypeRSA'
        ? generateKeyPairSync('rsa', { modulusLength: bits }).privateKey
        : generateKeyPairSync('ec', { namedCurve: `P-${bits}` }).privateKey;
    const keychain = isInEnclave ? 'data-protection' : 'file';
    const make = (half: 'Private' | 'Public'): Item | null => {
      const attributes = this.#entries(parameters.get(`kSec${half}KeyAttrs`) ?? 0n);
      if (attributes.get('kSecAttrIsPermanent') !== this.constants.kCFBooleanTrue) return null;
      const hasAccess = attributes.has('kSecAttrAccessControl');
      if (half === 'Private' && hasAccess !== isInEnclave) this.misuses.push('access');
      const tag = this.#octets(attributes.get('kSecAttrApplicationTag') ?? 0n).toString();
      const says = attributes.get('kSecAttrIsExtractable') === this.constants.kCFBooleanFalse;
      const isExtractable = !isInEnclave && (this.keepsExtractable || !says);
      const half_ = half === 'Private' ? key : createPublicKey(key);
      return { keychain, tag, half, isExtractable, isInEnclave, key: half_ };
    };
    const privateItem = make('Private');
    const publicItem = parameters.has('kSecPublicKeyAttrs') ? make('Public') : null;
    if (privateItem === null) return this.#failWith(error, -50);
    this.#items.push(privateItem, ...(publicItem === null ? [] : [publicItem]));
    return this.#make({ kind: 'key', item: privateItem });
  }

  #copyMatching(query: Map<ConstantName, Ref>, result: Out<Ref | null>): number {
    if (this.failing?.call === 'SecItemCopyMatching') return this.failing.status;
    if (this.#isBarred(query)) return entitlement;
    const found = this.#matching(query)[0];
    if (found === undefined) return notFound;
    result[0] = this.#make({ kind: 'key', item: found });
    return 0;
  }

  #delete(query: Map<ConstantName, Ref>): number {
    if (this.failing?.call === 'SecItemDelete') return this.failing.status;
    if (this.#isBarred(query)) return entitlement;
    const found = this.#matching(query);
    this.#items = this.#items.filter((each) => !found.includes(each));
    return found.length === 0 ? notFound : 0;
  }

  #isBarred = (query: Map<ConstantName, Ref>): boolean =>
    query.has('kSecUseDataProtectionKeychain') && !this.isEntitled;

  #matching(query: Map<ConstantName, Ref>): Item[] {
    const keychain = query.has('kSecUseDataProtectionKeychain') ? 'data-protection' : 'file';
    const tag = this.#octets(query.get('kSecAttrApplicationTag') ?? 0n).toString();
    const half = this.#nameOf(query.get('kSecAttrKeyClass') ?? 0n)?.slice(
      'kSecAttrKeyClass'.length,
    );
    return this.#items.filter(
      (each) =>
        each.keychain === keychain &&
        each.tag === tag &&
        (half === undefined || each.half === half),
    );
  }

  #fails(call: string, error: Out<Ref | null>): boolean {
    if (this.failing?.call !== call) return false;
    this.#failWith(error, this.failing.status, this.failing.domain);
    return true;
  }

  #failWith(error: Out<Ref | null>, status: number, domain = 'NSOSStatusErrorDomain'): null {
    const text = this.#make({ kind: 'text', text: domain });
    this.#owners.delete(text);
    error[0] = this.#make({ kind: 'error', domain: text, status });
    return null;
  }

  #make(value: Value): Ref {
    const ref = (this.#nextRef += 16n);
    this.#objects.set(ref, value);
    this.#owners.set(ref, 1);
    return ref;
  }

  #value(ref: Ref): Value | undefined {
    const isReleased = this.#owners.get(ref) === 0;
    const value = this.#objects.get(ref);
    // A dictionary keeps what is in it; nobody looks into one of those after its release.
    if (isReleased && value?.kind !== 'data' && value?.kind !== 'number') {
      this.misuses.push(`${value?.kind ?? 'nothing'} after its release`);
    }
    return value;
  }

  #nameOf(ref: Ref): ConstantName | undefined {
    const value = this.#objects.get(ref);
    return value?.kind === 'constant' ? value.name : undefined;
  }

  #entries(ref: Ref): Map<ConstantName, Ref> {
    const value = this.#value(ref);
    return value?.kind === 'dictionary' ? value.entries : new Map<ConstantName, Ref>();
  }

  #octets(ref: Ref): Buffer {
    const value = this.#value(ref);
    return value?.kind === 'data' ? value.octets : Buffer.alloc(0);
  }

  #number(ref: Ref): number {
    const value = this.#value(ref);
    return value?.kind === 'number' ? value.number : 0;
  }

  #item(ref: Ref): Item {
    const value = this.#value(ref);
    if (value?.kind === 'key') return value.item;
    throw new Error('this is no key');
  }
}

/** SecKeyCopyExternalRepresentation: PKCS #1, or the point as in X9.63. */
function representationOf(key: KeyObject): Buffer {
  if (key.asymmetricKeyType === 'rsa') return key.export({ format: 'der', type: 'pkcs1' });
  const { crv, x = '', y = '' } = key.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  if (point.length !== (crv === 'P-256' ? 64 : 96)) throw new Error('a short coordinate');
  return Buffer.concat([Buffer.from([4]), point]);
}
