import type { JsonWebKey } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

export type Account = {
  readonly id: string;
  readonly jwk: JsonWebKey;
  readonly thumbprint: string;
  readonly contact: readonly string[];
  readonly termsAgreedAt: Date | undefined;
  readonly termsVersion: string;
  /** The `externalAccountBinding` object as the client sent it (RFC 8555 §7.3.4). */
  readonly binding: unknown;
  readonly kid: string | undefined;
  /** The subject of the binding; undefined for services and for accounts without one. */
  readonly personId: string | undefined;
  readonly deactivatedAt: Date | undefined;
};

export type NewAccount = Omit<Account, 'deactivatedAt'> & { readonly createdAt: Date };

export type Accounts = {
  add(account: NewAccount): Account;
  find(id: string): Account | undefined;
  findByThumbprint(thumbprint: string): Account | undefined;
  changeContact(id: string, contact: readonly string[]): void;
  agree(id: string, termsVersion: string, at: Date): void;
  changeKey(id: string, jwk: JsonWebKey, thumbprint: string): void;
  deactivate(id: string, at: Date): void;
};

export function createAccounts(database: DatabaseSync): Accounts {
  const insert = database.prepare(
    `INSERT INTO accounts (id, jwk, thumbprint, contact, terms_agreed_at, binding, kid, person_id, created_at, terms_version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare('SELECT * FROM accounts WHERE id = ?');
  const byThumbprint = database.prepare('SELECT * FROM accounts WHERE thumbprint = ?');
  const setContact = database.prepare('UPDATE accounts SET contact = ? WHERE id = ?');
  const setAgreement = database.prepare(
    'UPDATE accounts SET terms_version = ?, terms_agreed_at = ? WHERE id = ?',
  );
  const setKey = database.prepare('UPDATE accounts SET jwk = ?, thumbprint = ? WHERE id = ?');
  const setDeactivated = database.prepare('UPDATE accounts SET deactivated_at = ? WHERE id = ?');
  return {
    add(account) {
      const { createdAt, ...rest } = account;
      insert.run(
        account.id,
        JSON.stringify(account.jwk),
        account.thumbprint,
        JSON.stringify(account.contact),
        account.termsAgreedAt?.getTime() ?? null,
        account.binding === undefined ? null : JSON.stringify(account.binding),
        account.kid ?? null,
        account.personId ?? null,
        createdAt.getTime(),
        account.termsVersion,
      );
      return { ...rest, deactivatedAt: undefined };
    },
    find: (id) => optional(byId.get(id), toAccount),
    findByThumbprint: (thumbprint) => optional(byThumbprint.get(thumbprint), toAccount),
    changeContact: (id, contact) => void setContact.run(JSON.stringify(contact), id),
    agree: (id, version, at) => void setAgreement.run(version, at.getTime(), id),
    changeKey: (id, jwk, thumbprint) => void setKey.run(JSON.stringify(jwk), thumbprint, id),
    deactivate: (id, at) => void setDeactivated.run(at.getTime(), id),
  };
}

function toAccount(row: Row): Account {
  return {
    id: rows.text(row, 'id'),
    jwk: rows.json(row, 'jwk') as JsonWebKey,
    thumbprint: rows.text(row, 'thumbprint'),
    contact: rows.json(row, 'contact') as string[],
    termsAgreedAt: rows.optionalDate(row, 'terms_agreed_at'),
    termsVersion: rows.text(row, 'terms_version'),
    binding: rows.optionalJson(row, 'binding'),
    kid: rows.optionalText(row, 'kid'),
    personId: rows.optionalText(row, 'person_id'),
    deactivatedAt: rows.optionalDate(row, 'deactivated_at'),
  };
}

function optional<T>(row: Row | undefined, read: (row: Row) => T): T | undefined {
  return row === undefined ? undefined : read(row);
}
