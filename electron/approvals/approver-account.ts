import { AcmeClient } from '../acme/client.ts';
import { fetchDirectory } from '../acme/fetch-directory.ts';
import { accountUse } from '../credentials/account-key-change.ts';
import { loginOwner } from '../credentials/key-use.ts';
import { accountKey, ensureAccount } from '../enrollment/account.ts';
import type { JoinedOrganization } from '../organizations/organization-store.ts';
import { ApprovalError } from './approval-error.ts';
import type { ApprovalRooms } from './approval-rooms.ts';

export interface Attendance {
  readonly signal: AbortSignal;
  /** Nobody asked for it just now: no PIN is asked for. */
  readonly isUnattended?: boolean;
}

/** Of logins on a token that has the account's key: nobody else's. */
const purpose = 'approvals';

/** The accounts of this person, as approvers use them: an approver may have none before the first use. */
export class ApproverAccounts {
  readonly #rooms: ApprovalRooms;

  constructor(rooms: ApprovalRooms) {
    this.#rooms = rooms;
  }

  /** Throws `ApprovalError` `not-offered` where there is nothing to approve for this person. */
  async connect(organizationId: string, attendance: Attendance): Promise<AcmeClient> {
    const organization = this.#rooms.organizations.find(organizationId);
    const client = organization && (await this.connectIfOffered(organization, attendance));
    if (client !== undefined && client !== 'unopened') return client;
    const failure = { code: 'approval', reason: 'not-offered' } as const;
    throw new ApprovalError(failure, 'using the account');
  }

  /** Whether the CA could know whose account it is: otherwise it is not even asked what it offers. */
  mayBeKnown(organization: JoinedOrganization): boolean {
    const { organizations } = this.#rooms;
    return this.#hasAccount(organization) || organizations.hasExternalAccount(organization.id);
  }

  #hasAccount({ id, profile: { directory } }: JoinedOrganization): boolean {
    return this.#rooms.wallet.accounts.find(id, directory)?.status === 'valid';
  }

  /**
   * Undefined: the CA knows no approvals, or nothing would tell it whose account it is. `unopened`: there is no account yet,
   * and none is made, no invitation used and no key kept while nobody asks for it.
   */
  async connectIfOffered(
    organization: JoinedOrganization,
    { signal, isUnattended = false }: Attendance,
  ): Promise<AcmeClient | 'unopened' | undefined> {
    const { id: organizationId, profile } = organization;
    const { directory: directoryUrl } = profile;
    if (!this.mayBeKnown(organization)) return undefined;
    if (!this.#hasAccount(organization)) {
      if (!(await this.#isOffered(organization, signal))) return undefined;
      if (isUnattended) return 'unopened';
    }
    const context = { purpose, isUnattended, signal };
    const of = { organizationId, directoryUrl, context };
    const { wallet, keys, acme, httpTo, clock, random } = this.#rooms;
    const account = await accountKey(of, this.#rooms);
    const client = await AcmeClient.connect(
      {
        ...{ ...acme, http: httpTo(organizationId), clock, random, directoryUrl },
        signer: await keys.signer(account.keyId, accountUse(wallet, organizationId, context)),
        ...(account.accountUrl !== null && { accountUrl: account.accountUrl }),
      },
      signal,
    );
    if (!client.approvals.isOffered) return undefined;
    await ensureAccount(of, this.#rooms, client);
    return client;
  }

  /** No login outlives what it was for. */
  async rest(organizationId: string): Promise<void> {
    const { keys, report } = this.#rooms;
    try {
      await keys.rest(loginOwner(organizationId, purpose));
    } catch (error) {
      report('logging out of a token', error);
    }
  }

  async #isOffered(
    { id, profile: { directory } }: JoinedOrganization,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { acme, httpTo, clock, random } = this.#rooms;
    const { meta } = await fetchDirectory(
      { ...acme, http: httpTo(id), clock, random, directoryUrl: directory },
      signal,
    );
    return meta.approvals !== undefined;
  }
}
