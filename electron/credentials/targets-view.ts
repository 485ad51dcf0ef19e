import type { Installation, InstallTargetId } from '../../shared/models/credential.ts';
import { derOf, parseCertificate, readChain } from '../certificates/pem.ts';
import { isHere } from '../http/own-address.ts';
import {
  InstallError,
  type InstallableCredential,
  type InstalledCredential,
  type KnownCredential,
  type Probes,
} from '../install/install-target.ts';
import type { KeyRing, KeyUse } from '../keys/key-ring.ts';
import { nameOf as osKeyName } from '../keys/os/os-key-store.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { keyUse } from './key-use.ts';

/** Whether somebody is there to be asked for a PIN or a password; so it is when nothing is said. */
export type Attendance = Pick<KeyUse, 'isUnattended'>;

export interface TargetsViewOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
}

/** Credentials as targets see them. */
export class TargetsView {
  readonly #options: TargetsViewOptions;

  constructor(options: TargetsViewOptions) {
    this.#options = options;
  }

  /** Read afresh each time: the record may have changed while a target worked. Throws `InstallError`. */
  record(credentialId: string, target: InstallTargetId): CredentialRecord {
    const record = this.#options.wallet.credentials.find(credentialId);
    if (record === undefined) throw new InstallError(target, 'not-found', 'no such credential');
    return record;
  }

  known(record: CredentialRecord, attendance: Attendance = {}): KnownCredential {
    const token = this.#tokenKey(record, attendance);
    const certificate = parseCertificate(record.chain).raw;
    const osKey = this.#osKey(record, attendance);
    return {
      credentialId: record.id,
      certificate,
      ...(token && { token }),
      ...(osKey && { osKey }),
      ...(attendance.isUnattended === true && { isUnattended: true }),
    };
  }

  /** `location`: empty where none was told. */
  installed(
    record: CredentialRecord,
    { location }: Pick<Installation, 'location'>,
    attendance: Attendance = {},
  ): InstalledCredential {
    const { networks } = record;
    return { ...this.known(record, attendance), location, ...(networks && { networks }) };
  }

  installable(record: CredentialRecord, attendance: Attendance): InstallableCredential {
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

  /** All of the wallet but one. */
  others(credentialId: string): readonly KnownCredential[] {
    const records = this.#options.wallet.credentials.list();
    return records.filter(({ id }) => id !== credentialId).map((record) => this.known(record));
  }

  probes(record: CredentialRecord): Probes {
    const { organizationId, probeUrl, radiusProbe, probesNetwork } = record;
    const vouching = this.#options.wallet.organizations.find(organizationId)?.profile.roots ?? [];
    const roots = vouching.map((root) => Buffer.from(root, 'base64'));
    const [, ...issuers] = readChain(record.chain).map(derOf);
    return {
      anchors: roots.length > 0 ? roots : issuers.slice(-1),
      ...(probeUrl !== undefined && { page: { url: probeUrl, roots } }),
      ...(radiusProbe && {
        radius: { ...radiusProbe, mayStayHere: isHere(record.directoryUrl) },
      }),
      ...(probesNetwork !== undefined && { network: probesNetwork }),
    };
  }

  #osKey(
    { key, organizationId, id: purpose }: CredentialRecord,
    attendance: Attendance,
  ): KnownCredential['osKey'] {
    if (key.place !== 'os') return undefined;
    const { keys, wallet } = this.#options;
    const use = keyUse(wallet, { organizationId, purpose, reason: 'prove', ...attendance });
    const sign = async (data: Uint8Array) => (await keys.signer(key.id, use)).sign(data);
    return { name: osKeyName(key.id), sign };
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
      lendPin: (work) => keys.lendPin(key.id, use, work),
    };
  }
}

function isSelfIssued(der: Uint8Array): boolean {
  const certificate = parseCertificate(der);
  return certificate.checkIssued(certificate);
}
