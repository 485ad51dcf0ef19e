import { createPublicKey, type KeyObject } from 'node:crypto';
import { ObjectScope } from './core-foundation.ts';
import { OsKeyError } from './os-key-error.ts';
import {
  expectDigest,
  nameOf,
  type OsKey,
  type OsKeyStore,
  type OsKeyType,
  type OsSignatureAlgorithm,
} from './os-key-store.ts';
import { ellipticCurveKey, publicKeyOf, signatureFromDer, unusable } from './public-key.ts';
import type { ConstantName, Out, Ref, SecurityFunctions } from './security-functions.ts';
import { checkOsStatus } from './security-status.ts';

/**
 * The two keychains of a Mac (TN3137). `data-protection` holds what is in the Secure Enclave and lets only programs in that
 * are signed with an entitlement for it; `file` is the login keychain, which is unlocked with the session.
 */
const keychains = ['data-protection', 'file'] as const;
type Keychain = (typeof keychains)[number];

/** SecAccessControl.h, kSecAccessControlPrivateKeyUsage: signing is allowed, and nobody is asked for a finger or password. */
const privateKeyUsage = 2 ** 30;

const sizes: Readonly<Record<OsKeyType, number>> = {
  'P-256': 256,
  'P-384': 384,
  'RSA-2048': 2048,
  'RSA-3072': 3072,
  'RSA-4096': 4096,
};

const algorithms: Readonly<Record<OsSignatureAlgorithm, ConstantName>> = {
  ES256: 'kSecKeyAlgorithmECDSASignatureDigestX962SHA256',
  ES384: 'kSecKeyAlgorithmECDSASignatureDigestX962SHA384',
  RS256: 'kSecKeyAlgorithmRSASignatureDigestPKCS1v15SHA256',
};

/** More items by one name than the wallet ever makes: private and public key. */
const mostItems = 8;

/**
 * Keys of the current person in the Secure Enclave (P-256) or the login keychain. The system asks for the keychain's password
 * when that is locked, and for permission when a program signed by somebody else wants to use a key of ours.
 */
export class MacosKeychain implements OsKeyStore {
  readonly types: readonly OsKeyType[] = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'];
  readonly #load: () => Promise<SecurityFunctions>;
  #security: Promise<SecurityFunctions> | undefined;

  constructor(load: () => Promise<SecurityFunctions>) {
    this.#load = load;
  }

  async create({ id, type }: { readonly id: string; readonly type: OsKeyType }): Promise<OsKey> {
    // The keychains take several keys with one tag.
    if ((await this.find(id)) !== null) throw new OsKeyError({ reason: 'exists' }, 'making a key');
    if (type !== 'P-256') return this.#createIn('file', id, type);
    try {
      return await this.#createIn('data-protection', id, type);
    } catch (error) {
      if (!hasNoEnclave(error)) throw error;
      return this.#createIn('file', id, type);
    }
  }

  async find(id: string): Promise<OsKey | null> {
    return this.#withKey(id, (scope, { key, keychain }) =>
      Promise.resolve(this.#describe(scope, { key, keychain, id })),
    );
  }

  async sign(id: string, digest: Uint8Array, algorithm: OsSignatureAlgorithm): Promise<Uint8Array> {
    expectDigest(digest, algorithm);
    const signature = await this.#withKey(id, async (scope, { key }) => {
      const error: Out<Ref | null> = [null];
      const data = scope.data(digest);
      const name = scope.constant(algorithms[algorithm]);
      const made = await scope.security.SecKeyCreateSignature(key, name, data, error);
      return scope.octetsOf(
        scope.ownOr(made, error, { call: 'SecKeyCreateSignature', doing: 'signing' }),
      );
    });
    if (signature === null) throw new OsKeyError({ reason: 'not-found' }, 'signing');
    if (algorithm === 'RS256') return Uint8Array.from(signature);
    return Uint8Array.from(signatureFromDer(algorithm === 'ES256' ? 'P-256' : 'P-384', signature));
  }

  async remove(id: string): Promise<void> {
    for (const keychain of keychains) await this.#removeFrom(keychain, id);
  }

  async #createIn(keychain: Keychain, id: string, type: OsKeyType): Promise<OsKey> {
    return this.#inScope(async (scope) => {
      const parameters = parametersOf(scope, { keychain, id, type });
      const error: Out<Ref | null> = [null];
      const made = await scope.security.SecKeyCreateRandomKey(parameters, error);
      const doing = { call: 'SecKeyCreateRandomKey', doing: 'making a key' };
      const key = scope.ownOr(made, error, doing);
      try {
        expectConfined(scope, { key, keychain });
        const described = await this.#describe(scope, { key, keychain, id });
        if (described.type !== type) throw unusable(`a key for ${described.type}, not ${type}`);
        return described;
      } catch (error) {
        await this.#removeFrom(keychain, id);
        throw error;
      }
    });
  }

  /** `null`: neither keychain has it, as far as this program may look. */
  async #withKey<T>(
    id: string,
    use: (scope: ObjectScope, found: { key: Ref; keychain: Keychain }) => Promise<T>,
  ): Promise<T | null> {
    for (const keychain of keychains) {
      const found = await this.#inScope(async (scope) => {
        const key = await this.#search(scope, { keychain, id, half: 'Private' });
        return key === null ? null : { value: await use(scope, { key, keychain }) };
      });
      if (found !== null) return found.value;
    }
    return null;
  }

  async #search(
    scope: ObjectScope,
    { half, ...wanted }: { keychain: Keychain; id: string; half: 'Private' | 'Public' },
  ): Promise<Ref | null> {
    const query = scope.dictionary({
      ...itemsOf(scope, wanted),
      kSecAttrKeyClass: scope.constant(`kSecAttrKeyClass${half}`),
      kSecMatchLimit: scope.constant('kSecMatchLimitOne'),
      kSecReturnRef: scope.constant('kCFBooleanTrue'),
    });
    const result: Out<Ref | null> = [null];
    const status = await scope.security.SecItemCopyMatching(query, result);
    if (isElsewhere(status, wanted.keychain)) return null;
    checkOsStatus(status, 'SecItemCopyMatching', 'looking for a key');
    return scope.own(result[0], 'SecItemCopyMatching');
  }

  async #describe(
    scope: ObjectScope,
    { key, keychain, id }: { key: Ref; keychain: Keychain; id: string },
  ): Promise<OsKey> {
    const publicKey =
      keychain === 'file'
        ? // SecKeyCopyPublicKey looks it up there as well, and crashed where it found none.
          await this.#search(scope, { keychain, id, half: 'Public' })
        : scope.own(scope.security.SecKeyCopyPublicKey(key), 'SecKeyCopyPublicKey');
    if (publicKey === null) throw unusable('the keychain has a private key without the public one');
    const error: Out<Ref | null> = [null];
    const data = scope.security.SecKeyCopyExternalRepresentation(publicKey, error);
    const doing = { call: 'SecKeyCopyExternalRepresentation', doing: 'reading a public key' };
    const octets = scope.octetsOf(scope.ownOr(data, error, doing));
    return {
      ...publicKeyOf(publicKeyFromRepresentation(octets)),
      protection: keychain === 'file' ? 'system' : 'hardware',
    };
  }

  async #removeFrom(keychain: Keychain, id: string): Promise<void> {
    await this.#inScope(async (scope) => {
      const query = scope.dictionary(itemsOf(scope, { keychain, id }));
      // One call removes all that match; that it did is asked, for the pages say so of other systems only.
      for (let count = 0; count < mostItems; count += 1) {
        const status = await scope.security.SecItemDelete(query);
        if (isElsewhere(status, keychain)) return;
        checkOsStatus(status, 'SecItemDelete', 'removing a key');
      }
      throw unusable('removing a key left it there');
    });
  }

  async #inScope<T>(use: (scope: ObjectScope) => Promise<T>): Promise<T> {
    const scope = new ObjectScope(await (this.#security ??= this.#load()));
    try {
      return await use(scope);
    } finally {
      scope.release();
    }
  }
}

/** developer.apple.com: "Generating New Cryptographic Keys", "Protecting keys with the Secure Enclave". */
function parametersOf(
  scope: ObjectScope,
  { keychain, id, type }: { keychain: Keychain; id: string; type: OsKeyType },
): Ref {
  const kept = {
    kSecAttrIsPermanent: scope.constant('kCFBooleanTrue'),
    kSecAttrApplicationTag: tagOf(scope, id),
    kSecAttrLabel: scope.text('Countersign'),
  };
  const common = {
    kSecAttrKeyType: scope.constant(
      type.startsWith('RSA') ? 'kSecAttrKeyTypeRSA' : 'kSecAttrKeyTypeECSECPrimeRandom',
    ),
    kSecAttrKeySizeInBits: scope.number(sizes[type]),
  };
  if (keychain === 'file') {
    const isExtractable = { kSecAttrIsExtractable: scope.constant('kCFBooleanFalse') };
    return scope.dictionary({
      ...common,
      kSecPrivateKeyAttrs: scope.dictionary({ ...kept, ...isExtractable }),
      kSecPublicKeyAttrs: scope.dictionary(kept),
    });
  }
  return scope.dictionary({
    ...common,
    // Only here, not in the attributes of the halves.
    kSecAttrTokenID: scope.constant('kSecAttrTokenIDSecureEnclave'),
    kSecUseDataProtectionKeychain: scope.constant('kCFBooleanTrue'),
    kSecPrivateKeyAttrs: scope.dictionary({ ...kept, kSecAttrAccessControl: accessOf(scope) }),
  });
}

/** Usable while the screen is locked, so that renewals go on, once somebody logged in; never on another Mac. */
function accessOf(scope: ObjectScope): Ref {
  const error: Out<Ref | null> = [null];
  const access = scope.security.SecAccessControlCreateWithFlags(
    null,
    scope.constant('kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly'),
    privateKeyUsage,
    error,
  );
  return scope.ownOr(access, error, {
    call: 'SecAccessControlCreateWithFlags',
    doing: 'saying who may use a key',
  });
}

const tagOf = (scope: ObjectScope, id: string): Ref => scope.data(Buffer.from(nameOf(id)));

function itemsOf(
  scope: ObjectScope,
  { keychain, id }: { keychain: Keychain; id: string },
): Partial<Record<ConstantName, Ref>> {
  return {
    kSecClass: scope.constant('kSecClassKey'),
    kSecAttrApplicationTag: tagOf(scope, id),
    ...(keychain === 'data-protection' && {
      kSecUseDataProtectionKeychain: scope.constant('kCFBooleanTrue'),
    }),
  };
}

const itemNotFound = -25300;
const missingEntitlement = -34018;

/** Nothing can be in a keychain that never let this program in. */
const isElsewhere = (status: number, keychain: Keychain): boolean =>
  status === itemNotFound || (keychain === 'data-protection' && status === missingEntitlement);

/** Macs without one, and programs that are not signed for it. */
const hasNoEnclave = (error: unknown): boolean =>
  error instanceof OsKeyError && ['not-entitled', 'not-supported', 'absent'].includes(error.reason);

/** The key says itself that it cannot leave: by the token it is in, or by its attribute. */
function expectConfined(
  scope: ObjectScope,
  { key, keychain }: { key: Ref; keychain: Keychain },
): void {
  const { security } = scope;
  const attributes = scope.own(security.SecKeyCopyAttributes(key), 'SecKeyCopyAttributes');
  const value = (name: ConstantName) =>
    security.CFDictionaryGetValue(attributes, scope.constant(name));
  const token = value('kSecAttrTokenID');
  const isExtractable = value('kSecAttrIsExtractable');
  const isConfined =
    keychain === 'file'
      ? isExtractable !== null && security.CFBooleanGetValue(isExtractable) === 0
      : token !== null &&
        security.CFEqual(token, scope.constant('kSecAttrTokenIDSecureEnclave')) !== 0;
  if (!isConfined) throw new OsKeyError({ reason: 'exportable' }, 'making a key');
}

/** SecKeyCopyExternalRepresentation: an RSAPublicKey of PKCS #1 in DER, or 04‖X‖Y of ANSI X9.63. */
export function publicKeyFromRepresentation(octets: Buffer): KeyObject {
  if (octets[0] === 0x04 && (octets.length === 65 || octets.length === 97)) {
    const size = (octets.length - 1) / 2;
    const curve = size === 32 ? 'P-256' : 'P-384';
    return ellipticCurveKey(curve, octets.subarray(1, 1 + size), octets.subarray(1 + size));
  }
  try {
    return createPublicKey({ key: octets, format: 'der', type: 'pkcs1' });
  } catch (cause) {
    throw unusable('this is no public key', { cause });
  }
}
