import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Hierarchy } from './hierarchy.ts';
import { newSerial, signCertificate } from './x509/certificate.ts';
import * as der from './x509/der.ts';
import * as extensions from './x509/extensions.ts';
import { encodeName } from './x509/names.ts';

/** A key of the CA's own for one kind of signature, and its certificate by the issuer. */
export type OwnSigner = {
  readonly key: KeyObject;
  /** DER. */
  readonly certificate: Buffer;
};

export type OwnSignerOptions = {
  readonly commonName: string;
  /** The only extended key usage, dotted. */
  readonly purpose: string;
  /** False when not said. */
  readonly purposeIsCritical?: boolean;
  readonly now: Date;
};

const DAY = 86_400_000;

/** For this run alone: what it signs brings the certificate along, which outlives the key. */
export function certifyOwnSigner({ issuer }: Hierarchy, options: OwnSignerOptions): OwnSigner {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeyInfo = publicKey.export({ format: 'der', type: 'spki' });
  const { commonName, purpose, purposeIsCritical = false, now } = options;
  const certificate = signCertificate(
    {
      serial: newSerial(),
      issuer: issuer.name,
      notBefore: new Date(now.getTime() - DAY),
      notAfter: issuer.notAfter,
      subject: encodeName({ commonName, organization: 'Local CA (this computer only)' }),
      publicKeyInfo,
      extensions: [
        extensions.basicConstraints('leaf'),
        extensions.keyUsage(['digitalSignature']),
        {
          type: extensions.extensionTypes.extendedKeyUsage,
          critical: purposeIsCritical,
          value: der.sequence(der.objectIdentifier(purpose)),
        },
        extensions.subjectKeyIdentifier(extensions.keyIdentifier(publicKeyInfo)),
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(issuer.publicKeyInfo)),
      ],
    },
    issuer.key,
  );
  return { key, certificate };
}
