import { createHash, verify } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { sequence, unsignedInteger } from '../../certificates/der.ts';
import type { CallInput } from '../messages.ts';
import { ckr } from './ckr.ts';
import { CryptokiError, isCkr, malformed } from './cryptoki-error.ts';
import type { Cryptoki } from './cryptoki.ts';
import { requireKey, type TokenKey } from './known-keys.ts';
import { waysOf } from './mechanisms.ts';
import type { PinTry, TokenSession } from './token-session.ts';

/** Signs as `Signer.sign` does; a signature that the public key does not confirm is `malformed`. */
export async function sign(
  cryptoki: Cryptoki,
  session: TokenSession,
  { id, type, data, authentication }: CallInput<'sign'>,
): Promise<Uint8Array> {
  const key = requireKey(cryptoki, session, id);
  if (key.type !== type) throw new CryptokiError({ fault: 'key-mismatch' });
  const signature = await signWith(cryptoki, session, { key, data, authentication });
  session.countUse();
  return signature;
}

export interface Signing {
  readonly key: TokenKey;
  readonly data: Uint8Array;
  readonly authentication?: PinTry | undefined;
}

export async function signWith(
  cryptoki: Cryptoki,
  session: TokenSession,
  signing: Signing,
): Promise<Uint8Array> {
  const { key, data, authentication } = signing;
  if (key.alwaysAuthenticate && authentication === undefined) {
    throw new CryptokiError({ fault: 'pin-needed' });
  }
  const mechanism = begin(cryptoki, session, key);
  if (key.alwaysAuthenticate && authentication !== undefined) {
    await authenticate(session, authentication);
  }
  const signature = finish(cryptoki, session, { key, octets: inputOf(mechanism, key, data) });
  if (!isSignatureOf(key, data, signature)) throw malformed('a signature that is wrong');
  return signature;
}

/** Says by which mechanism: the next is tried where one is not there, whatever was said of it before. */
function begin(cryptoki: Cryptoki, session: TokenSession, key: TokenKey): number {
  let refusal: unknown = new CryptokiError({ fault: 'not-supported' });
  for (const mechanism of waysOf[key.type].signs) {
    try {
      cryptoki.call((module) => module.C_SignInit(session.handle, { mechanism }, key.handle));
      return mechanism;
    } catch (error) {
      if (!isCkr(error, ckr.CKR_MECHANISM_INVALID)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** PKCS #11 v3.0 §5.6.8: between C_SignInit and C_Sign. */
async function authenticate(session: TokenSession, authentication: PinTry): Promise<void> {
  try {
    await session.loginForOperation(authentication);
  } catch (error) {
    // PKCS #11 v2.40 has no function that ends an operation: it ends with its session.
    session.renew();
    throw error;
  }
}

/** Longer than any signature: a length that a module names is not believed. */
const roomForSignature = 1_024;

function finish(
  cryptoki: Cryptoki,
  session: TokenSession,
  { key, octets }: { readonly key: TokenKey; readonly octets: Buffer },
): Uint8Array {
  const signature = callSign(cryptoki, session, octets);
  if (signature.length !== lengthOf(key)) throw malformed('a signature of another length');
  return Uint8Array.from(signature);
}

function callSign(cryptoki: Cryptoki, session: TokenSession, octets: Buffer): Buffer {
  const room = Buffer.alloc(roomForSignature);
  try {
    return cryptoki.call((module) => module.C_Sign(session.handle, octets, room));
  } catch (error) {
    // PKCS #11 §5.2: the operation goes on after these two.
    if (isCkr(error, ckr.CKR_BUFFER_TOO_SMALL, ckr.CKR_USER_NOT_LOGGED_IN)) session.renew();
    throw error;
  }
}

const lengthOf = ({ type }: TokenKey): number => {
  if (type === 'Ed25519') return 64;
  const { bits } = waysOf[type];
  return type.startsWith('RSA-') ? bits / 8 : bits / 4;
};

// RFC 8017 §9.2 note 1
const sha256Prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** The hash where the mechanism takes one, in the frame of RSA's; the data where it hashes itself. */
function inputOf(mechanism: number, { type }: TokenKey, data: Uint8Array): Buffer {
  if (mechanism === pkcs11js.CKM_ECDSA) return createHash(hashOf(type)).update(data).digest();
  if (mechanism === pkcs11js.CKM_RSA_PKCS) {
    return Buffer.concat([sha256Prefix, createHash('sha256').update(data).digest()]);
  }
  return Buffer.from(data);
}

/** ECDSA as DER: Node takes half as long again for r‖s. */
function isSignatureOf({ type, key }: TokenKey, data: Uint8Array, signature: Uint8Array): boolean {
  if (type === 'Ed25519') return verify(null, data, key, signature);
  if (type.startsWith('RSA-')) return verify(hashOf(type), data, key, signature);
  return verify(hashOf(type), data, key, derOf(signature));
}

/** RFC 3279 §2.2.3: Ecdsa-Sig-Value. */
function derOf(signature: Uint8Array): Buffer {
  const half = signature.length / 2;
  const [r, s] = [signature.subarray(0, half), signature.subarray(half)];
  return sequence(unsignedInteger(r), unsignedInteger(s));
}

const hashOf = (type: TokenKey['type']): string => (type === 'P-384' ? 'sha384' : 'sha256');
