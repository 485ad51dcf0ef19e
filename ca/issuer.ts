import { generateKeyPairSync } from 'node:crypto';
import type { Hierarchy } from './hierarchy.ts';
import { newSerial, signCertificate, toPem } from './x509/certificate.ts';
import * as extensions from './x509/extensions.ts';
import type { KeyUsage, Purpose } from './x509/extensions.ts';
import { encodeName } from './x509/names.ts';
import type { GeneralName, SubjectName } from './x509/names.ts';

export type LeafContents = {
  readonly subject: SubjectName;
  readonly names: readonly GeneralName[];
  /** DER SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyUsages: readonly KeyUsage[];
  readonly purposes: readonly Purpose[];
};

export type Leaf = { readonly serial: Buffer; /** DER. */ readonly certificate: Buffer };

export type Issuer = {
  /** No certificate may outlive this. */
  readonly notAfter: Date;
  issue(contents: LeafContents): Leaf;
};

export type IssuerOptions = {
  readonly hierarchy: Hierarchy;
  readonly crlUrl: string;
  readonly issuerUrl: string;
};

/** Signs end-entity certificates (RFC 5280) with the issuing CA. */
export function createIssuer({ hierarchy, crlUrl, issuerUrl }: IssuerOptions): Issuer {
  const { issuer } = hierarchy;
  const common = [
    extensions.basicConstraints('leaf'),
    extensions.authorityKeyIdentifier(extensions.keyIdentifier(issuer.publicKeyInfo)),
    extensions.crlDistributionPoint(crlUrl),
    extensions.authorityInfoAccess(issuerUrl),
  ];
  return {
    notAfter: issuer.notAfter,
    issue(contents) {
      const serial = newSerial();
      const certificate = signCertificate(
        {
          serial,
          issuer: issuer.name,
          notBefore: contents.notBefore,
          notAfter: contents.notAfter,
          subject: encodeName(contents.subject),
          publicKeyInfo: contents.publicKeyInfo,
          extensions: [
            ...common,
            extensions.subjectKeyIdentifier(extensions.keyIdentifier(contents.publicKeyInfo)),
            extensions.keyUsage(contents.keyUsages),
            extensions.extendedKeyUsage(contents.purposes),
            extensions.subjectAltName(contents.names, contents.subject.commonName === undefined),
          ],
        },
        issuer.key,
      );
      return { serial, certificate };
    },
  };
}

export type TlsIdentity = { readonly key: string; readonly cert: string };

const SERVER_LIFETIME = 397 * 86_400_000;

/** A fresh key and a chain for the CA's own listeners, under the same root as what it issues. */
export function createTlsIdentity(
  issuer: Issuer,
  hierarchy: Hierarchy,
  { hostname, now }: { hostname: string; now: Date },
): TlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const dnsNames = new Set(['localhost', ...(/[a-z]/.test(hostname) ? [hostname] : [])]);
  const { certificate } = issuer.issue({
    subject: { commonName: hostname },
    names: [
      ...[...dnsNames].map((value) => ({ type: 'dns' as const, value })),
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ],
    publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(Math.min(now.getTime() + SERVER_LIFETIME, issuer.notAfter.getTime())),
    keyUsages: ['digitalSignature'],
    purposes: ['serverAuth'],
  });
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: [certificate, hierarchy.issuer.certificate]
      .map((der) => toPem('CERTIFICATE', der))
      .join(''),
  };
}
