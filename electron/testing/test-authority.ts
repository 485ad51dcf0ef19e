import 'reflect-metadata';
import { createPublicKey, KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const day = 24 * 60 * 60 * 1000;

interface Validity {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface LeafDetails extends Validity {
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly subject?: string;
  readonly names?: readonly { readonly type: 'dns' | 'email' | 'ip'; readonly value: string }[];
  /** OIDs; without the extension when not given. */
  readonly extendedKeyUsages?: readonly string[];
  readonly usagesAreCritical?: boolean;
  readonly authority?: boolean;
  /** Where a list of those that were revoked would be had. */
  readonly revocationListUrl?: string;
}

export interface AuthorityDetails extends Validity {
  readonly name?: string;
  readonly pathLength?: number;
  /** False makes one that must not issue. */
  readonly authority?: boolean;
}

/** Somebody who issues certificates in tests. */
export class TestAuthority {
  /** PEM. */
  readonly certificate: string;
  readonly #subject: string;
  readonly #privateKey: webcrypto.CryptoKey;

  private constructor(certificate: x509.X509Certificate, privateKey: webcrypto.CryptoKey) {
    this.certificate = certificate.toString('pem');
    this.#subject = certificate.subject;
    this.#privateKey = privateKey;
  }

  static async root(details: AuthorityDetails = {}): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${details.name ?? 'Test Root'}`,
      keys,
      signingAlgorithm: ecdsa,
      extensions: authorityExtensions(details),
      ...validity(details),
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  /** Whoever has that key, ECDSA or RSA; what it issues to itself is signed by itself. */
  static async ofKey(subject: string, key: KeyObject): Promise<TestAuthority> {
    const isRsa = key.asymmetricKeyType === 'rsa';
    const algorithm = isRsa
      ? rsa
      : { ...ecdsa, namedCurve: key.export({ format: 'jwk' }).crv ?? '' };
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
    const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']);
    const publicKey = await webcrypto.subtle.importKey(
      'spki',
      createPublicKey(key).export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    );
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: subject,
      keys: { privateKey, publicKey },
      signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
    });
    return new TestAuthority(certificate, privateKey);
  }

  async intermediate(details: AuthorityDetails = {}): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=${details.name ?? 'Test Intermediate'}`,
      issuer: this.#subject,
      publicKey: keys.publicKey,
      signingKey: this.#privateKey,
      signingAlgorithm: ecdsa,
      extensions: authorityExtensions(details),
      ...validity(details),
    });
    return new TestAuthority(certificate, keys.privateKey);
  }

  /** PEM. */
  async issue(details: LeafDetails): Promise<string> {
    const { names = [], extendedKeyUsages, usagesAreCritical, authority } = details;
    const extensions: x509.Extension[] = [
      new x509.BasicConstraintsExtension(authority ?? false, undefined, true),
      new x509.KeyUsagesExtension(
        authority ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
    ];
    if (extendedKeyUsages) {
      const usages = [...extendedKeyUsages];
      extensions.push(new x509.ExtendedKeyUsageExtension(usages, usagesAreCritical ?? false));
    }
    if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension([...names]));
    if (details.revocationListUrl !== undefined) {
      extensions.push(new x509.CRLDistributionPointsExtension([details.revocationListUrl]));
    }
    const certificate = await x509.X509CertificateGenerator.create({
      subject: details.subject ?? 'CN=Test Leaf',
      issuer: this.#subject,
      publicKey: new x509.PublicKey(new Uint8Array(details.spki)),
      signingKey: this.#privateKey,
      signingAlgorithm: { ...this.#privateKey.algorithm, hash: 'SHA-256' },
      extensions,
      ...validity(details),
    });
    return certificate.toString('pem');
  }

  /** PEM; names those certificates as revoked. */
  async revocationList(...revoked: readonly string[]): Promise<string> {
    const list = await x509.X509CrlGenerator.create({
      issuer: this.#subject,
      thisUpdate: new Date(Date.now() - day),
      nextUpdate: new Date(Date.now() + day),
      signingKey: this.#privateKey,
      signingAlgorithm: { ...this.#privateKey.algorithm, hash: 'SHA-256' },
      entries: revoked.map((pem) => ({
        serialNumber: new x509.X509Certificate(pem).serialNumber,
        revocationDate: new Date(Date.now() - day),
      })),
    });
    // RFC 7468 §5.
    return `${list.toString('pem').replaceAll(' CRL-----', ' X509 CRL-----')}\n`;
  }

  /** What a TLS server needs; for `localhost` and 127.0.0.1 when not said. */
  async issueServer(
    details: Omit<LeafDetails, 'spki'> = {},
  ): Promise<{ readonly cert: string; readonly key: string }> {
    const keys = await generateKeys();
    const spki = KeyObject.from(keys.publicKey).export({ type: 'spki', format: 'der' });
    const cert = await this.issue({
      names: [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'],
      ...details,
      spki,
    });
    const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
    return { cert, key: key.toString() };
  }
}

const generateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);

const authorityExtensions = ({ pathLength, authority }: AuthorityDetails): x509.Extension[] => [
  new x509.BasicConstraintsExtension(authority ?? true, pathLength, true),
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];

const validity = ({ notBefore, notAfter }: Validity): Required<Validity> => ({
  notBefore: notBefore ?? new Date(Date.now() - day),
  notAfter: notAfter ?? new Date(Date.now() + 30 * day),
});
