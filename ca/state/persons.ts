import type { DatabaseSync } from 'node:sqlite';
import type { Person, Role } from '../people-types.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';
import { closeTotpSecret, openTotpSecret } from './sealed-columns.ts';

/** A TOTP secret and what RFC 6238 §5.2 has to remember about it. */
export type TotpCredential = {
  readonly personId: string;
  /** Base32. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** Seconds. */
  readonly period: number;
  /** The last time step that was accepted; -1 before the first. */
  readonly lastStep: number;
};

export type NewTotpCredential = Pick<TotpCredential, 'personId' | 'secret' | 'digits' | 'period'>;

export type Persons = {
  add(person: Person): void;
  list(): readonly Person[];
  find(id: string): Person | undefined;
  findByEmail(email: string): Person | undefined;
};

export type TotpCredentials = {
  /** Replaces the person's credential. */
  put(credential: NewTotpCredential): void;
  find(personId: string): TotpCredential | undefined;
  /** From here on only later time steps are accepted. */
  useStep(personId: string, step: number): void;
  remove(personId: string): void;
};

export function createPersons(database: DatabaseSync): Persons {
  const insert = database.prepare(
    'INSERT INTO people (id, name, email, role, registered_at) VALUES (?, ?, ?, ?, ?)',
  );
  const all = database.prepare('SELECT * FROM people ORDER BY name, email');
  const byId = database.prepare('SELECT * FROM people WHERE id = ?');
  const byEmail = database.prepare('SELECT * FROM people WHERE email = ?');
  const optional = (row: Row | undefined): Person | undefined =>
    row === undefined ? undefined : toPerson(row);
  return {
    add: ({ id, name, email, role, registered }) =>
      void insert.run(id, name, email, role, registered.getTime()),
    list: () => all.all().map(toPerson),
    find: (id) => optional(byId.get(id)),
    findByEmail: (email) => optional(byEmail.get(email)),
  };
}

function toPerson(row: Row): Person {
  return {
    id: rows.text(row, 'id'),
    name: rows.text(row, 'name'),
    email: rows.text(row, 'email'),
    role: rows.text(row, 'role') as Role,
    registered: rows.date(row, 'registered_at'),
  };
}

export function createTotpCredentials(database: DatabaseSync, seal: Seal): TotpCredentials {
  const replace = database.prepare(
    'INSERT OR REPLACE INTO totp_credentials (person_id, secret, digits, period) VALUES (?, ?, ?, ?)',
  );
  const byPerson = database.prepare('SELECT * FROM totp_credentials WHERE person_id = ?');
  const deleteRow = database.prepare('DELETE FROM totp_credentials WHERE person_id = ?');
  const setStep = database.prepare('UPDATE totp_credentials SET last_step = ? WHERE person_id = ?');
  return {
    put: ({ personId, secret, digits, period }) =>
      void replace.run(personId, closeTotpSecret(secret, personId, seal), digits, period),
    find(personId) {
      const row = byPerson.get(personId);
      return row === undefined ? undefined : toCredential(row, seal);
    },
    remove: (personId) => void deleteRow.run(personId),
    useStep: (personId, step) => void setStep.run(step, personId),
  };
}

function toCredential(row: Row, seal: Seal): TotpCredential {
  return {
    personId: rows.text(row, 'person_id'),
    secret: openTotpSecret(row, seal),
    digits: rows.number(row, 'digits') as 6 | 7 | 8,
    period: rows.number(row, 'period'),
    lastStep: rows.number(row, 'last_step'),
  };
}
