import {
  targetsServing,
  type CredentialDetail,
  type CredentialSummary,
  type Installation,
  type InstallTargetId,
  type RevocationReason,
} from '../../shared/models/credential.ts';
import type { NetworkDescription } from '../../shared/models/network.ts';
import type { RenewalInfo } from '../acme/renewal-info.ts';
import { describeCertificate } from '../certificates/certificate-view.ts';
import { derOf, readChain } from '../certificates/pem.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Turns } from '../keys/turns.ts';
import type { CredentialRecord } from '../wallet/credential-store.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { AccountConnector } from './account-key-change.ts';
import type { BrowserPolicies } from './browser-policies.ts';
import { CredentialError } from './credential-error.ts';
import { exportCredential, type ExportedCredential, type ExportRequest } from './export.ts';
import type { Installer } from './installer.ts';
import { isAway, keyUse, loginOwner } from './key-use.ts';
import { renewalInfoOf } from './renewal-info.ts';
import { removeFromTargets } from './removal.ts';
import { revoke } from './revocation.ts';
import { summarize } from './summary.ts';

export type { ExportedCredential, ExportRequest } from './export.ts';

export interface CredentialsOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly installer: Installer;
  readonly connect: AccountConnector;
  /** What browsers were told of credentials goes with them. */
  readonly browserPolicies?: Pick<BrowserPolicies, 'release'>;
  /** Those of the enrolments: an organisation's account does one thing after the other. */
  readonly turns: Turns;
  /** Hears of errors that change nothing for the person. */
  readonly report: (doing: string, error: unknown) => void;
  readonly now: () => Date;
}

/** The care of issued credentials. Rejections are errors that `toFailure` knows. */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #listeners = new Set<() => void>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
  }

  /** Newest first. */
  summaries(): readonly CredentialSummary[] {
    const { wallet, now } = this.#options;
    const organizations = new Map(wallet.organizations.list().map((each) => [each.id, each]));
    return wallet.credentials
      .list()
      .map((record) => summarize(record, organizations.get(record.organizationId), now()));
  }

  detail(credentialId: string): Promise<CredentialDetail> {
    return new Promise((resolve) => {
      const { wallet, now } = this.#options;
      const record = this.#record(credentialId);
      const organization = wallet.organizations.find(record.organizationId);
      resolve({
        ...summarize(record, organization, now()),
        chain: readChain(record.chain).map(describeCertificate),
        history: wallet.activity.entries({ credentialId }),
      });
    });
  }

  /** A proof that fails is data; what cannot be tried throws `InstallError`. */
  async prove(credentialId: string, target: InstallTargetId): Promise<Installation> {
    const record = this.#record(credentialId);
    return this.#changing(record, () => this.#options.installer.prove(credentialId, target));
  }

  async install(credentialId: string, target: InstallTargetId): Promise<Installation> {
    const record = this.#record(credentialId);
    const { installer } = this.#options;
    const { token, type: keyType } = record.key;
    await installer.preflight([target], {
      ...{ onToken: token !== undefined, modulePath: token?.modulePath },
      ...{ keyType, networks: record.networks },
    });
    return this.#changing(record, () => installer.install(credentialId, target));
  }

  async export(request: ExportRequest): Promise<ExportedCredential> {
    const { wallet, keys } = this.#options;
    const record = this.#record(request.credentialId);
    const exported = await exportCredential(record, request, keys);
    const { organizationId, id: credentialId } = record;
    const detail = request.format;
    wallet.activity.append({ event: 'exported', organizationId, credentialId, detail });
    return exported;
  }

  async revoke(credentialId: string, reason: RevocationReason): Promise<void> {
    const record = this.#record(credentialId);
    const rooms = { ...this.#options, context: { purpose: record.id } };
    const { signal } = new AbortController();
    await this.#changing(record, () =>
      rooms.turns.take(record.organizationId, signal, () => revoke(record, reason, rooms)),
    );
  }

  /** When the CA would like it to be renewed (RFC 9773); undefined where it says nothing about it. */
  async renewalInfo(credentialId: string, signal: AbortSignal): Promise<RenewalInfo | undefined> {
    const record = this.#record(credentialId);
    const context = { purpose: record.id, signal, isUnattended: true };
    return renewalInfoOf(record, { ...this.#options, context });
  }

  /** Takes it out of every target, then drops key and record. Throws what a target refused, and keeps both then. */
  async remove(credentialId: string): Promise<void> {
    const { wallet } = this.#options;
    const record = this.#record(credentialId);
    await this.#changing(record, async () => {
      await removeFromTargets(record, this.#options);
      await this.#releaseBrowsers(credentialId);
      // The key first: a record without its key can be removed again, a key without a record cannot be found.
      await this.#removeKey(record);
      wallet.transaction(() => {
        wallet.credentials.remove(credentialId);
        wallet.installing.forget(credentialId);
      });
    });
  }

  /** Has programs use it in place of older ones for the same thing, wherever it is and not known to fail. */
  async takeOver(credentialId: string): Promise<void> {
    const record = this.#record(credentialId);
    await this.#changing(record, () => this.#options.installer.takeOver(credentialId));
  }

  /**
   * Uses it for one more network, by the program that joins networks on this computer; where there is none, others can
   * be told how to. Throws `InstallError`, and does not remember a new network then that no program has.
   */
  async addNetwork(credentialId: string, network: NetworkDescription): Promise<void> {
    const { wallet, installer } = this.#options;
    const record = this.#record(credentialId);
    const onToken = record.key.token !== undefined;
    const targets = targetsServing['eap-tls'].filter((id) => installer.targetIds.includes(id));
    await installer.preflight(targets, { onToken });
    await this.#changing(record, async () => {
      const isNew = wallet.transaction(() => this.#rememberNetwork(credentialId, network));
      try {
        for (const target of targets) await installer.install(credentialId, target);
      } catch (error) {
        if (isNew) this.#settleNetwork(record, network);
        throw error;
      }
      if (isNew) this.#tellOfNetwork(record, network);
    });
  }

  #rememberNetwork(credentialId: string, network: NetworkDescription): boolean {
    const { networks = [], ...record } = this.#record(credentialId);
    if (networks.some(({ id }) => id === network.id)) return false;
    this.#options.wallet.credentials.save({ ...record, networks: [...networks, network] });
    return true;
  }

  /** After a failure: what no program has taken is not remembered, or the next installation would add it unasked. */
  #settleNetwork(before: CredentialRecord, network: NetworkDescription): void {
    const { wallet } = this.#options;
    wallet.transaction(() => {
      const { networks = [], ...record } = this.#record(before.id);
      const isTaken = record.installations.some(
        ({ target, installedAt }) =>
          targetsServing['eap-tls'].includes(target) &&
          !before.installations.some(
            (each) => each.target === target && each.installedAt === installedAt,
          ),
      );
      if (isTaken) {
        this.#tellOfNetwork(record, network);
        return;
      }
      const kept = networks.filter(({ id }) => id !== network.id);
      wallet.credentials.save({ ...record, ...(kept.length > 0 && { networks: kept }) });
    });
  }

  #tellOfNetwork(
    { organizationId, id: credentialId }: CredentialRecord,
    { name: detail }: NetworkDescription,
  ): void {
    const { activity } = this.#options.wallet;
    activity.append({ event: 'network-added', organizationId, credentialId, detail });
  }

  /** An entry for a certificate that is no more harms nobody, and is in nobody's way. */
  async #releaseBrowsers(credentialId: string): Promise<void> {
    const { browserPolicies, report } = this.#options;
    const doing = 'withdrawing what browsers are told of a credential';
    try {
      const left = (await browserPolicies?.release(credentialId)) ?? [];
      if (left.length > 0) report(`${doing}, which only an administrator can`, left);
    } catch (error) {
      report(doing, error);
    }
  }

  /** A token that was lost must not keep its credentials for ever: the key is left behind on it. */
  async #removeKey(record: CredentialRecord): Promise<void> {
    const { wallet, keys } = this.#options;
    const { organizationId, id: purpose, key } = record;
    const [, ...issuers] = readChain(record.chain).map(derOf);
    const use = keyUse(wallet, { organizationId, purpose, reason: 'remove-key' });
    try {
      await keys.remove(key.id, use, issuers);
    } catch (error) {
      if (!isAway(error)) throw error;
      await keys.leaveBehind(key.id);
    }
  }

  /** Called after every change to the list of credentials that was made here. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A token that was unlocked for it is locked afterwards. Listeners hear of failed attempts too: they may have changed
   * something on the way.
   */
  async #changing<T>(record: CredentialRecord, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#rest(record);
      for (const listener of this.#listeners) listener();
    }
  }

  async #rest({ organizationId, id }: CredentialRecord): Promise<void> {
    const { keys, report } = this.#options;
    try {
      await keys.rest(loginOwner(organizationId, id));
    } catch (error) {
      report('logging out of a token', error);
    }
  }

  #record(credentialId: string): CredentialRecord {
    const record = this.#options.wallet.credentials.find(credentialId);
    if (record !== undefined) return record;
    throw new CredentialError({ code: 'not-found' }, 'finding the credential');
  }
}
