import {
  mostOrders,
  parseAccount,
  parseOrderList,
  type Account,
  type AccountChanges,
  type NewAccount,
} from './account.ts';
import type { AccountSession, OwnRequest } from './account-session.ts';
import type { AcmeAnswer } from './answer.ts';
import { isContact } from './contact.ts';
import { bindExternalAccount } from './external-account-binding.ts';
import { changeKey, type KeyChangeOptions } from './key-change.ts';
import type { PollPace } from './poll.ts';
import { AcmeProtocolError } from './protocol-error.ts';
import { AcmeRequestError } from './protocol-error.ts';
import type { Signer } from '../keys/signer.ts';

const mostPages = 20;

/** Requests about the account itself (RFC 8555 §7.3). */
export class AccountRequests {
  readonly #session: AccountSession;
  readonly #pace: PollPace;
  /** Where the account's orders are listed, once an account object said so. */
  #orders: string | undefined;

  constructor(session: AccountSession, pace: PollPace) {
    this.#session = session;
    this.#pace = pace;
  }

  /** RFC 8555 §7.3. Repeating it with the same key finds the same account. */
  async newAccount(details: NewAccount, signal?: AbortSignal): Promise<Account> {
    const doing = 'creating the account';
    checkContacts(details, doing);
    const { signer } = this.#session;
    const url = this.#session.resource('newAccount', doing);
    const { externalAccountBinding: external, ...account } = details;
    const binding = external && { ...bindExternalAccount(signer, external, url) };
    const answer = await this.#session.writeAs(signer, {
      doing,
      url,
      payload: { ...account, externalAccountBinding: binding },
      // RFC 8555 §7.3.1: a key has one account, the second request only finds it.
      repeatable: true,
      signal,
    });
    const location = this.#session.useAccount(doing, answer.requireLocation());
    return this.#remember(parseAccount(answer.json(), location));
  }

  async fetch(signal?: AbortSignal): Promise<Account> {
    const doing = 'fetching the account';
    const url = this.#session.requireAccount(doing);
    const answer = await this.#session.read({ doing, url, signal });
    return this.#remember(parseAccount(answer.json(), url));
  }

  /** RFC 8555 §7.3.2. */
  async update(changes: AccountChanges, signal?: AbortSignal): Promise<Account> {
    const doing = 'updating the account';
    checkContacts(changes, doing);
    const { contact, termsOfServiceAgreed } = changes;
    return this.#post({
      doing,
      payload: { contact, termsOfServiceAgreed },
      repeatable: true,
      signal,
    });
  }

  /** RFC 8555 §7.3.6: there is no way back. */
  deactivate(signal?: AbortSignal): Promise<Account> {
    return this.#post({
      doing: 'deactivating the account',
      payload: { status: 'deactivated' },
      repeatable: false,
      signal,
    });
  }

  /**
   * RFC 8555 §7.3.5: from here on the account has the new key. Waits for responses that are being judged, since
   * key authorizations change with the key. Throws `KeyInUse` and `KeyChangeBlocked`, after which the old key is in force.
   */
  keyChange(
    newSigner: Signer,
    options: KeyChangeOptions = {},
    signal?: AbortSignal,
  ): Promise<void> {
    return changeKey(this.#session, newSigner, { pace: this.#pace, ...options }, signal);
  }

  /**
   * URLs of the account's orders (RFC 8555 §7.1.2.1); undefined when the server keeps no list. A list that goes on and
   * on is of no use to anybody: `AcmeProtocolError` after 20 pages or 1,000 URLs.
   */
  async orders(signal?: AbortSignal): Promise<readonly string[] | undefined> {
    const doing = 'listing the orders';
    const first = this.#orders ?? (await this.fetch(signal)).orders;
    if (first === undefined) return undefined;
    const orders: string[] = [];
    const pages = new Set<string>();
    for (let url: string | undefined = first; url !== undefined && !pages.has(url);) {
      if (pages.size === mostPages) throw endless(doing, first);
      pages.add(url);
      const answer: AcmeAnswer = await this.#session.read({ doing, url, signal });
      orders.push(...parseOrderList(answer.json(), url));
      if (orders.length > mostOrders) throw endless(doing, first);
      url = answer.links('next')[0];
    }
    return orders;
  }

  async #post(request: Omit<OwnRequest, 'url'>): Promise<Account> {
    const url = this.#session.requireAccount(request.doing);
    const answer = await this.#session.write({ ...request, url });
    return this.#remember(parseAccount(answer.json(), url));
  }

  #remember(account: Account): Account {
    this.#orders = account.orders;
    return account;
  }
}

function checkContacts({ contact = [] }: Pick<NewAccount, 'contact'>, doing: string): void {
  if (!contact.every(isContact)) throw new AcmeRequestError('contact', doing);
}

const endless = (doing: string, url: string): AcmeProtocolError =>
  new AcmeProtocolError('orders-malformed', doing, { url });
