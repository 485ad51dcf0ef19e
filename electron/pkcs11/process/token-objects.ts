import { X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import { fingerprintOf, isSelfSigned } from '../../certificates/self-signed.ts';
import { limits } from '../limits.ts';
import type { FoundToken } from '../messages.ts';
import { orNull } from './cryptoki-error.ts';
import type { Cryptoki, Handle } from './cryptoki.ts';
import {
  findAll,
  readCertificate,
  readPrivateKey,
  readPublicAttributes,
  readPublicKey,
  type NamedKey,
  type ObjectClass,
  type StoredCertificate,
} from './objects.ts';
import { algorithmOf } from './public-key.ts';
import type { TokenSession } from './token-session.ts';

/** What is on a token, as the inventory shows it; `fault`: why it could not be read. */
export type TokenObjects = Pick<FoundToken, 'keys' | 'certificates' | 'unread' | 'fault'>;

type KeyView = FoundToken['keys'][number];
type CertificateView = FoundToken['certificates'][number];

interface SeenKey extends NamedKey {
  readonly handle: Handle;
}

/** Halves of a key pair by their CKA_ID: before login most tokens show the public one only. */
interface SeenPair {
  privateKey?: SeenKey;
  publicKey?: SeenKey;
}

/** Reads keys before certificates, and of all together so many at most: what is beyond is counted. */
export function readTokenObjects(
  cryptoki: Cryptoki,
  session: TokenSession,
  most: number = limits.mostObjects,
): TokenObjects {
  const reading = new Reading(cryptoki, session, most);
  const privateKeys = reading.keys(pkcs11js.CKO_PRIVATE_KEY, readPrivateKey);
  const publicKeys = reading.keys(pkcs11js.CKO_PUBLIC_KEY, readPublicKey);
  const certificates = reading.certificates();
  const keys = pairsOf(privateKeys, publicKeys).map((pair) => keyView(cryptoki, session, pair));
  return { keys, certificates, unread: reading.unread };
}

class Reading {
  unread = 0;
  readonly #cryptoki: Cryptoki;
  readonly #session: TokenSession;
  #most: number;

  constructor(cryptoki: Cryptoki, session: TokenSession, most: number) {
    this.#cryptoki = cryptoki;
    this.#session = session;
    this.#most = most;
  }

  keys(objectClass: ObjectClass, read: typeof readPublicKey): readonly SeenKey[] {
    return this.#objects(objectClass, (handle) => ({
      ...read(this.#cryptoki, this.#session, handle),
      handle,
    }));
  }

  certificates(): CertificateView[] {
    return this.#objects(pkcs11js.CKO_CERTIFICATE, (handle) =>
      certificateView(readCertificate(this.#cryptoki, this.#session, handle)),
    );
  }

  #objects<T>(objectClass: ObjectClass, read: (handle: Handle) => T | null): T[] {
    const wanted = { objectClass, most: this.#most };
    const { handles, more } = findAll(this.#cryptoki, this.#session, wanted);
    this.#most -= handles.length;
    const objects = handles.flatMap((handle) => orNull(() => read(handle)) ?? []);
    this.unread += more + handles.length - objects.length;
    return objects;
  }
}

function pairsOf(
  privateKeys: readonly SeenKey[],
  publicKeys: readonly SeenKey[],
): readonly SeenPair[] {
  const pairs = new Map<string, SeenPair>();
  const pairOf = ({ id }: SeenKey): SeenPair => {
    const name = id.toString('hex');
    const pair = pairs.get(name) ?? {};
    pairs.set(name, pair);
    return pair;
  };
  for (const key of privateKeys) pairOf(key).privateKey ??= key;
  for (const key of publicKeys) pairOf(key).publicKey ??= key;
  return [...pairs.values()];
}

function keyView(
  cryptoki: Cryptoki,
  session: TokenSession,
  { privateKey, publicKey }: SeenPair,
): KeyView {
  // The public half tells more of the key.
  const told = publicKey ?? privateKey;
  if (told === undefined) throw new RangeError('a pair has one half at least');
  const place = { session, key: told.handle };
  const attributes = orNull(() => readPublicAttributes(cryptoki, place, told.keyType));
  const { type, name } = algorithmOf(attributes ?? { keyType: told.keyType });
  return {
    keyId: told.id.toString('hex').slice(0, 2 * limits.mostObjectId),
    label: (privateKey ?? told).label,
    type,
    algorithm: name,
    alwaysAuthenticate: privateKey?.alwaysAuthenticate ?? false,
  };
}

/** `null`: no X.509 certificate that can be read. */
function certificateView({ id, label, der }: StoredCertificate): CertificateView | null {
  const certificate = parsed(der);
  if (certificate === null) return null;
  return {
    keyId: id.toString('hex').slice(0, 2 * limits.mostObjectId),
    label,
    subject: inOneLine(certificate.subject),
    issuer: inOneLine(certificate.issuer),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint: fingerprintOf(certificate),
    isSelfSigned: isSelfSigned(certificate),
  };
}

function parsed(der: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(der);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** Node gives a name a line for each attribute; an empty name is `undefined` in spite of the types. */
const inOneLine = (name: string | undefined): string =>
  (name ?? '').split('\n').join(', ').slice(0, limits.mostText);
