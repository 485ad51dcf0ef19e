import type { Koffi, Library, TypeSpec } from './koffi-types.ts';
import { OsKeyError } from './os-key-error.ts';

/** A pointer; for an object of Core Foundation, a reference. */
export type Ref = bigint;
/** Where a function puts a reference: the one element. */
export type Out<T> = [T];

/** Strings and Booleans that the frameworks export, each a variable with a reference in it. */
export const constantNames = [
  'kCFBooleanFalse',
  'kCFBooleanTrue',
  'kSecAttrAccessControl',
  'kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly',
  'kSecAttrApplicationTag',
  'kSecAttrIsExtractable',
  'kSecAttrIsPermanent',
  'kSecAttrKeyClass',
  'kSecAttrKeyClassPrivate',
  'kSecAttrKeyClassPublic',
  'kSecAttrKeySizeInBits',
  'kSecAttrKeyType',
  'kSecAttrKeyTypeECSECPrimeRandom',
  'kSecAttrKeyTypeRSA',
  'kSecAttrLabel',
  'kSecAttrTokenID',
  'kSecAttrTokenIDSecureEnclave',
  'kSecClass',
  'kSecClassKey',
  'kSecKeyAlgorithmECDSASignatureDigestX962SHA256',
  'kSecKeyAlgorithmECDSASignatureDigestX962SHA384',
  'kSecKeyAlgorithmRSASignatureDigestPKCS1v15SHA256',
  'kSecMatchLimit',
  'kSecMatchLimitOne',
  'kSecPrivateKeyAttrs',
  'kSecPublicKeyAttrs',
  'kSecReturnRef',
  'kSecUseDataProtectionKeychain',
] as const;
export type ConstantName = (typeof constantNames)[number];

/** Core Foundation and Security, as their headers have them. Those that may take long, or ask the person, are promises. */
export interface SecurityFunctions {
  readonly constants: Readonly<Record<ConstantName, Ref>>;
  /** An immutable object of octets or text; the caller releases it. */
  CFDataCreate(allocator: null, bytes: Buffer, length: number): Ref | null;
  CFDataGetLength(data: Ref): number;
  CFDataGetBytePtr(data: Ref): Ref | null;
  CFStringCreateWithCString(allocator: null, cStr: string, encoding: number): Ref | null;
  CFStringGetCString(text: Ref, buffer: Buffer, bufferSize: number, encoding: number): number;
  CFNumberCreate(allocator: null, theType: number, value: Buffer): Ref | null;
  CFBooleanGetValue(boolean: Ref): number;
  CFDictionaryCreateMutable(
    allocator: null,
    capacity: number,
    keyCallBacks: Ref,
    valueCallBacks: Ref,
  ): Ref | null;
  CFDictionarySetValue(dictionary: Ref, key: Ref, value: Ref): void;
  CFDictionaryGetValue(dictionary: Ref, key: Ref): Ref | null;
  CFEqual(one: Ref, other: Ref): number;
  CFErrorGetCode(error: Ref): number;
  CFErrorGetDomain(error: Ref): Ref | null;
  CFRelease(object: Ref): void;
  SecAccessControlCreateWithFlags(
    allocator: null,
    protection: Ref,
    flags: number,
    error: Out<Ref | null>,
  ): Ref | null;
  SecKeyCreateRandomKey(parameters: Ref, error: Out<Ref | null>): Promise<Ref | null>;
  SecItemCopyMatching(query: Ref, result: Out<Ref | null>): Promise<number>;
  SecItemDelete(query: Ref): Promise<number>;
  SecKeyCopyPublicKey(key: Ref): Ref | null;
  SecKeyCopyAttributes(key: Ref): Ref | null;
  SecKeyCopyExternalRepresentation(key: Ref, error: Out<Ref | null>): Ref | null;
  SecKeyCreateSignature(
    key: Ref,
    algorithm: Ref,
    dataToSign: Ref,
    error: Out<Ref | null>,
  ): Promise<Ref | null>;
  /** kCFTypeDictionaryKeyCallBacks and kCFTypeDictionaryValueCallBacks: structures, known by where they are. */
  readonly keyCallBacks: Ref;
  readonly valueCallBacks: Ref;
  /** A copy of octets in C's memory. */
  read(pointer: Ref, length: number): Buffer;
}

type NativeName = Exclude<
  keyof SecurityFunctions,
  'constants' | 'keyCallBacks' | 'valueCallBacks' | 'read'
>;

/** What runs on threads of koffi: whatever reaches securityd, the Secure Enclave or the person. */
const slow: ReadonlySet<NativeName> = new Set([
  'SecKeyCreateRandomKey',
  'SecItemCopyMatching',
  'SecItemDelete',
  'SecKeyCreateSignature',
]);

type SecuritySignatures = Readonly<
  Record<NativeName, readonly [result: string, parameters: readonly TypeSpec[]]>
>;

/**
 * What C takes and gives, result first. CFIndex and CFOptionFlags are long, Boolean is an unsigned char, OSStatus is an
 * int32. Each line was compared with the page of that function, developer.apple.com/documentation/corefoundation/<name> and
 * developer.apple.com/documentation/security/<name>, both in lower case.
 */
export function securitySignatures(koffi: Koffi): SecuritySignatures {
  const ref = 'void *';
  const refOut = koffi.out(koffi.pointer('void *'));
  return {
    CFDataCreate: [ref, [ref, ref, 'long']],
    CFDataGetLength: ['long', [ref]],
    CFDataGetBytePtr: [ref, [ref]],
    CFStringCreateWithCString: [ref, [ref, 'str', 'uint32_t']],
    CFStringGetCString: ['uint8_t', [ref, ref, 'long', 'uint32_t']],
    CFNumberCreate: [ref, [ref, 'long', ref]],
    CFBooleanGetValue: ['uint8_t', [ref]],
    CFDictionaryCreateMutable: [ref, [ref, 'long', ref, ref]],
    CFDictionarySetValue: ['void', [ref, ref, ref]],
    CFDictionaryGetValue: [ref, [ref, ref]],
    CFEqual: ['uint8_t', [ref, ref]],
    CFErrorGetCode: ['long', [ref]],
    CFErrorGetDomain: [ref, [ref]],
    CFRelease: ['void', [ref]],
    SecAccessControlCreateWithFlags: [ref, [ref, ref, 'ulong', refOut]],
    SecKeyCreateRandomKey: [ref, [ref, refOut]],
    SecItemCopyMatching: ['int32_t', [ref, refOut]],
    SecItemDelete: ['int32_t', [ref]],
    SecKeyCopyPublicKey: [ref, [ref]],
    SecKeyCopyAttributes: [ref, [ref]],
    SecKeyCopyExternalRepresentation: [ref, [ref, refOut]],
    SecKeyCreateSignature: [ref, [ref, ref, ref, refOut]],
  };
}

const frameworks = {
  CF: '/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation',
  Sec: '/System/Library/Frameworks/Security.framework/Security',
} as const;

/** Loads both frameworks; the files need not exist, the loader has them in its cache. */
export async function loadSecurity(): Promise<SecurityFunctions> {
  try {
    const koffi = await import('koffi');
    return bindSecurity(koffi, {
      coreFoundation: koffi.load(frameworks.CF),
      security: koffi.load(frameworks.Sec),
    });
  } catch (cause) {
    throw new OsKeyError({ reason: 'absent' }, 'loading the Security framework', { cause });
  }
}

export interface SecurityLibraries {
  readonly coreFoundation: Library;
  readonly security: Library;
}

export function bindSecurity(koffi: Koffi, libraries: SecurityLibraries): SecurityFunctions {
  const { coreFoundation, security } = libraries;
  const libraryOf = (name: string) => (/^k?CF/.test(name) ? coreFoundation : security);
  const functions = Object.entries(securitySignatures(koffi)).map(([name, [result, types]]) => {
    const native = libraryOf(name).func(name, result, [...types]);
    return [name, slow.has(name as NativeName) ? promising(native) : native];
  });
  const constants = constantNames.map((name) => [
    name,
    expectRef(koffi.decode(libraryOf(name).symbol(name), 'void *'), name),
  ]);
  return {
    ...(Object.fromEntries(functions) as Pick<SecurityFunctions, NativeName>),
    constants: Object.fromEntries(constants) as Readonly<Record<ConstantName, Ref>>,
    keyCallBacks: expectRef(coreFoundation.symbol('kCFTypeDictionaryKeyCallBacks'), 'call backs'),
    valueCallBacks: expectRef(
      coreFoundation.symbol('kCFTypeDictionaryValueCallBacks'),
      'call backs',
    ),
    read: (pointer, length) => Buffer.from(koffi.decode(pointer, 'uint8_t', length) as Uint8Array),
  };
}

type Native = ReturnType<Library['func']>;

const promising =
  (native: Native) =>
  (...values: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      native.async(...values, (error: Error | null, result: unknown) => {
        // Until here the octets that C has pointers to must not be collected.
        values.length = 0;
        if (error) reject(error);
        else resolve(result);
      });
    });

function expectRef(value: unknown, name: string): Ref {
  if (typeof value === 'bigint' && value !== 0n) return value;
  throw new OsKeyError({ reason: 'absent' }, `the Security framework has no ${name}`);
}
