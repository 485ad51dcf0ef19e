import type { Failure } from '../../shared/failure.ts';
import type {
  Installation,
  InstallResult,
  InstallTargetId,
} from '../../shared/models/credential.ts';
import { derOf, parseCertificate, readChain } from '../certificates/pem.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstallTarget,
  type InstallWish,
  type KnownCredential,
  type Probes,
} from '../install/install-target.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { keyUse } from './key-use.ts';
import { TokenTarget } from './token-target.ts';

export interface InstallerOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  /** Targets of this computer that need no further words from the person. */
  readonly targets: readonly InstallTarget[];
  readonly toFailure: (error: unknown) => Failure;
  readonly now: () => Date;
}

/** Whether somebody is there to be asked for a PIN; so it is when nothing is said. */
export type Attendance = Pick<KeyUse, 'isUnattended'>;

/** Puts credentials into targets, shows that they work there, and remembers both. */
export class Installer {
  readonly #options: InstallerOptions;

  constructor(options: InstallerOptions) {
    this.#options = options;
  }

  /** Without the place beside a key on a token, which is not the computer's. */
  get targetIds(): readonly InstallTargetId[] {
    return this.#options.targets.map(({ id }) => id);
  }

  /** Throws `InstallError` when the target is not on this computer. */
  target(id: InstallTargetId, attendance: Attendance = {}): InstallTarget {
    const targets = [
      new TokenTarget({ ...this.#options, ...attendance }),
      ...this.#options.targets,
    ];
    const target = targets.find((known) => known.id === id);
    if (target === undefined) throw new InstallError(id, 'not-found', 'not on this computer');
    return target;
  }

  async preflight(targets: readonly InstallTargetId[], wish: InstallWish): Promise<void> {
    for (const id of targets) await this.target(id).preflight(wish);
  }

  /** The credential as targets know it. */
  known(record: CredentialRecord, attendance: Attendance = {}): KnownCredential {
    const token = this.#tokenKey(record, attendance);
    const certificate = parseCertificate(record.chain).raw;
    return { credentialId: record.id, certificate, ...(token && { token }) };
  }

  /** Repeating it changes nothing but the times. Throws `InstallError`; a failed proof is data. */
  async install(
    credentialId: string,
    targetId: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<Installation> {
    const target = this.target(targetId, attendance);
    const record = this.#record(credentialId, targetId);
    refuseUnusable(targetId, record);
    const { location } = await target.install(this.#installable(record, attendance));
    const installation: Installation = {
      target: targetId,
      location,
      installedAt: this.#options.now().toISOString(),
      proofs: [{ status: 'not-tried' }],
    };
    const event = targetId === 'token' ? 'token-certificate-written' : 'installed';
    this.#remember(credentialId, installation, event);
    return this.prove(credentialId, targetId, attendance);
  }

  /** Throws `InstallError` `not-found` when the credential was never installed there. */
  async prove(
    credentialId: string,
    targetId: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<Installation> {
    const target = this.target(targetId, attendance);
    const record = this.#record(credentialId, targetId);
    const installation = record.installations.find((each) => each.target === targetId);
    if (installation === undefined) throw new InstallError(targetId, 'not-found', 'not installed');
    const installed = {
      ...this.known(record, attendance),
      location: installation.location,
      ...(record.networks && { networks: record.networks }),
    };
    const proofs = await target.prove(installed, this.#probes(record));
    const proven = { ...installation, proofs };
    this.#remember(credentialId, proven, works(proven) ? 'proven' : undefined);
    return proven;
  }

  /** As `install`, with the outcome as data: one target that refuses does not spoil the others. */
  async tryInstall(
    credentialId: string,
    target: InstallTargetId,
    attendance: Attendance = {},
  ): Promise<InstallResult> {
    try {
      return {
        target,
        status: 'installed',
        installation: await this.install(credentialId, target, attendance),
      };
    } catch (error) {
      return { target, status: 'failed', failure: this.#options.toFailure(error) };
    }
  }

  #installable(record: CredentialRecord, attendance: Attendance): InstallableCredential {
    const [, ...chain] = readChain(record.chain).map(derOf);
    return {
      ...this.known(record, attendance),
      ...(record.networks && { networks: record.networks }),
      // RFC 8555 §9.1 leaves it to the CA whether the root is in the chain.
      chain: chain.filter((der) => !isSelfIssued(der)),
      exportPkcs8:
        record.key.place === 'software'
          ? () => this.#options.keys.exportPkcs8(record.key.id)
          : null,
    };
  }

  #tokenKey(
    { key, organizationId, id: purpose }: CredentialRecord,
    attendance: Attendance,
  ): KnownCredential['token'] {
    const { keys, wallet } = this.#options;
    const found = keys.onToken(key.id);
    if (found === null) return undefined;
    const { token, id } = found.key;
    const use = keyUse(wallet, { organizationId, purpose, reason: 'prove', ...attendance });
    return {
      ...{ token, keyId: id, modulePath: token.modulePath, moduleName: found.moduleName },
      checkModule: () => keys.checkModule(key.id),
      sign: async (data) => (await keys.signer(key.id, use)).sign(data),
    };
  }

  #probes({ organizationId, probeUrl, radiusProbe, probesNetwork }: CredentialRecord): Probes {
    const roots = this.#options.wallet.organizations.find(organizationId)?.profile.roots ?? [];
    const page = { url: probeUrl ?? '', roots: roots.map((root) => Buffer.from(root, 'base64')) };
    return {
      ...(probeUrl !== undefined && { page }),
      ...(radiusProbe && { radius: radiusProbe }),
      ...(probesNetwork !== undefined && { network: probesNetwork }),
    };
  }

  /** Read afresh each time: the record may have changed while a target worked. */
  #record(credentialId: string, target: InstallTargetId): CredentialRecord {
    const record = this.#options.wallet.credentials.find(credentialId);
    if (record === undefined) throw new InstallError(target, 'not-found', 'no such credential');
    return record;
  }

  #remember(
    credentialId: string,
    installation: Installation,
    event: 'installed' | 'token-certificate-written' | 'proven' | undefined,
  ): void {
    const { wallet } = this.#options;
    const { target } = installation;
    wallet.transaction(() => {
      const record = this.#record(credentialId, target);
      const others = record.installations.filter((each) => each.target !== target);
      wallet.credentials.save({ ...record, installations: [...others, installation] });
      if (event === undefined) return;
      const { organizationId } = record;
      wallet.activity.append({ event, credentialId, organizationId, detail: target });
    });
  }
}

function isSelfIssued(der: Uint8Array): boolean {
  const certificate = parseCertificate(der);
  return certificate.checkIssued(certificate);
}

function works({ proofs }: Installation): boolean {
  return proofs.length > 0 && proofs.every(({ status }) => status === 'proven');
}

/** NSS 3.87 takes no such keys, and would only say that a file is bad. */
function refuseUnusable(target: InstallTargetId, { key }: CredentialRecord): void {
  if (target !== 'nss' || key.type !== 'Ed25519') return;
  throw new InstallError('nss', 'refused', 'the certificate store takes no Ed25519 keys');
}
