import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { Account } from '../acme/account.ts';
import { readJson, readProblem } from '../acme/objects.ts';
import type { Server } from '../acme/server.ts';
import { fail, skip } from '../case.ts';
import type { BindingKey, Subject } from './credentials.ts';
import type { Memory } from './memory.ts';

/** The accounts of the subjects, made when they are first needed and kept for later runs. */
export class Accounts {
  readonly #server: Server;
  readonly #memory: Memory;
  readonly #known = new Map<string, Account>();

  constructor(server: Server, memory: Memory) {
    this.#server = server;
    this.#memory = memory;
  }

  /** One of the subject's accounts; the second is not the first. */
  async of(subject: Subject, index = 0): Promise<Account> {
    const { external, number } = slot(subject, index);
    // They are kept in the order of their numbers.
    if (number > 0) await this.of(subject, index - 1);
    const name = `${external.kid}#${number}`;
    const account = this.#known.get(name) ?? (await this.#open(external, number));
    this.#known.set(name, account);
    return account;
  }

  /** One that has been used for nothing yet. */
  async fresh({ externalAccounts }: Subject): Promise<Account> {
    const external =
      externalAccounts.find(({ kid }) => this.#memory.accounts[kid] === undefined) ??
      externalAccounts.find(({ reusable }) => reusable) ??
      skip('every external account key was used');
    const account = await this.#register(external);
    const number = (this.#memory.accounts[external.kid] ?? []).length - 1;
    this.#known.set(`${external.kid}#${number}`, account);
    return account;
  }

  /** A key that is bound to nobody. */
  unbound(): Promise<Account> {
    return Account.withKey(this.#server, newKey());
  }

  async #open(external: BindingKey, number: number): Promise<Account> {
    const kept = this.#memory.accounts[external.kid]?.[number];
    if (kept === undefined) return this.#register(external);
    const key = createPrivateKey({ key: kept.key, format: 'jwk' });
    const account = await Account.withKey(this.#server, key);
    // RFC 8555 §7.3.1: whether the server still knows it.
    const { newAccount } = await this.#server.directory();
    const reply = await account.post(newAccount, { onlyReturnExisting: true });
    if (reply.status !== 200) {
      this.#memory.accounts[external.kid] = [];
      return this.#register(external);
    }
    account.url = reply.headers.location ?? kept.url;
    return account;
  }

  async #register(external: BindingKey): Promise<Account> {
    const key = newKey();
    const account = await Account.withKey(this.#server, key);
    const reply = await account.register(external);
    if (account.url === undefined) {
      const { type } = readProblem(readJson(reply, 'the refusal of newAccount'));
      fail(`newAccount with the external account key ${external.kid}: ${type}`);
    }
    const others = this.#memory.accounts[external.kid] ?? [];
    const kept = { url: account.url, key: key.export({ format: 'jwk' }) };
    this.#memory.accounts[external.kid] = [...others, kept];
    return account;
  }
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** Each key once, then the reusable one again and again. */
function slot({ name, externalAccounts }: Subject, index: number) {
  const external = externalAccounts[index];
  if (external !== undefined) return { external, number: 0 };
  const reusable = externalAccounts.find((one) => one.reusable);
  if (reusable === undefined) return skip(`${name} has no external account key for that`);
  return { external: reusable, number: index - externalAccounts.length + 1 };
}
