import { z } from 'zod';
import type { Sealer } from '../keystore/sealer.ts';
import type { OrganizationRecord, OrganizationStore, Predecessor } from './organization-store.ts';
import { WalletError } from './wallet-error.ts';
import type { Wallet } from './wallet.ts';

/** An external account binding (RFC 8555 §7.3.4); `macKey` is a secret. */
export interface ExternalAccount {
  readonly kid: string;
  /** base64url. */
  readonly macKey: string;
}

/** A binding that an invitation brought and that nobody has used yet. */
export interface WaitingBinding {
  readonly binding: ExternalAccount;
  /**
   * To be called once the CA has bound the account: the binding is worth nothing from then on.
   * Another one that has taken its place in the meantime stays.
   */
  readonly forget: () => void;
}

const externalAccount = z.strictObject({ kid: z.string().min(1), macKey: z.string().min(1) });

/** The joined organisations together with the account bindings of their invitations, which lie sealed. */
export class JoinedOrganizations {
  readonly #wallet: Wallet;
  readonly #store: OrganizationStore;
  readonly #sealer: Sealer;

  constructor(wallet: Wallet, sealer: Sealer) {
    this.#wallet = wallet;
    this.#store = wallet.organizations;
    this.#sealer = sealer;
  }

  list(): readonly OrganizationRecord[] {
    return this.#store.list();
  }

  find(id: string): OrganizationRecord | undefined {
    return this.#store.find(id);
  }

  /** What is known under that id, as far as it can be read. */
  predecessor(id: string): Predecessor | undefined {
    return this.#store.predecessor(id);
  }

  /**
   * Remembers the organisation, or replaces what was known of it; without a binding the one kept before stays.
   * `check` sees what is known at the moment of writing, for sealing takes its time; when it throws, nothing changes.
   */
  async join(
    organization: OrganizationRecord,
    binding?: ExternalAccount,
    check?: (known: Predecessor | undefined) => void,
  ): Promise<void> {
    const sealed = binding && (await this.#seal(organization.id, binding));
    this.#wallet.transaction(() => {
      const known = this.#store.predecessor(organization.id);
      check?.(known);
      this.#store.save(organization);
      if (sealed !== undefined) this.#store.putExternalAccount(organization.id, sealed);
      if (known === undefined) {
        this.#wallet.activity.append({
          event: 'organization-joined',
          organizationId: organization.id,
          detail: new URL(organization.profile.directory).host,
        });
      }
    });
  }

  /**
   * Forgets profile, roots and binding, what makes one-time codes, and the accounts with their keys; those that the
   * wallet made on tokens are left behind, for the person to remove. Credentials and what was done stay.
   */
  leave(id: string): void {
    const { accounts, registeredKeys, sealedKeys, tokenKeys, authenticators, activity } =
      this.#wallet;
    this.#wallet.transaction(() => {
      for (const keyId of [...accounts.remove(id), ...registeredKeys.removeAll(id)]) {
        sealedKeys.remove(keyId);
        const onToken = tokenKeys.find(keyId);
        if (onToken?.origin === 'made') tokenKeys.save({ ...onToken, state: 'left-behind' });
        else tokenKeys.remove(keyId);
      }
      authenticators.remove(id);
      if (this.#store.remove(id))
        activity.append({ event: 'organization-left', organizationId: id });
    });
  }

  /** Whether an invitation's binding waits to be used. */
  hasExternalAccount(id: string): boolean {
    return this.#store.externalAccount(id) !== undefined;
  }

  /** The binding in clear, for one newAccount request. Throws `KeystoreError`. */
  async externalAccount(id: string): Promise<WaitingBinding | undefined> {
    const sealed = this.#store.externalAccount(id);
    return (
      sealed && {
        binding: await this.#unseal(id, sealed),
        forget: () => this.#store.removeExternalAccount(id, sealed),
      }
    );
  }

  async #unseal(id: string, sealed: Uint8Array): Promise<ExternalAccount> {
    const plaintext = await this.#sealer.unseal(sealed, contextOf(id));
    try {
      return externalAccount.parse(JSON.parse(Buffer.from(plaintext).toString('utf8')));
    } catch {
      // The cause is left out on purpose: a parser's message quotes what it could not read.
      throw new WalletError('unreadable', 'an account binding in the wallet cannot be read');
    } finally {
      plaintext.fill(0);
    }
  }

  async #seal(id: string, binding: ExternalAccount): Promise<Uint8Array> {
    const plaintext = Buffer.from(
      JSON.stringify({ kid: binding.kid, macKey: binding.macKey }),
      'utf8',
    );
    try {
      return await this.#sealer.seal(plaintext, contextOf(id));
    } finally {
      plaintext.fill(0);
    }
  }
}

const contextOf = (organizationId: string): string => `external-account:${organizationId}`;
