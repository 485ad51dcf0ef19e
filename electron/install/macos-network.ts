import { X509Certificate } from 'node:crypto';
import { access, rm } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Proof } from '../../shared/models/credential.ts';
import { withCredentialSigner } from './credential-signer.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type InstallTarget,
  type KnownCredential,
  type Probes,
} from './install-target.ts';
import { KeychainTarget, networkMark, type KeychainOptions } from './keychain.ts';
import { mobileconfig, profileIdentifier, signedMobileconfig } from './network/mobileconfig.ts';
import { makePrivateDirectory, writePrivateFile } from './network/private-file.ts';
import { takeProofSteps } from './proof-steps.ts';
import { runSystemProgram } from './run-system-program.ts';
import type { ToolResult } from './run-tool.ts';

export interface MacosNetworkOptions extends KeychainOptions {
  /** In place of Apple's own, for tests. */
  readonly programs?: { readonly open: string; readonly profiles: string };
}

const applePrograms = { open: '/usr/bin/open', profiles: '/usr/bin/profiles' };

/**
 * A configuration profile for a Mac's networks, signed by the credential. macOS takes profiles from no program: System Settings asks
 * the person. The identity is one of the keychain, where it is put first; nothing secret is in the profile.
 */
export class MacosNetworkTarget implements InstallTarget {
  readonly id = 'macos-network';
  readonly #options: MacosNetworkOptions;
  readonly #keychain: KeychainTarget;

  constructor(options: MacosNetworkOptions) {
    this.#options = options;
    this.#keychain = new KeychainTarget(options);
  }

  async preflight(): Promise<void> {
    await this.#keychain.preflight();
    await this.#identifiers();
  }

  async list(known: readonly KnownCredential[]): Promise<readonly InstalledCredential[]> {
    const identifiers = await this.#identifiers();
    return known
      .filter(({ credentialId }) => identifiers.has(profileIdentifier(credentialId)))
      .map((each) => ({ ...each, location: this.#fileOf(each.credentialId) }));
  }

  async install(credential: InstallableCredential): Promise<InstalledCredential> {
    const { credentialId, certificate, chain, networks = [] } = credential;
    if (networks.length === 0)
      throw new InstallError(this.id, 'refused', 'no network is described');
    const text = mobileconfig({
      id: credentialId,
      networks,
      identity: { kind: 'keychain' },
      displayName: networks.map(({ name }) => name).join(', '),
      expires: new X509Certificate(certificate).validToDate,
    });
    const { profilesDirectory } = this.#options;
    await makePrivateDirectory(profilesDirectory);
    if ((await this.#keychain.list([credential])).length === 0) {
      await writePrivateFile(networkMark(profilesDirectory, credentialId), '');
    }
    await this.#keychain.install(credential, { isForNetworks: true }).catch(rethrowHere);
    const signed = await withCredentialSigner(credential, (signer) =>
      signedMobileconfig(text, { signer, certificate, chain }),
    );
    const location = this.#fileOf(credentialId);
    await writePrivateFile(location, signed);
    if (!(await this.#identifiers()).has(profileIdentifier(credentialId))) {
      this.#expect(await this.#run('open', location));
    }
    return { credentialId, certificate, networks, location };
  }

  /** Until the person has added it in System Settings, it is not listed. */
  async prove(
    installed: InstalledCredential,
    { anchors = [] }: Probes = {},
  ): Promise<readonly Proof[]> {
    const kept = await this.#keychain.prove(installed, { anchors });
    if (kept.some(({ status }) => status === 'failed')) return kept;
    const attempt = async () => {
      const identifier = profileIdentifier(installed.credentialId);
      if ((await this.#identifiers()).has(identifier)) return;
      const where = 'System Settings, General, Device Management';
      throw new InstallError(this.id, 'proof-failed', where, { link: 'not-listed' });
    };
    const listed = { method: 'listed', by: 'profiles', attempt } as const;
    const others = kept.filter((proof) => !('method' in proof) || proof.method !== 'listed');
    return [...others, ...(await takeProofSteps([listed], this.#options.now))];
  }

  async rebind(from: InstalledCredential): Promise<void> {
    await this.remove(from);
  }

  /** The identity stays in the keychain where the person uses it elsewhere as well. */
  async remove(installed: InstalledCredential): Promise<void> {
    const { credentialId } = installed;
    const mark = networkMark(this.#options.profilesDirectory, credentialId);
    if (await isThere(mark)) await this.#keychain.remove(installed);
    await rm(mark, { force: true });
    await rm(this.#fileOf(credentialId), { force: true });
    const identifier = profileIdentifier(credentialId);
    if (!(await this.#identifiers()).has(identifier)) return;
    await this.#run('profiles', 'remove', '-identifier', identifier);
    if (!(await this.#identifiers()).has(identifier)) return;
    throw new InstallError(this.id, 'refused', 'System Settings, General, Device Management');
  }

  /** Those of the person's profiles: `alex[1] attribute: profileIdentifier: org.example.wifi`. */
  async #identifiers(): Promise<ReadonlySet<string>> {
    const result = await this.#run('profiles', 'list');
    this.#expect(result);
    const text = result.stdout.toString('utf8');
    const found = text.matchAll(/profileIdentifier: ([\w.-]+)\s*$/gm);
    return new Set([...found].flatMap(([, identifier]) => identifier ?? []));
  }

  /** Throws `TypeError` for an id that is none of the wallet's, so that no path is made of it. */
  #fileOf(credentialId: string): string {
    const name = `${profileIdentifier(credentialId)}.mobileconfig`;
    return posix.join(this.#options.profilesDirectory, name);
  }

  #run(name: 'open' | 'profiles', ...parameters: readonly string[]): Promise<ToolResult> {
    const { environment, homeDirectory: home, programs = applePrograms } = this.#options;
    const searchPath = '/usr/bin:/bin';
    const request = { program: programs[name], parameters, searchPath, home, environment };
    return runSystemProgram(this.id, request);
  }

  #expect({ exitCode, stderr }: ToolResult): void {
    if (exitCode === 0) return;
    throw new InstallError(this.id, 'refused', stderr.trim().slice(0, 200));
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function rethrowHere(error: unknown): never {
  throw error instanceof InstallError ? error.at('macos-network') : error;
}
