// Electron's Node is built on BoringSSL, ours on OpenSSL. In strict mode what only OpenSSL has is refused by name, so that
// it cannot work here and fail there.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { promisify } from 'node:util';

/** Something that OpenSSL can do and BoringSSL, hence Electron, cannot. */
export class BoringSslError extends Error {
  readonly code = 'ERR_STANDIN_BORINGSSL';

  constructor(what: string) {
    super(`stand-in: BoringSSL has no ${what}`);
    this.name = 'BoringSslError';
  }
}

const CURVES = ['prime256v1', 'secp224r1', 'secp384r1', 'secp521r1'];
const CURVE_ALIASES = ['p-224', 'p-256', 'p-384', 'p-521'];
const CIPHERS = [
  ...['cbc', 'ctr', 'ecb', 'gcm', 'ofb'].flatMap((mode) =>
    [128, 192, 256].map((size) => `aes-${size}-${mode}`),
  ),
  ...['des-cbc', 'des-ecb', 'des-ede', 'des-ede-cbc', 'des-ede3-cbc', 'rc2-cbc', 'rc4'],
];
const HASHES = [
  'md4',
  'md5',
  'md5-sha1',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha512-256',
];
const KEY_TYPES = ['ec', 'ed25519', 'rsa', 'x25519'];
const NO_SUBTLE = /^(aes-(kw|ocb)|chacha20-poly1305|ed448|x448|ml-|sha3-|c?shake|kmac|argon2)/i;

type Any = (...values: unknown[]) => unknown;
type Check = (values: readonly unknown[]) => void;

/** Puts the checks in front of node:crypto and WebCrypto, for every importer. */
export function allowOnlyBoringSsl(): void {
  const target = crypto as unknown as Record<string, Any>;
  const hash: Check = ([name]) => requireHash(name);
  const keyType: Check = ([type, options]) => {
    requireIn(KEY_TYPES, type, 'key type');
    if (type === 'ec') requireCurve((options as { namedCurve?: unknown } | undefined)?.namedCurve);
  };
  const checks: Record<string, Check> = {
    createCipheriv: ([name]) => requireIn(CIPHERS, name, 'cipher'),
    createDecipheriv: ([name]) => requireIn(CIPHERS, name, 'cipher'),
    createECDH: ([name]) => requireCurve(name),
    createHash: hash,
    createHmac: hash,
    createSign: hash,
    createVerify: hash,
    hash,
    hkdf: hash,
    hkdfSync: hash,
    generateKeyPair: keyType,
    generateKeyPairSync: keyType,
    pbkdf2: ([, , , , name]) => requireHash(name),
    pbkdf2Sync: ([, , , , name]) => requireHash(name),
  };
  for (const [name, check] of Object.entries(checks))
    put(target, name, checked(target, name, check));
  for (const name of ['createPrivateKey', 'createPublicKey']) {
    put(target, name, checkedKey(target, name));
  }
  for (const name of ['argon2', 'argon2Sync', 'encapsulate', 'decapsulate']) {
    if (name in target) put(target, name, () => refuse(`crypto.${name}`));
  }
  put(target, 'getCurves', () => [...CURVES]);
  put(target, 'getCiphers', () => [...CIPHERS]);
  put(target, 'getHashes', () => [...HASHES]);
  checkSubtle();
  syncBuiltinESMExports();
}

function checked(target: Record<string, Any>, name: string, check: Check): Any {
  const original = target[name];
  if (!original) return () => refuse(`crypto.${name}`);
  const wrapper: Any = (...values) => {
    check(values);
    return original(...values);
  };
  if (!(promisify.custom in original)) return wrapper;
  // Awaited versions bypass the function itself.
  const awaited = original[promisify.custom] as Any;
  const value = async (...values: unknown[]) => {
    check(values);
    return await awaited(...values);
  };
  return Object.defineProperty(wrapper, promisify.custom, { value });
}

function checkedKey(target: Record<string, Any>, name: string): Any {
  const original = target[name];
  return (...values) => {
    const key = original?.(...values) as crypto.KeyObject;
    requireIn(KEY_TYPES, key.asymmetricKeyType, 'key type');
    if (key.asymmetricKeyType === 'ec') requireCurve(key.asymmetricKeyDetails?.namedCurve);
    return key;
  };
}

function checkSubtle(): void {
  const { subtle } = crypto.webcrypto;
  const target = Object.getPrototypeOf(subtle) as Record<string, Any>;
  for (const name of ['digest', 'generateKey', 'importKey', 'deriveKey', 'unwrapKey', 'wrapKey']) {
    const original = target[name];
    if (!original) continue;
    put(target, name, async function (this: unknown, ...values: unknown[]) {
      for (const value of values) requireSubtle(value);
      return await original.apply(this, values);
    });
  }
}

function requireSubtle(value: unknown): void {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : value;
  if (typeof name === 'string' && NO_SUBTLE.test(name)) refuse(`WebCrypto algorithm ${name}`);
}

function requireHash(name: unknown): void {
  if (typeof name !== 'string') return;
  const plain = name.replace(/^rsa-/i, '').replace(/^sha-(?=\d)/i, 'sha');
  requireIn(HASHES, plain, 'hash');
}

function requireCurve(name: unknown): void {
  requireIn([...CURVES, ...CURVE_ALIASES], name, 'curve');
}

function requireIn(names: readonly string[], name: unknown, what: string): void {
  if (!names.includes(String(name).toLowerCase())) refuse(`${what} ${String(name)}`);
}

function refuse(what: string): never {
  throw new BoringSslError(what);
}

function put(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
