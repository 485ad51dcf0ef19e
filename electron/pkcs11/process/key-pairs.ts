import pkcs11js from 'pkcs11js';
import type { CallInput, CallOutput } from '../messages.ts';
import { ckr } from './ckr.ts';
import { CryptokiError, isCkr, malformed } from './cryptoki-error.ts';
import { booleanIn, ck, type Cryptoki, type Handle, type Template } from './cryptoki.ts';
import { findPrivateKey, foundKey, hasObjects, type TokenKey } from './known-keys.ts';
import { waysOf } from './mechanisms.ts';
import { findById, readPublicAttributes } from './objects.ts';
import { curveParameters, publicKeyOf } from './public-key.ts';
import { kindOfToken } from './quirks.ts';
import { signWith } from './signing.ts';
import type { TokenSession } from './token-session.ts';

type Wish = CallInput<'generateKeyPair'>;
type FoundKey = CallOutput<'generateKeyPair'>;

/** Makes a key pair whose private half never leaves the token, and believes nothing of it that was not seen. */
export async function generateKeyPair(
  cryptoki: Cryptoki,
  session: TokenSession,
  wish: Wish,
): Promise<FoundKey> {
  if (!session.isWritable) throw new CryptokiError({ fault: 'read-only' });
  if (session.state.login !== 'none' && !session.isLoggedIn) {
    throw new CryptokiError({ fault: 'pin-needed' });
  }
  const id = Buffer.from(wish.id, 'hex');
  if (hasObjects(cryptoki, session, id)) {
    throw new CryptokiError({ fault: 'refused', detail: 'CKA_ID is taken' });
  }
  const pair = makePair(cryptoki, session, wish);
  try {
    return await checkPair(cryptoki, session, { ...wish, ...pair });
  } catch (error) {
    destroy(cryptoki, session, [pair.privateKey, pair.publicKey]);
    throw error;
  }
}

interface Pair {
  readonly privateKey: Handle;
  readonly publicKey: Handle;
}

/** Modules take the parameters of a curve in different forms: the next is tried when one is not known. */
function makePair(cryptoki: Cryptoki, session: TokenSession, wish: Wish): Pair {
  const forms = formsOf(wish);
  const isLast = (index: number): boolean => index === forms.length - 1;
  for (const [index, form] of forms.entries()) {
    try {
      return makePairOf(cryptoki, session, { wish, form });
    } catch (error) {
      if (isLast(index) || !isCkr(error, ...unknownForm)) throw error;
    }
  }
  throw new CryptokiError({ fault: 'not-supported' });
}

const unknownForm = [
  ckr.CKR_ATTRIBUTE_VALUE_INVALID,
  ckr.CKR_CURVE_NOT_SUPPORTED,
  ckr.CKR_DOMAIN_PARAMS_INVALID,
  ckr.CKR_TEMPLATE_INCONSISTENT,
  ckr.CKR_GENERAL_ERROR,
  ckr.CKR_FUNCTION_FAILED,
  ckr.CKR_ARGUMENTS_BAD,
];

const exponent = Buffer.from([1, 0, 1]);

function formsOf({ type }: Wish): readonly Template[] {
  if (type === 'P-256' || type === 'P-384' || type === 'Ed25519') {
    return curveParameters[type].map((value) => [{ type: pkcs11js.CKA_EC_PARAMS, value }]);
  }
  return [
    [
      { type: pkcs11js.CKA_MODULUS_BITS, value: waysOf[type].bits },
      { type: pkcs11js.CKA_PUBLIC_EXPONENT, value: exponent },
    ],
  ];
}

function makePairOf(
  cryptoki: Cryptoki,
  session: TokenSession,
  { wish, form }: { readonly wish: Wish; readonly form: Template },
): Pair {
  const named = [
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: Buffer.from(wish.id, 'hex') },
    { type: pkcs11js.CKA_LABEL, value: Buffer.from(wish.label) },
  ];
  const publicHalf = [...named, ...form, ...publicUses];
  const isTpm = kindOfToken(cryptoki.quirks, session.state.identity) === 'tpm';
  const dropsFalse = cryptoki.quirks.dropsFalseAttributes || isTpm;
  const privateHalf = [...named, ...privateUses, ...(dropsFalse ? [] : otherUses)];
  const mechanism = { mechanism: waysOf[wish.type].makes };
  return cryptoki.call((module) =>
    module.C_GenerateKeyPair(session.handle, mechanism, publicHalf, privateHalf),
  );
}

const publicUses: Template = [
  { type: pkcs11js.CKA_PRIVATE, value: false },
  { type: pkcs11js.CKA_VERIFY, value: true },
];
const privateUses: Template = [
  { type: pkcs11js.CKA_PRIVATE, value: true },
  { type: pkcs11js.CKA_SENSITIVE, value: true },
  { type: pkcs11js.CKA_EXTRACTABLE, value: false },
  { type: pkcs11js.CKA_SIGN, value: true },
];
/** A key of the wallet signs and does nothing else, where the module lets that be said. */
const otherUses: Template = [
  { type: pkcs11js.CKA_DECRYPT, value: false },
  { type: pkcs11js.CKA_UNWRAP, value: false },
];

async function checkPair(
  cryptoki: Cryptoki,
  session: TokenSession,
  made: Wish & Pair,
): Promise<FoundKey> {
  checkOrigin(cryptoki, session, made.privateKey);
  checkName(cryptoki, session, made);
  const keyType = keyTypeOf(made.type);
  const place = { session, key: made.publicKey };
  const publicKey = publicKeyOf(readPublicAttributes(cryptoki, place, keyType), made.type);
  const found = findPrivateKey(cryptoki, session, made.id);
  const key: TokenKey = {
    ...publicKey,
    handle: made.privateKey,
    alwaysAuthenticate: found?.alwaysAuthenticate ?? false,
  };
  const known = foundKey(cryptoki, session, key);
  if (known.isExtractable) throw couldLeave();
  // A key that wants the PIN at each use is tried at its first.
  if (!key.alwaysAuthenticate)
    await signWith(cryptoki, session, { key, data: Buffer.from(made.id) });
  session.known.set(made.id, key);
  return known;
}

const keyTypeOf = (type: Wish['type']): number => {
  if (type.startsWith('RSA-')) return pkcs11js.CKK_RSA;
  return type === 'Ed25519' ? ck.CKK_EC_EDWARDS : pkcs11js.CKK_EC;
};

/** Some modules have no word for it, and none may say that the key was elsewhere. */
function checkOrigin(cryptoki: Cryptoki, session: TokenSession, key: Handle): void {
  const types = [pkcs11js.CKA_NEVER_EXTRACTABLE, pkcs11js.CKA_LOCAL];
  const said = cryptoki.attributes(session.handle, key, types).map(booleanIn);
  if (said.includes(false)) throw couldLeave();
}

const couldLeave = (): CryptokiError =>
  new CryptokiError({ fault: 'refused', detail: 'the key could leave the token' });

/** A key that is not found again by its CKA_ID would be lost. */
function checkName(cryptoki: Cryptoki, session: TokenSession, { id }: Wish): void {
  const wanted = { objectClass: pkcs11js.CKO_PRIVATE_KEY, id: Buffer.from(id, 'hex') };
  if (findById(cryptoki, session, wanted).length !== 1) {
    throw malformed('the key is not found by its CKA_ID');
  }
}

function destroy(cryptoki: Cryptoki, session: TokenSession, handles: readonly Handle[]): void {
  for (const handle of handles) {
    try {
      cryptoki.call((module) => module.C_DestroyObject(session.handle, handle));
    } catch (error) {
      // Gone already, with the token perhaps: what is left is found by its CKA_ID, which the journal has.
      if (!(error instanceof CryptokiError)) throw error;
    }
  }
}
