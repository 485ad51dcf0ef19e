import { createCipheriv, createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  bmpString,
  explicit,
  implicit,
  integer,
  nullValue,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
} from './der.ts';
import { derOf } from './pem.ts';
import { deriveMacKey } from './pkcs12-key.ts';

const derive = promisify(pbkdf2);

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

/** Rounds of key derivation: what guessing a person's passphrase costs, and what opening the file costs. */
const iterationsFor = { chosen: 600_000, random: 2_048 } as const;
const saltLength = 16;

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
}

/** A PKCS #12 file (RFC 7292): key and certificates under AES-256 (PBES2), the whole under HMAC-SHA-256. */
export async function createPkcs12(contents: Pkcs12Contents): Promise<Uint8Array> {
  const lock = {
    passphrase: contents.passphrase,
    iterations: iterationsFor[contents.passphraseKind],
  };
  const [key, certificates] = await Promise.all([
    encrypt(contents.privateKeyPkcs8, lock),
    encrypt(certificateBags(contents), lock),
  ]);
  const authenticatedSafe = sequence(
    contentInfo(oids.data, octetString(keyBags(key, contents))),
    contentInfo(oids.encryptedData, encryptedData(certificates)),
  );
  const version = integer(3);
  const content = contentInfo(oids.data, octetString(authenticatedSafe));
  return new Uint8Array(sequence(version, content, await macData(authenticatedSafe, lock)));
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

interface Lock {
  readonly passphrase: string;
  readonly iterations: number;
}

interface Encrypted {
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** PBES2 (RFC 8018 §6.2) with PBKDF2, HMAC-SHA-256 and AES-256-CBC. */
async function encrypt(
  plaintext: Uint8Array,
  { passphrase, iterations }: Lock,
): Promise<Encrypted> {
  const salt = randomBytes(saltLength);
  const vector = randomBytes(16);
  const key = await derive(Buffer.from(passphrase, 'utf8'), salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, vector);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const pseudorandom = sequence(objectIdentifier(oids.hmacWithSha256), nullValue());
  const derivation = sequence(octetString(salt), integer(iterations), pseudorandom);
  const algorithm = sequence(
    objectIdentifier(oids.pbes2),
    sequence(
      sequence(objectIdentifier(oids.pbkdf2), derivation),
      sequence(objectIdentifier(oids.aes256Cbc), octetString(vector)),
    ),
  );
  return { algorithm, ciphertext };
}

/** RFC 5652 §8, version 0. */
function encryptedData({ algorithm, ciphertext }: Encrypted): Buffer {
  const content = sequence(objectIdentifier(oids.data), algorithm, implicit(0, ciphertext));
  return sequence(integer(0), content);
}

async function macData(
  authenticatedSafe: Uint8Array,
  { passphrase, iterations }: Lock,
): Promise<Buffer> {
  const salt = randomBytes(saltLength);
  const key = await deriveMacKey(passphrase, salt, iterations);
  const mac = createHmac('sha256', key).update(authenticatedSafe).digest();
  const algorithm = sequence(objectIdentifier(oids.sha256), nullValue());
  return sequence(sequence(algorithm, octetString(mac)), octetString(salt), integer(iterations));
}
