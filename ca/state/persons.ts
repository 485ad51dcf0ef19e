import type { DatabaseSync } from 'node:sqlite';
import type { Person, Role } from '../people-types.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';
import { closeTotpSecret, openTotpSecret } from './sealed-columns.ts';

/** A TOTP secret and what RFC 6238 §5.2 and the throttle have to remember about it. */
export type TotpCredential = {
  readonly personId: string;
  /** Base32. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** Seconds. */
  readonly period: number;
  /** The last time step that was accepted; -1 before the first. */
  readonly lastStep: number;
  readonly consecutiveFailures: number;
  readonly lockedUntil: Date;
};

export type NewTotpCredential = Pick<TotpCredential, 'personId' | 'secret' | 'digits' | 'period'>;

export type Persons = {
  add(person: Person): void;
  list(): readonly Person[];
  find(id: string): Person | undefined;
  findByEmail(email: string): Person | undefined;
};

export type TotpCredentials = {
  /** Replaces the person's credential and forgets its failures. */
  put(credential: NewTotpCredential): void;
  find(personId: string): TotpCredential | undefined;
  failuresSince(personId: string, since: Date): number;
  /** Counts a failure, and locks the credential when a time is given. */
  recordFailure(personId: string, at: Date, lockedUntil: Date | undefined): void;
  recordSuccess(personId: string, step: number): void;
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
  const countFailures = database.prepare(
    'SELECT count(*) AS failures FROM totp_failures WHERE person_id = ? AND failed_at > ?',
  );
  const insertFailure = database.prepare(
    'INSERT INTO totp_failures (person_id, failed_at) VALUES (?, ?)',
  );
  const deleteFailures = database.prepare('DELETE FROM totp_failures WHERE person_id = ?');
  const setFailed = database.prepare(
    `UPDATE totp_credentials SET consecutive_failures = consecutive_failures + 1,
       locked_until = coalesce(?, locked_until) WHERE person_id = ?`,
  );
  const setSucceeded = database.prepare(
    'UPDATE totp_credentials SET last_step = ?, consecutive_failures = 0 WHERE person_id = ?',
  );
  return {
    put({ personId, secret, digits, period }) {
      replace.run(personId, closeTotpSecret(secret, personId, seal), digits, period);
      deleteFailures.run(personId);
    },
    find(personId) {
      const row = byPerson.get(personId);
      return row === undefined ? undefined : toCredential(row, seal);
    },
    failuresSince: (personId, since) =>
      Number(countFailures.get(personId, since.getTime())?.['failures']),
    recordFailure(personId, at, lockedUntil) {
      insertFailure.run(personId, at.getTime());
      setFailed.run(lockedUntil?.getTime() ?? null, personId);
    },
    recordSuccess: (personId, step) => void setSucceeded.run(step, personId),
  };
}

function toCredential(row: Row, seal: Seal): TotpCredential {
  return {
    personId: rows.text(row, 'person_id'),
    secret: openTotpSecret(row, seal),
    digits: rows.number(row, 'digits') as 6 | 7 | 8,
    period: rows.number(row, 'period'),
    lastStep: rows.number(row, 'last_step'),
    consecutiveFailures: rows.number(row, 'consecutive_failures'),
    lockedUntil: rows.date(row, 'locked_until'),
  };
}
