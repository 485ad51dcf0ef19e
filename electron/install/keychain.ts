import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Proof } from '../../shared/models/credential.ts';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
  type OsKey,
  type Probes,
} from './install-target.ts';
import { signsFor } from './key-signature.ts';
import { KeychainTool, type KeychainToolOptions } from './keychain-tool.ts';
import { assertChain } from './known-chain.ts';
import { profileIdentifier } from './network/mobileconfig.ts';
import { withPrivateDirectory } from './private-directory.ts';
import { takeProofSteps, type ProofStep } from './proof-steps.ts';

export interface KeychainOptions extends Omit<KeychainToolOptions, 'target'> {
  readonly temporaryDirectory: string;
  /** Where it is written down which identities are there for the sake of networks alone. */
  readonly profilesDirectory: string;
  readonly now: () => Date;
}

/**
 * The person's keychain on a Mac, from where Safari, Chrome and Mail take credentials. Programs other than `security` ask the person
 * once each before they use a key that was imported (docs/os-install.md); the wallet never asks for the keychain's password.
 */
export class KeychainTarget implements InstallTarget {
  readonly id = 'keychain';
  readonly #options: KeychainOptions;
  readonly #tool: KeychainTool;

  constructor(options: KeychainOptions) {
    this.#options = options;
    this.#tool = new KeychainTool({ ...options, target: this.id });
  }

  async preflight(): Promise<void> {
    await this.#tool.identities();
  }

  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const identities = await this.#tool.identities();
    return known.filter((each) => identities.has(hashOf(each))).map(installedAs);
  }

  async install(
    credential: InstallableCredential,
    { isForNetworks = false } = {},
  ): Promise<InstalledCredential> {
    const { token, osKey, certificate, chain } = credential;
    if (token)
      throw new InstallError(this.id, 'refused', 'the token has its own software for this');
    const known = await this.#tool.certificates();
    const missing = [...(osKey ? [certificate] : []), ...chain].filter(
      (der) => !known.some(({ raw }) => raw.equals(der)),
    );
    await withPrivateDirectory(this.#options.temporaryDirectory, async (directory) => {
      const isThere = (await this.#tool.identities()).has(hashOf(credential));
      if (!osKey && !isThere) await this.#importKey(directory, credential);
      const files = missing.map((_der, index) => join(directory, `${index}.cer`));
      for (const [index, file] of files.entries()) {
        await writeFile(file, missing[index] ?? new Uint8Array());
      }
      await this.#tool.addCertificates(files);
    });
    // Whoever else wanted it there, the person does too.
    if (!isForNetworks) {
      await rm(networkMark(this.#options.profilesDirectory, credential.credentialId), {
        force: true,
      });
    }
    if ((await this.#tool.identities()).has(hashOf(credential))) return installedAs(credential);
    throw new InstallError(this.id, 'refused', 'the keychain finds no key for it');
  }

  async prove(
    { osKey, ...installed }: InstalledCredential,
    { anchors = [] }: Probes = {},
  ): Promise<readonly Proof[]> {
    const certificate = new X509Certificate(installed.certificate);
    const listed: ProofStep = {
      method: 'listed',
      by: 'security',
      attempt: async () => {
        if (!(await this.#tool.identities()).has(hashOf(installed))) {
          throw new InstallError(this.id, 'proof-failed', 'keychain', { link: 'not-listed' });
        }
        const [issuers, now] = [await this.#tool.certificates(), this.#options.now()];
        const roots = anchors.map((der) => new X509Certificate(der));
        assertChain(this.id, { certificate, issuers, anchors: roots, now });
      },
    };
    if (osKey) {
      const attempt = () => assertSigns(osKey, certificate);
      const signature = { method: 'signature', by: 'macOS', attempt } as const;
      return takeProofSteps([signature, listed], this.#options.now);
    }
    // macOS would ask the person whether the wallet may use a key that `security` imported.
    const untried = { method: 'signature', reason: 'not-permitted', by: 'macOS' } as const;
    const proofs = await takeProofSteps([listed], this.#options.now);
    return [{ status: 'not-tried', ...untried }, ...proofs];
  }

  rebind(from: InstalledCredential): Promise<void> {
    return this.remove(from);
  }

  /** Issuers stay: nothing says who put them there, and they are nobody's secret. */
  async remove({ osKey, ...installed }: InstalledCredential): Promise<void> {
    const sha1 = hashOf(installed);
    if ((await this.#tool.identities()).has(sha1)) {
      // A key that the system made goes with the credential, and not with its certificate.
      if (osKey) await this.#tool.deleteCertificate(sha1);
      else await this.#tool.deleteIdentity(sha1);
    } else if (
      (await this.#tool.certificates()).some(({ raw }) => raw.equals(installed.certificate))
    ) {
      await this.#tool.deleteCertificate(sha1);
    }
  }

  /** Older keychains read no PKCS #12 but the older kind; its passphrase is for once, and as strong as its cipher. */
  async #importKey(
    directory: string,
    { credentialId, certificate, exportPkcs8 }: InstallableCredential,
  ): Promise<void> {
    if (!exportPkcs8) {
      throw new InstallError(this.id, 'not-exportable', 'the key stays in its place');
    }
    const leaf = new X509Certificate(certificate);
    const passphrase = randomBytes(32).toString('hex');
    const privateKeyPkcs8 = await exportPkcs8();
    try {
      const { buffer, byteOffset, length } = privateKeyPkcs8;
      const key = Buffer.from(buffer, byteOffset, length);
      if (!leaf.checkPrivateKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' }))) {
        throw new InstallError(this.id, 'refused', 'the key is not that of the certificate');
      }
      const file = join(directory, 'credential.p12');
      const contents = { privateKeyPkcs8, certificate: leaf.toString(), chain: [], passphrase };
      const pkcs12 = await createPkcs12({
        ...contents,
        friendlyName: `Countersign ${credentialId}`,
        passphraseKind: 'random',
        isLegacy: true,
      });
      await writeFile(file, pkcs12, { mode: 0o600 });
      await this.#tool.importPkcs12(file, passphrase);
    } finally {
      privateKeyPkcs8.fill(0);
    }
  }
}

/** A file that is there while nobody but networks needs an identity. Throws `TypeError` for an id that is none of the wallet's. */
export const networkMark = (profilesDirectory: string, credentialId: string): string =>
  join(profilesDirectory, `${profileIdentifier(credentialId)}.identity`);

/** As `security` writes it. */
const hashOf = ({ certificate }: Pick<KnownCredential, 'certificate'>): string =>
  new X509Certificate(certificate).fingerprint.replaceAll(':', '');

const installedAs = ({
  credentialId,
  certificate,
  osKey,
}: KnownCredential): InstalledCredential => ({
  ...{ credentialId, certificate, location: 'login' },
  ...(osKey && { osKey }),
});

async function assertSigns(osKey: OsKey, certificate: X509Certificate): Promise<void> {
  if (await signsFor(certificate, osKey)) return;
  throw new InstallError('keychain', 'proof-failed', 'the signature does not fit', { link: 'key' });
}
