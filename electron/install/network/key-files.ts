import { createHash, createPrivateKey, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NetworkDescription } from '../../../shared/models/network.ts';
import { pemOf } from '../../certificates/pem.ts';
import {
  InstallError,
  type InstallableCredential,
  type KnownCredential,
} from '../install-target.ts';
import { pkcs11Uri } from '../pkcs11-uri.ts';
import { readNote } from './kept-aside.ts';
import { makePrivateDirectory, writePrivateFile } from './private-file.ts';

/** Targets whose programs read keys and certificates from files of the person's. */
export type NetworkTargetId = 'network-manager' | 'wpa-supplicant' | 'iwd';

export interface KeyPlace {
  readonly homeDirectory: string;
  readonly target: NetworkTargetId;
}

/** Where a network program finds what it signs in with. Nothing of it is secret by itself. */
export interface KeyMaterial {
  /** Of this credential at this target alone, and only its owner can enter it. */
  readonly directory: string;
  /** PEM, the certificate first, then its issuers. */
  readonly certificateFile: string;
  /** PEM. They alone vouch for the network's server. */
  readonly rootsFile: (network: NetworkDescription) => string;
  readonly key: KeyInFile | KeyByUri;
}

export interface KeyInFile {
  readonly kind: 'file';
  /** PKCS #8 in PEM, encrypted. */
  readonly file: string;
}

/** RFC 7512, without a PIN. */
export interface KeyByUri {
  readonly kind: 'token';
  readonly privateKeyUri: string;
  readonly certificateUri: string;
  readonly modulePath: string;
}

export interface WrittenKeyMaterial extends KeyMaterial {
  /** Of the key's file: for the network program's own configuration alone. Absent where the key lies on a token. */
  readonly passphrase?: string;
}

/**
 * Writes what the programs of a target read, anew each time: an earlier passphrase does not open the key any more.
 * Throws `InstallError`.
 */
export async function writeKeyMaterial(
  credential: InstallableCredential,
  place: KeyPlace,
): Promise<WrittenKeyMaterial> {
  const material = materialIn(credential, place);
  const { homeDirectory, target } = place;
  const certificates = [credential.certificate, ...credential.chain].map(pemOf);
  const roots = (credential.networks ?? []).map(
    (network) => [material.rootsFile(network), rootsOf(network, target)] as const,
  );
  try {
    await makePrivateDirectory(ownDirectory(homeDirectory));
    await makePrivateDirectory(join(ownDirectory(homeDirectory), credential.credentialId));
    await makePrivateDirectory(material.directory);
    await writePrivateFile(material.certificateFile, certificates.join(''));
    for (const [path, pem] of roots) await writePrivateFile(path, pem);
    if (material.key.kind === 'token') return material;
    const passphrase = randomBytes(32).toString('base64url');
    await writePrivateFile(material.key.file, await encryptedKey(credential, passphrase, target));
    return { ...material, passphrase };
  } catch (error) {
    if (!isFileFault(error)) throw error;
    const options = { cause: error };
    throw new InstallError(target, 'store-not-writable', material.directory, options);
  }
}

/** `null` when it is not there, or not that of this certificate. */
export async function keyMaterialOf(
  credential: KnownCredential,
  place: KeyPlace,
): Promise<KeyMaterial | null> {
  const material = materialIn(credential, place);
  const { key, certificateFile } = material;
  try {
    const pem = await readFile(certificateFile, 'utf8');
    if (!pem.startsWith(pemOf(credential.certificate))) return null;
    if (key.kind === 'file') await readFile(key.file);
    return material;
  } catch (error) {
    if (isFileFault(error)) return null;
    throw error;
  }
}

/** All that lies there for this credential and target; what is not there is no error. */
export async function removeKeyMaterial(credentialId: string, place: KeyPlace): Promise<void> {
  const directory = directoryOf(credentialId, place);
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  // Other targets may have theirs beside it, other credentials beside that, and other programs theirs in `~/.cert`.
  const own = ownDirectory(place.homeDirectory);
  for (const each of [join(own, credentialId), own, dirname(own)]) {
    try {
      await rmdir(each);
    } catch (error) {
      if (!isFileFault(error)) throw error;
    }
  }
}

/** Files of that kind are let through by SELinux's rules for network programs (`home_cert_t`). */
const ownDirectory = (homeDirectory: string): string => join(homeDirectory, '.cert', 'countersign');

/** Whether a target has written a file of that name for any credential. */
export async function hasWritten(
  file: string,
  { homeDirectory, target }: KeyPlace,
): Promise<boolean> {
  const own = ownDirectory(homeDirectory);
  const credentials = await readdir(own).catch(() => []);
  for (const credentialId of credentials) {
    const names: readonly string[] = await readdir(join(own, credentialId, target)).catch(() => []);
    if (!names.includes(file)) continue;
    if ((await readNote(join(own, credentialId, target, file))) !== 'untouched') return true;
  }
  return false;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Where what a target writes for one credential lies. Throws `InstallError` for an id that is no UUID. */
export function directoryOf(credentialId: string, { homeDirectory, target }: KeyPlace): string {
  if (!uuid.test(credentialId)) {
    throw new InstallError(target, 'refused', 'the id of the credential is no UUID');
  }
  return join(ownDirectory(homeDirectory), credentialId, target);
}

function materialIn({ credentialId, token }: KnownCredential, place: KeyPlace): KeyMaterial {
  const directory = directoryOf(credentialId, place);
  return {
    directory,
    certificateFile: join(directory, 'certificate.pem'),
    rootsFile: (network) => join(directory, `roots-${rootsName(network)}.pem`),
    key: token
      ? {
          kind: 'token',
          privateKeyUri: pkcs11Uri(token, 'private'),
          certificateUri: pkcs11Uri(token, 'cert'),
          modulePath: token.modulePath,
        }
      : { kind: 'file', file: join(directory, 'key.pem') },
  };
}

/** Made of what is in the file, so that no name from outside becomes part of a path. */
const rootsName = ({ serverRoots }: NetworkDescription): string =>
  createHash('sha256').update(serverRoots.join('\n')).digest('hex').slice(0, 16);

function rootsOf({ serverRoots }: NetworkDescription, target: NetworkTargetId): string {
  try {
    return serverRoots.map((root) => pemOf(Buffer.from(root, 'base64'))).join('');
  } catch (cause) {
    throw new InstallError(target, 'refused', 'a root of the network is no certificate', { cause });
  }
}

async function encryptedKey(
  { exportPkcs8 }: InstallableCredential,
  passphrase: string,
  target: NetworkTargetId,
): Promise<string> {
  if (exportPkcs8 === null) {
    throw new InstallError(target, 'refused', 'the key lies where network programs find none');
  }
  const pkcs8 = await exportPkcs8();
  try {
    const key = createPrivateKey({
      key: Buffer.from(pkcs8.buffer, pkcs8.byteOffset, pkcs8.byteLength),
      format: 'der',
      type: 'pkcs8',
    });
    return key
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
      .toString();
  } finally {
    pkcs8.fill(0);
  }
}

/** Told by the file system, and not by us. */
const isFileFault = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && !(error instanceof InstallError);
