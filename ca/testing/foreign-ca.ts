import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { toPem } from '../x509/certificate.ts';

export type Keys = webcrypto.CryptoKeyPair;

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = (modulusLength: number, name: string) => ({
  ...{ name, modulusLength, hash: 'SHA-256', publicExponent: Buffer.of(1, 0, 1) },
});

const kinds = {
  'P-256': ecdsa,
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
  Ed25519: { name: 'Ed25519' },
  'RSA-1024': rsa(1024, 'RSASSA-PKCS1-v1_5'),
  'RSA-2048': rsa(2048, 'RSASSA-PKCS1-v1_5'),
  'RSA-2048-PSS': rsa(2048, 'RSA-PSS'),
} as const;
export type KeyKind = keyof typeof kinds;

export async function newKeys(kind: KeyKind = 'P-256'): Promise<Keys> {
  const algorithm: webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams = kinds[
    kind
  ] as webcrypto.EcKeyGenParams;
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

/** A certificate, its key, and what certified it. */
export type Issued = {
  readonly certificate: x509.X509Certificate;
  readonly keys: Keys;
  /** Leaf first, without the root. */
  readonly chain: readonly x509.X509Certificate[];
};

export type LeafDetails = {
  readonly subject?: x509.JsonName;
  readonly names?: x509.JsonGeneralNames;
  readonly keys?: Keys;
  readonly serialNumber?: string;
  /** Seconds from the beginning of the CA's day. */
  readonly from?: number;
  readonly until?: number;
  /** `undefined` leaves the extension out. */
  readonly usages?: number | undefined;
  readonly purposes?: readonly string[];
  readonly extensions?: readonly x509.Extension[];
  readonly issuer?: Issued;
};

export type CaDetails = {
  readonly pathLength?: number;
  readonly isCa?: boolean;
  readonly usages?: number;
  readonly extensions?: readonly x509.Extension[];
  readonly from?: number;
  readonly until?: number;
};

export const clientAuth = '1.3.6.1.5.5.7.3.2';
const digitalSignature: number = x509.KeyUsageFlags.digitalSignature;
const DAY = 86_400;

/** Somebody else's CA, made by a library that the CA under test does not use. */
export class ForeignCa {
  readonly root: Issued;
  readonly #now: () => Date;

  private constructor(root: Issued, now: () => Date) {
    this.root = root;
    this.#now = now;
  }

  static async create(now: () => Date, name = 'Other CA', keys?: Keys): Promise<ForeignCa> {
    const pair = keys ?? (await newKeys());
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...{ name: [{ CN: [name] }], keys: pair, signingAlgorithm: ecdsa },
      notBefore: new Date(now().getTime() - 30 * DAY * 1000),
      notAfter: new Date(now().getTime() + 300 * DAY * 1000),
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true), keyUsages(authority)],
    });
    return new ForeignCa({ certificate, keys: pair, chain: [] }, now);
  }

  get pem(): string {
    return this.root.certificate.toString('pem');
  }

  async issue(details: LeafDetails = {}): Promise<Issued> {
    const { usages = digitalSignature, purposes = [clientAuth] } = details;
    const withUsage = !('usages' in details) || details.usages !== undefined;
    return this.#sign(details, [
      ...(withUsage ? [keyUsages(usages)] : []),
      ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension([...purposes])] : []),
      ...(details.names === undefined
        ? []
        : [new x509.SubjectAlternativeNameExtension(details.names)]),
      ...(details.extensions ?? []),
    ]);
  }

  async authority(name: string, details: CaDetails = {}, issuer?: Issued): Promise<Issued> {
    const { isCa = true, usages = authority, pathLength, extensions = [], ...rest } = details;
    return this.#sign(
      { subject: [{ CN: [name] }], ...rest, ...(issuer === undefined ? {} : { issuer }) },
      [
        new x509.BasicConstraintsExtension(isCa, pathLength, true),
        keyUsages(usages),
        ...extensions,
      ],
    );
  }

  async #sign(
    details: Omit<LeafDetails, 'usages'>,
    extensions: readonly x509.Extension[],
  ): Promise<Issued> {
    const { issuer = this.root, subject = [{ CN: ['Somebody'] }], from = -DAY } = details;
    const keys = details.keys ?? (await newKeys());
    const at = (seconds: number): Date => new Date(this.#now().getTime() + seconds * 1000);
    const certificate = await x509.X509CertificateGenerator.create({
      ...{ subject, issuer: issuer.certificate.subjectName, extensions: [...extensions] },
      ...{ publicKey: keys.publicKey, signingKey: issuer.keys.privateKey },
      ...{ notBefore: at(from), notAfter: at(details.until ?? 30 * DAY), signingAlgorithm: ecdsa },
      ...(details.serialNumber === undefined ? {} : { serialNumber: details.serialNumber }),
    });
    return { certificate, keys, chain: [certificate, ...issuer.chain] };
  }

  /** PEM. Times are seconds from now. */
  async revocationList(
    revoked: readonly Issued[],
    { from = -60, until = 3600, signer = this.root } = {},
  ): Promise<string> {
    const at = (seconds: number): Date => new Date(this.#now().getTime() + seconds * 1000);
    const list = await x509.X509CrlGenerator.create({
      issuer: signer.certificate.subjectName,
      ...{ thisUpdate: at(from), nextUpdate: at(until), signingAlgorithm: ecdsa },
      signingKey: signer.keys.privateKey,
      entries: revoked.map(({ certificate }) => ({
        ...{ serialNumber: certificate.serialNumber, revocationDate: at(-60) },
      })),
    });
    // The library's own label is "CRL"; RFC 7468 §5.1 has it as OpenSSL writes it.
    return toPem('X509 CRL', Buffer.from(list.rawData));
  }
}

const authority: number = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;

/** By hand, since the library's type has no name for several flags at once. */
function keyUsages(flags: number): x509.Extension {
  const bits = Array.from(flags.toString(2).padStart(8, '0')).reverse().join('');
  const unused = 7 - bits.lastIndexOf('1');
  return new x509.Extension('2.5.29.15', true, Buffer.of(3, 2, unused, Number.parseInt(bits, 2)));
}
