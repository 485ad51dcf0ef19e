import type { PasskeyWay, RegisteredKeyView } from '../../shared/enrollment-state.ts';
import type { KeyPlaceChoice } from '../../shared/ipc-requests.ts';
import type { RegisteredCredentials } from '../../shared/models/organization.ts';
import type { KeyPlace, KeyType } from '../../shared/models/enrollment-profile.ts';
import type { AcmeClient } from '../acme/client.ts';
import type { CredentialList } from '../acme/credential-requests.ts';
import { thumbprintOf } from '../acme/key-authorization.ts';
import { AcmeProblem } from '../acme/problem.ts';
import { AcmeOutcomeUnknown } from '../acme/protocol-error.ts';
import { accountUse, settled, type AccountConnector } from '../credentials/account-key-change.ts';
import { CredentialError } from '../credentials/credential-error.ts';
import { accountPurpose, keyUse, loginOwner } from '../credentials/key-use.ts';
import type { KeyHome, KeyRing, KeyUse } from '../keys/key-ring.ts';
import type { Turns } from '../keys/turns.ts';
import type { AccountRecord } from '../wallet/account-store.ts';
import type { RegisteredKeyRecord } from '../wallet/registered-key-table.ts';
import type { Wallet } from '../wallet/wallet.ts';
import { PasskeyError, type PasskeyCeremonies } from './ceremony.ts';
import { matchingCode } from './matching-code.ts';
import { permittedCreation } from './options.ts';

/** Which key is to be made. */
export interface PlannedRegisteredKey {
  readonly type: KeyType;
  readonly place: KeyPlace;
  readonly home: KeyHome;
}

export interface RegistrationsOptions {
  readonly wallet: Wallet;
  readonly keys: KeyRing;
  readonly connect: AccountConnector;
  /** Undefined where nobody sits at a screen. */
  readonly ceremonies: PasskeyCeremonies | undefined;
  /** Says what a key in that place can be; throws as choosing one for a certificate does. */
  readonly planKey: (keyPlace: KeyPlaceChoice) => Promise<PlannedRegisteredKey>;
  readonly turns: Turns;
  readonly randomUuid: () => string;
  readonly now: () => Date;
  /** Aborted as soon as the wallet is being closed. */
  readonly closing: AbortSignal;
}

export interface NewPasskey {
  readonly organizationId: string;
  readonly way: PasskeyWay;
  readonly name?: string | undefined;
}

export interface NewRegisteredKey {
  readonly organizationId: string;
  readonly keyPlace: KeyPlaceChoice;
}

export interface RegisteredCredential {
  readonly organizationId: string;
  readonly kind: 'passkey' | 'key';
  /** Of a key pair, its thumbprint. */
  readonly id: string;
}

/** A key pair of this wallet that an organisation knows. */
export type OwnRegisteredKey = RegisteredKeyView & { readonly keyId: string };

/** What an organisation knows as this person's besides the account: passkeys and key pairs (docs/wire-profile.md §4.3). */
export class Registrations {
  readonly #options: RegistrationsOptions;
  /** Rows that somebody is working on. */
  readonly #inHand = new Set<string>();
  /** Of the ceremonies under way, by organisation. */
  readonly #stops = new Map<string, AbortController>();

  constructor(options: RegistrationsOptions) {
    this.#options = options;
  }

  /** Asks the CA. Nothing is registered where it has no such resource, or there is no account yet. */
  async credentials(organizationId: string): Promise<RegisteredCredentials> {
    const client = await this.#clientIfAny(organizationId);
    if (client?.credentials.isOffered !== true)
      return { passkeys: [], keys: [], canRegister: false };
    const { closing, now } = this.#options;
    const listed = await client.credentials.list(closing);
    await this.#reconcile(organizationId, listed);
    const known = new Set(listed.credentials.map(({ id }) => id));
    const passkeys = listed.credentials.filter(({ type }) => type === 'webauthn');
    return {
      passkeys: passkeys.map(({ id, name, created }) => ({
        ...{ id, createdAt: created.toISOString() },
        ...(name !== undefined && { name }),
      })),
      keys: this.keysOf(organizationId)
        .filter(({ thumbprint }) => known.has(thumbprint))
        .map(({ keyId: _keyId, ...view }) => view),
      canRegister: listed.mayAddUntil !== undefined && listed.mayAddUntil > now(),
      matchingCode: matchingCode(client.thumbprint),
    };
  }

  /** Those that the CA knows or may know; which of them it does, its challenges say. */
  keysOf(organizationId: string): readonly OwnRegisteredKey[] {
    const { wallet, keys } = this.#options;
    return wallet.registeredKeys.list(organizationId).flatMap(({ keyId, thumbprint, ...row }) => {
      if (thumbprint === null) return [];
      const token = keys.onToken(keyId)?.key.token.label;
      const facts = { keyId, thumbprint, place: row.place, registeredAt: row.createdAt };
      return [{ ...facts, ...(token !== undefined && { token }) }];
    });
  }

  /** Has the person make a passkey. Rejects with `PasskeyError`, and with what the CA says. */
  async registerPasskey(wanted: NewPasskey): Promise<void> {
    const { organizationId } = wanted;
    const stop = new AbortController();
    this.stopRegistering(organizationId);
    this.#stops.set(organizationId, stop);
    try {
      await this.#makePasskey(wanted, AbortSignal.any([stop.signal, this.#options.closing]));
    } finally {
      if (this.#stops.get(organizationId) === stop) this.#stops.delete(organizationId);
    }
  }

  /** Ends `registerPasskey`, which rejects with an `AbortError`. */
  stopRegistering(organizationId: string): void {
    this.#stops.get(organizationId)?.abort();
  }

  async #makePasskey(
    { organizationId, way, name }: NewPasskey,
    signal: AbortSignal,
  ): Promise<void> {
    const { ceremonies, wallet } = this.#options;
    if (ceremonies === undefined) {
      throw new PasskeyError('not-supported', 'nobody sits at a screen');
    }
    const client = await this.#client(organizationId);
    const { publicKey, webauthnUrl } = await client.credentials.beginPasskey(signal);
    const { origin, host } = new URL(this.#account(organizationId).directoryUrl);
    const credential = await ceremonies.register(
      {
        ...{ way, organizationId, origin, caHost: host, code: matchingCode(client.thumbprint) },
        page: webauthnUrl,
        options: permittedCreation(publicKey, origin),
      },
      signal,
    );
    await client.credentials.addPasskey({ credential, name }, signal);
    wallet.activity.append({ event: 'passkey-registered', organizationId, detail: host });
  }

  /** Makes a key pair, which the CA then knows as this person's. */
  async registerKey({ organizationId, keyPlace }: NewRegisteredKey): Promise<void> {
    const { wallet, keys, planKey, randomUuid, now } = this.#options;
    const client = await this.#client(organizationId);
    const { type, place, home } = await planKey(keyPlace);
    const keyId = randomUuid();
    const row = { keyId, organizationId, place, createdAt: now().toISOString() };
    this.#inHand.add(keyId);
    try {
      wallet.registeredKeys.save({ ...row, state: 'registering', thumbprint: null });
      const { host } = new URL(client.directory.newAccount);
      const wanted = { id: keyId, type, home, label: `ACME credential ${host}` };
      await keys.ensure(wanted, this.#use(organizationId, 'make-key'));
      const signer = await keys.signer(keyId, this.#use(organizationId, 'use-account'));
      const thumbprint = thumbprintOf(signer);
      wallet.registeredKeys.save({ ...row, state: 'registering', thumbprint });
      await client.credentials.addKey(signer);
      wallet.registeredKeys.save({ ...row, state: 'registered', thumbprint });
      wallet.activity.append({ event: 'key-registered', organizationId, detail: host });
    } catch (error) {
      // Without an answer the CA may know it: the next look at its list tells.
      if (!(error instanceof AcmeOutcomeUnknown)) await this.#discard(row);
      throw error;
    } finally {
      this.#inHand.delete(keyId);
      await keys.rest(loginOwner(organizationId, accountPurpose));
    }
  }

  /** The CA forgets it, and the wallet removes a key pair of its own: a token may ask for its PIN. */
  async forget({ organizationId, kind, id }: RegisteredCredential): Promise<void> {
    const { wallet, keys, closing } = this.#options;
    const client = await this.#client(organizationId);
    try {
      await client.credentials.remove({ type: kind === 'key' ? 'key' : 'webauthn', id }, closing);
    } catch (error) {
      // Somebody was quicker.
      if (!(error instanceof AcmeProblem) || error.status !== 404) throw error;
    }
    wallet.activity.append({ event: 'registration-removed', organizationId });
    if (kind === 'passkey') return;
    const rows = wallet.registeredKeys.list(organizationId);
    try {
      for (const row of rows) if (row.thumbprint === id) await this.#discard(row, {});
    } finally {
      await keys.rest(loginOwner(organizationId, accountPurpose));
    }
  }

  /** Of registrations that were stopped halfway, the CA's list says what became of them. */
  async #reconcile(organizationId: string, { credentials }: CredentialList): Promise<void> {
    const { registeredKeys } = this.#options.wallet;
    const known = new Set(credentials.filter(({ type }) => type === 'key').map(({ id }) => id));
    for (const row of registeredKeys.list(organizationId)) {
      if (row.state === 'registered' || this.#inHand.has(row.keyId)) continue;
      const { thumbprint } = row;
      if (thumbprint !== null && known.has(thumbprint)) {
        registeredKeys.save({ ...row, state: 'registered', thumbprint });
      } else await this.#discard(row);
    }
  }

  async #discard(
    { keyId, organizationId }: Pick<RegisteredKeyRecord, 'keyId' | 'organizationId'>,
    attendance: Pick<KeyUse, 'isUnattended'> = { isUnattended: true },
  ): Promise<void> {
    const { keys, wallet } = this.#options;
    await keys.abandon(keyId, { ...this.#use(organizationId, 'remove-key'), ...attendance });
    wallet.registeredKeys.remove(keyId);
  }

  #use(organizationId: string, reason: KeyUse['reason']): KeyUse {
    const { wallet, closing: signal } = this.#options;
    return keyUse(wallet, { organizationId, purpose: accountPurpose, reason, signal });
  }

  #account(organizationId: string): AccountRecord {
    const account = this.#accountIfAny(organizationId);
    if (account !== undefined) return account;
    throw new CredentialError({ code: 'not-found' }, 'finding the account');
  }

  #accountIfAny(organizationId: string): AccountRecord | undefined {
    const { organizations, accounts } = this.#options.wallet;
    const directoryUrl = organizations.find(organizationId)?.profile.directory;
    if (directoryUrl === undefined) return undefined;
    const account = accounts.find(organizationId, directoryUrl);
    return account?.status === 'valid' ? account : undefined;
  }

  async #clientIfAny(organizationId: string): Promise<AcmeClient | undefined> {
    if (this.#accountIfAny(organizationId) === undefined) return undefined;
    return this.#client(organizationId);
  }

  /** In its turn: a change of the account's key that is under way would look like one that was stopped. */
  #client(organizationId: string): Promise<AcmeClient> {
    const { wallet, keys, connect, turns, closing } = this.#options;
    return turns.take(organizationId, closing, async () => {
      const context = { purpose: accountPurpose, signal: closing };
      const found = this.#account(organizationId);
      const account = await settled(found, { wallet, keys, connect, context });
      const { accountUrl, directoryUrl, keyId } = account;
      if (accountUrl === null) throw new TypeError('a valid account has a URL');
      const signer = await keys.signer(keyId, accountUse(wallet, organizationId, context));
      return connect(organizationId, { directoryUrl, accountUrl, signer });
    });
  }
}
