import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  booleanTrue,
  explicit,
  generalizedTime,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  unsignedInteger,
  utf8String,
} from '../certificates/der.ts';

const oids = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectAlternativeName: '2.5.29.17',
  acmeIdentifier: '1.3.6.1.5.5.7.1.31',
} as const;

/** Whom the certificate is for: a host name, or the octets of an address (RFC 8738 §3). */
export type AcmeTlsSubject = { readonly dns: string } | { readonly ip: Buffer };

export interface AcmeTlsCertificate {
  /** PKCS #8, PEM. Of this one certificate, and only in memory. */
  readonly key: string;
  /** PEM. */
  readonly cert: string;
}

const day = 86_400_000;

/** The self-signed certificate of RFC 8737 §3: one alternative name, and the key authorization's digest in a critical extension. */
export function acmeTlsCertificate(
  subject: AcmeTlsSubject,
  keyAuthorization: string,
  now: Date,
): AcmeTlsCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256));
  const name = sequence(
    setOf(sequence(objectIdentifier(oids.commonName), utf8String('acme-tls/1'))),
  );
  const body = sequence(
    explicit(0, integer(2)),
    unsignedInteger(randomBytes(16)),
    algorithm,
    name,
    sequence(
      generalizedTime(new Date(now.getTime() - day)),
      generalizedTime(new Date(now.getTime() + 7 * day)),
    ),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(alternativeName(subject), acmeIdentifier(keyAuthorization))),
  );
  const signature = bitString(sign('sha256', body, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(sequence(body, algorithm, signature)),
  };
}

const alternativeName = (subject: AcmeTlsSubject): Buffer =>
  sequence(
    objectIdentifier(oids.subjectAlternativeName),
    octetString(
      sequence('dns' in subject ? implicit(2, Buffer.from(subject.dns)) : implicit(7, subject.ip)),
    ),
  );

/** RFC 8737 §3: `Authorization ::= OCTET STRING (SIZE (32))`. */
const acmeIdentifier = (keyAuthorization: string): Buffer =>
  sequence(
    objectIdentifier(oids.acmeIdentifier),
    booleanTrue(),
    octetString(octetString(createHash('sha256').update(keyAuthorization).digest())),
  );

const pem = (der: Buffer): string =>
  [
    '-----BEGIN CERTIFICATE-----',
    ...(der.toString('base64').match(/.{1,64}/g) ?? []),
    '-----END CERTIFICATE-----\n',
  ].join('\n');
