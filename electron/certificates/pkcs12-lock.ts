import { createCipheriv, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { integer, nullValue, objectIdentifier, octetString, sequence } from './der.ts';
import { derivePkcs12Key } from './pkcs12-key.ts';

const derive = promisify(pbkdf2);

const oids = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha1: '1.3.14.3.2.26',
  /** RFC 7292 appendix C. */
  pbeWithSha1And3KeyTripleDesCbc: '1.2.840.113549.1.12.1.3',
} as const;

export interface LockOptions {
  readonly passphrase: string;
  /** Rounds of key derivation: what guessing the passphrase costs, and what opening the file costs. */
  readonly iterations: number;
}

export interface Encrypted {
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** How what a PKCS #12 holds is kept from others. */
export interface Pkcs12Lock {
  readonly encrypt: (plaintext: Uint8Array) => Promise<Encrypted>;
  /** MacData (RFC 7292 §4), DER. */
  readonly macData: (authenticatedSafe: Uint8Array) => Promise<Buffer>;
}

const saltLength = 16;

/** PBES2 (RFC 8018 §6.2) with PBKDF2, HMAC-SHA-256 and AES-256-CBC; the whole under HMAC-SHA-256. */
export const currentLock = ({ passphrase, iterations }: LockOptions): Pkcs12Lock => ({
  encrypt: async (plaintext) => {
    const salt = randomBytes(saltLength);
    const vector = randomBytes(16);
    const key = await derive(Buffer.from(passphrase, 'utf8'), salt, iterations, 32, 'sha256');
    const pseudorandom = sequence(objectIdentifier(oids.hmacWithSha256), nullValue());
    const derivation = sequence(octetString(salt), integer(iterations), pseudorandom);
    const algorithm = sequence(
      objectIdentifier(oids.pbes2),
      sequence(
        sequence(objectIdentifier(oids.pbkdf2), derivation),
        sequence(objectIdentifier(oids.aes256Cbc), octetString(vector)),
      ),
    );
    return { algorithm, ciphertext: ciphertextOf('aes-256-cbc', { key, vector, plaintext }) };
  },
  macData: (safe) => macDataOf(safe, { hash: 'sha256', length: 32, passphrase, iterations }),
});

/** What programs read that were made before 2010: 3DES (RFC 7292 appendix C); the whole under HMAC-SHA-1. */
export const legacyLock = ({ passphrase, iterations }: LockOptions): Pkcs12Lock => ({
  encrypt: async (plaintext) => {
    const salt = randomBytes(saltLength);
    const common = { hash: 'sha1', passphrase, salt, iterations } as const;
    const key = await derivePkcs12Key({ ...common, purpose: 'encryption', length: 24 });
    const vector = await derivePkcs12Key({ ...common, purpose: 'vector', length: 8 });
    const algorithm = sequence(
      objectIdentifier(oids.pbeWithSha1And3KeyTripleDesCbc),
      sequence(octetString(salt), integer(iterations)),
    );
    return { algorithm, ciphertext: ciphertextOf('des-ede3-cbc', { key, vector, plaintext }) };
  },
  macData: (safe) => macDataOf(safe, { hash: 'sha1', length: 20, passphrase, iterations }),
});

interface Ciphering {
  readonly key: Uint8Array;
  readonly vector: Uint8Array;
  readonly plaintext: Uint8Array;
}

function ciphertextOf(algorithm: string, { key, vector, plaintext }: Ciphering): Buffer {
  const cipher = createCipheriv(algorithm, key, vector);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

interface MacOptions extends LockOptions {
  readonly hash: 'sha1' | 'sha256';
  readonly length: number;
}

async function macDataOf(safe: Uint8Array, options: MacOptions): Promise<Buffer> {
  const { hash, iterations } = options;
  const salt = randomBytes(saltLength);
  const key = await derivePkcs12Key({ ...options, purpose: 'mac', salt });
  const mac = createHmac(hash, key).update(safe).digest();
  const algorithm = sequence(objectIdentifier(oids[hash]), nullValue());
  return sequence(sequence(algorithm, octetString(mac)), octetString(salt), integer(iterations));
}
