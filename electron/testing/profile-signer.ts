import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { CompactSign } from 'jose';

const subtle = webcrypto.subtle;
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hour = 60 * 60 * 1000;

export interface SignerOptions {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** False makes a chain whose upper certificate may not issue. */
  readonly issuerIsCa?: boolean;
}

/** Somebody who can sign profiles: a key, and a chain of two certificates. */
export interface ProfileSigner {
  readonly privateKey: webcrypto.CryptoKey;
  /** DER, base64, the signer's first. */
  readonly chain: readonly [signer: string, issuer: string];
  sign(payload: unknown, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

export async function createProfileSigner(options: SignerOptions = {}): Promise<ProfileSigner> {
  const [issuer, signer] = await Promise.all([generateKeys(), generateKeys()]);
  const notBefore = options.notBefore ?? new Date(Date.now() - hour);
  const notAfter = options.notAfter ?? new Date(Date.now() + 24 * hour);
  const validity = { notBefore, notAfter };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Example Root',
    keys: issuer,
    signingAlgorithm: ecdsa,
    extensions: [new x509.BasicConstraintsExtension(options.issuerIsCa ?? true, undefined, true)],
    ...validity,
  });
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=Example Profile Signer',
    issuer: root.subject,
    publicKey: signer.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: ecdsa,
    ...validity,
  });
  const chain = [base64(leaf), base64(root)] as const;
  return {
    privateKey: signer.privateKey,
    chain,
    sign: (payload, header = {}) =>
      new CompactSign(bytesOf(payload))
        .setProtectedHeader({
          alg: 'ES256',
          typ: 'enrollment-profile+jws',
          x5c: [...chain],
          ...header,
        })
        .sign(signer.privateKey),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return subtle.generateKey(ecdsa, true, ['sign', 'verify']);
}

function bytesOf(payload: unknown): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
}

function base64(certificate: x509.X509Certificate): string {
  return Buffer.from(certificate.rawData).toString('base64');
}

/** A profile with everything a profile must have. */
export function sampleProfile(now: Date = new Date()) {
  return {
    version: 1,
    id: 'example.test',
    issued: new Date(now.getTime() - hour).toISOString(),
    expires: new Date(now.getTime() + 24 * hour).toISOString(),
    organization: {
      name: { en: 'Example', de: 'Beispiel' },
      helpdesk: { email: 'help@example.test', url: 'https://help.example.test/' },
      terms: 'https://www.example.test/terms',
    },
    directory: 'https://ca.example.test/directory',
    externalAccount: 'required',
    credentials: [
      {
        id: 'wifi',
        name: { en: 'Wi-Fi' },
        purpose: 'client',
        identifiers: [{ type: 'email', value: '{subject.email}' }],
        key: { types: ['P-256'], places: ['software'] },
        install: [{ target: 'browser' }],
      },
    ],
  };
}
