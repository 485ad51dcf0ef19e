import { createPrivateKey, randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InstallError, type TokenKey } from '../install-target.ts';
import { signsFor } from '../key-signature.ts';
import type { KeyInFile, KeyMaterial, NetworkTargetId } from './key-files.ts';

/** Whose files they are, and what they have to fit. */
export interface MaterialProof {
  readonly target: NetworkTargetId;
  /** DER. */
  readonly certificate: Uint8Array;
}

/** Opens the key's file with the passphrase that the program has, signs, and checks that by the certificate. Throws `InstallError`. */
export async function proveKeyFile(
  { target, certificate }: MaterialProof,
  { file }: KeyInFile,
  passphrase: string,
): Promise<void> {
  const pem = await readProof(target, file, 'key');
  const { publicKey } = new X509Certificate(certificate);
  try {
    const key = createPrivateKey({ key: pem, passphrase });
    const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    const nonce = randomBytes(32);
    if (verify(hash, nonce, publicKey, sign(hash, nonce, key))) return;
  } catch (cause) {
    throw new InstallError(target, 'proof-failed', file, { cause, link: 'key' });
  }
  throw new InstallError(target, 'proof-failed', file, { link: 'key' });
}

/** Has the key sign where it lies. Throws `InstallError`, and what the token throws. */
export async function proveKeyOnToken(
  { target, certificate }: MaterialProof,
  key: TokenKey,
): Promise<void> {
  await key.checkModule();
  if (await signsFor(new X509Certificate(certificate), key)) return;
  throw new InstallError(target, 'proof-failed', key.moduleName, { link: 'key' });
}

/**
 * Whether the certificate's file is that of this certificate, is valid now, and leads with what else is in it to one of
 * `anchors` (DER; with none it has to lead to the end of the file). Throws `InstallError`.
 */
export async function proveCertificateFile(
  { target, certificate }: MaterialProof,
  { certificateFile }: KeyMaterial,
  {
    anchors = [],
    now,
  }: { readonly anchors?: readonly Uint8Array[] | undefined; readonly now: Date },
): Promise<void> {
  const broken = (link: 'not-listed' | 'expired' | 'chain', cause?: unknown): InstallError =>
    new InstallError(target, 'proof-failed', certificateFile, { link, cause });
  const pem = await readProof(target, certificateFile, 'not-listed');
  const [leaf, ...issuers] = certificatesIn(pem, (cause) => broken('not-listed', cause));
  if (!leaf?.raw.equals(certificate)) throw broken('not-listed');
  if (leaf.validToDate < now || leaf.validFromDate > now) throw broken('expired');
  let last = leaf;
  for (const issuer of issuers) {
    if (!isIssuedBy(last, issuer)) throw broken('chain');
    last = issuer;
  }
  if (anchors.length === 0) return;
  const isAnchored = anchors
    .map((der) => new X509Certificate(der))
    .some((anchor) => anchor.raw.equals(last.raw) || isIssuedBy(last, anchor));
  if (!isAnchored) throw broken('chain');
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

function certificatesIn(
  pem: string,
  unreadable: (cause: unknown) => Error,
): readonly X509Certificate[] {
  const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((each) => new X509Certificate(each));
  } catch (cause) {
    throw unreadable(cause);
  }
}

async function readProof(
  target: NetworkTargetId,
  path: string,
  link: 'key' | 'not-listed',
): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new InstallError(target, 'proof-failed', path, { cause, link });
  }
}
