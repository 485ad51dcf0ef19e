import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newSerial, signCertificate, toPem } from './x509/certificate.ts';
import * as extensions from './x509/extensions.ts';
import type { Extension } from './x509/extensions.ts';
import { encodeName } from './x509/names.ts';

/** A key of the CA and the certificate for it. */
export type Identity = {
  readonly key: KeyObject;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKeyInfo: Buffer;
  /** DER Name. */
  readonly name: Buffer;
  /** DER. */
  readonly certificate: Buffer;
  readonly notAfter: Date;
};

/** Two roots, one issuing CA certified by both: whence a chain and an alternate chain. */
export type Hierarchy = {
  readonly root: Identity;
  readonly alternateRoot: Identity;
  readonly issuer: Identity;
  /** The issuer's certificate under the alternate root, DER. */
  readonly crossIssuer: Buffer;
  /** Signs documents about the CA; issued by the issuer. */
  readonly documentSigner: Identity;
};

const ORGANIZATION = 'Local CA (this computer only)';
const names = {
  root: 'Local CA Root',
  alternateRoot: 'Local CA Second Root',
  issuer: 'Local CA Issuer',
  documentSigner: 'Local CA Document Signer',
} as const;
type Member = keyof typeof names;

const DAY = 86_400_000;
const ROOT_LIFETIME = 3650 * DAY;
const ISSUER_LIFETIME = 1825 * DAY;

/** Makes the keys and certificates of the CA, or reads those that a directory keeps from before. */
export function openHierarchy(directory: string | undefined, now: Date): Hierarchy {
  if (directory === undefined) return makeHierarchy(now);
  const folder = join(directory, 'keys');
  if (!existsSync(folder)) keepHierarchy(makeHierarchy(now), directory, folder);
  return readHierarchy(folder);
}

function makeHierarchy(now: Date): Hierarchy {
  const root = makeRoot('root', now);
  const alternateRoot = makeRoot('alternateRoot', now);
  const issuer = certify(makeKey('issuer'), root, issuerProfile(now));
  const crossIssuer = certify(issuer, alternateRoot, issuerProfile(now)).certificate;
  const documentSigner = certify(makeKey('documentSigner'), issuer, {
    notBefore: now,
    notAfter: issuer.notAfter,
    extensions: [
      extensions.basicConstraints('leaf'),
      extensions.keyUsage(['digitalSignature']),
      extensions.extendedKeyUsage(['documentSigning']),
    ],
  });
  return { root, alternateRoot, issuer, crossIssuer, documentSigner };
}

type CertifiedKey = Pick<Identity, 'key' | 'publicKeyInfo' | 'name'>;

function makeKey(member: Member): CertifiedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey,
    publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
    name: encodeName({ commonName: names[member], organization: ORGANIZATION }),
  };
}

function makeRoot(member: Member, now: Date): Identity {
  const key = makeKey(member);
  return certify(key, key, {
    notBefore: now,
    notAfter: new Date(now.getTime() + ROOT_LIFETIME),
    extensions: [extensions.basicConstraints({}), extensions.keyUsage(['keyCertSign', 'cRLSign'])],
  });
}

type CertificationProfile = {
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: readonly Extension[];
};

function issuerProfile(now: Date): CertificationProfile {
  return {
    notBefore: now,
    notAfter: new Date(now.getTime() + ISSUER_LIFETIME),
    extensions: [
      extensions.basicConstraints({ pathLength: 0 }),
      extensions.keyUsage(['digitalSignature', 'keyCertSign', 'cRLSign']),
    ],
  };
}

function certify(
  subject: CertifiedKey,
  issuer: CertifiedKey,
  profile: CertificationProfile,
): Identity {
  const { key, publicKeyInfo, name } = subject;
  const certificate = signCertificate(
    {
      serial: newSerial(),
      issuer: issuer.name,
      notBefore: new Date(profile.notBefore.getTime() - DAY),
      notAfter: profile.notAfter,
      subject: name,
      publicKeyInfo,
      extensions: [
        ...profile.extensions,
        extensions.subjectKeyIdentifier(extensions.keyIdentifier(publicKeyInfo)),
        extensions.authorityKeyIdentifier(extensions.keyIdentifier(issuer.publicKeyInfo)),
      ],
    },
    issuer.key,
  );
  return { key, publicKeyInfo, name, certificate, notAfter: profile.notAfter };
}

/** Writes to one side and renames, so that a kill leaves either no hierarchy or a whole one. */
function keepHierarchy(hierarchy: Hierarchy, directory: string, folder: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(join(directory, 'keys-'));
  const write = (file: string, pem: string | Buffer): void =>
    writeFileSync(join(draft, file), pem, { mode: 0o600, flag: 'wx' });
  for (const member of Object.keys(names) as Member[]) {
    const { key, certificate } = hierarchy[member];
    write(`${member}.key.pem`, key.export({ format: 'pem', type: 'pkcs8' }));
    write(`${member}.pem`, toPem('CERTIFICATE', certificate));
  }
  write('crossIssuer.pem', toPem('CERTIFICATE', hierarchy.crossIssuer));
  renameSync(draft, folder);
}

function readHierarchy(folder: string): Hierarchy {
  const read = (member: Member): Identity => {
    const key = createPrivateKey(readFileSync(join(folder, `${member}.key.pem`)));
    const certificate = new X509Certificate(readFileSync(join(folder, `${member}.pem`)));
    return {
      key,
      publicKeyInfo: createPublicKey(key).export({ format: 'der', type: 'spki' }),
      name: encodeName({ commonName: names[member], organization: ORGANIZATION }),
      certificate: certificate.raw,
      notAfter: certificate.validToDate,
    };
  };
  const cross = new X509Certificate(readFileSync(join(folder, 'crossIssuer.pem')));
  return {
    root: read('root'),
    alternateRoot: read('alternateRoot'),
    issuer: read('issuer'),
    crossIssuer: cross.raw,
    documentSigner: read('documentSigner'),
  };
}
