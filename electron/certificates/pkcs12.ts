import { createHash } from 'node:crypto';
import {
  bmpString,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
} from './der.ts';
import { derOf } from './pem.ts';
import { currentLock, legacyLock, type Encrypted, type Pkcs12Lock } from './pkcs12-lock.ts';

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const;

/** Rounds of key derivation: what guessing a person's passphrase costs, and what opening the file costs. */
const iterationsFor = { chosen: 600_000, random: 2_048 } as const;
/** Programs of that age do not expect more, and the derivation is ours to do. */
const legacyIterationsFor = { ...iterationsFor, chosen: 50_000 } as const;

export interface Pkcs12Contents {
  /** DER PKCS #8, not encrypted. */
  readonly privateKeyPkcs8: Uint8Array;
  /** PEM. */
  readonly certificate: string;
  /** PEM, without the certificate itself. */
  readonly chain: readonly string[];
  /** The name by which programs list it. */
  readonly friendlyName: string;
  readonly passphrase: string;
  /** `chosen` by a person, and slow to guess from then on, or `random` for once and strong by itself. */
  readonly passphraseKind: 'chosen' | 'random';
  /** 3DES and SHA-1, for programs that read nothing newer. */
  readonly isLegacy?: boolean;
}

/**
 * A PKCS #12 file (RFC 7292): key and certificates under AES-256 and the whole under HMAC-SHA-256, or as programs want it
 * that read no other.
 */
export async function createPkcs12(contents: Pkcs12Contents): Promise<Uint8Array> {
  const lock = lockOf(contents);
  const [key, certificates] = await Promise.all([
    lock.encrypt(contents.privateKeyPkcs8),
    lock.encrypt(certificateBags(contents)),
  ]);
  const authenticatedSafe = sequence(
    contentInfo(oids.data, octetString(keyBags(key, contents))),
    contentInfo(oids.encryptedData, encryptedData(certificates)),
  );
  const version = integer(3);
  const content = contentInfo(oids.data, octetString(authenticatedSafe));
  return new Uint8Array(sequence(version, content, await lock.macData(authenticatedSafe)));
}

function lockOf({ passphrase, passphraseKind, isLegacy = false }: Pkcs12Contents): Pkcs12Lock {
  return isLegacy
    ? legacyLock({ passphrase, iterations: legacyIterationsFor[passphraseKind] })
    : currentLock({ passphrase, iterations: iterationsFor[passphraseKind] });
}

const contentInfo = (type: string, content: Uint8Array): Buffer =>
  sequence(objectIdentifier(type), explicit(0, content));

/** RFC 7292 §4.2.2: the key is encrypted on its own, so its bag needs no second encryption. */
function keyBags({ algorithm, ciphertext }: Encrypted, contents: Pkcs12Contents): Buffer {
  const key = sequence(algorithm, octetString(ciphertext));
  return sequence(bag(oids.shroudedKeyBag, key, ownAttributes(contents)));
}

function certificateBags(contents: Pkcs12Contents): Buffer {
  const own = certificateValue(contents.certificate);
  const issuers = contents.chain.map((pem) => bag(oids.certificateBag, certificateValue(pem)));
  return sequence(bag(oids.certificateBag, own, ownAttributes(contents)), ...issuers);
}

const certificateValue = (pem: string): Buffer =>
  sequence(objectIdentifier(oids.x509Certificate), explicit(0, octetString(derOf(pem))));

function bag(type: string, value: Uint8Array, attributes?: Uint8Array): Buffer {
  const members = [objectIdentifier(type), explicit(0, value)];
  return sequence(...members, ...(attributes ? [attributes] : []));
}

/** What tells a reader which certificate belongs to the key (RFC 7292 §4.2). */
function ownAttributes({ certificate, friendlyName }: Pkcs12Contents): Buffer {
  const keyId = createHash('sha1').update(derOf(certificate)).digest();
  return setOf(
    sequence(objectIdentifier(oids.friendlyName), setOf(bmpString(friendlyName))),
    sequence(objectIdentifier(oids.localKeyId), setOf(octetString(keyId))),
  );
}

/** RFC 5652 §8, version 0. */
function encryptedData({ algorithm, ciphertext }: Encrypted): Buffer {
  const content = sequence(objectIdentifier(oids.data), algorithm, implicit(0, ciphertext));
  return sequence(integer(0), content);
}
