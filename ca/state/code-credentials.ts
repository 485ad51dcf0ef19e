import type { DatabaseSync } from 'node:sqlite';
import type { OcraSuite } from '../challenges/ocra.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';
import { closeCodeSecret, openCodeSecret } from './sealed-columns.ts';

/** A HOTP secret, and how far its codes are used up (RFC 4226). */
export type HotpCredential = {
  readonly personId: string;
  /** Base32. */
  readonly secret: string;
  readonly digits: 6 | 7 | 8;
  /** That of the next code. */
  readonly counter: number;
};

export type HotpCredentials = {
  /** Replaces the person's credential; its counter begins at 0. */
  put(credential: Omit<HotpCredential, 'counter'>): void;
  find(personId: string): HotpCredential | undefined;
  /** From here on, only this and later counters are accepted. Never goes back. */
  advance(personId: string, counter: number): void;
  remove(personId: string): void;
};

/** How a person's one-time passwords come about, where otp-01 asks for them. */
export type OtpCredential = {
  readonly personId: string;
} & (
  | {
      readonly kind: 'ocra';
      readonly suite: OcraSuite;
      /** Hexadecimal. */
      readonly secret: string;
    }
  | {
      readonly kind: 'radius';
      /** What the RADIUS server calls the person. */
      readonly userName: string;
    }
);

export type OtpCredentials = {
  /** Replaces the person's credential. */
  put(credential: OtpCredential): void;
  find(personId: string): OtpCredential | undefined;
  remove(personId: string): void;
};

export function createHotpCredentials(database: DatabaseSync, seal: Seal): HotpCredentials {
  const replace = database.prepare(
    'INSERT OR REPLACE INTO hotp_credentials (person_id, secret, digits, counter) VALUES (?, ?, ?, 0)',
  );
  const byPerson = database.prepare('SELECT * FROM hotp_credentials WHERE person_id = ?');
  const setCounter = database.prepare(
    'UPDATE hotp_credentials SET counter = max(counter, ?) WHERE person_id = ?',
  );
  const deleteRow = database.prepare('DELETE FROM hotp_credentials WHERE person_id = ?');
  const table = 'hotp_credentials';
  return {
    put: ({ personId, secret, digits }) =>
      void replace.run(personId, closeCodeSecret({ table, personId, secret }, seal), digits),
    find(personId) {
      const row: Row | undefined = byPerson.get(personId);
      if (row === undefined) return undefined;
      return {
        personId,
        secret: openCodeSecret(table, row, seal),
        digits: rows.number(row, 'digits') as 6 | 7 | 8,
        counter: rows.number(row, 'counter'),
      };
    },
    advance: (personId, counter) => void setCounter.run(counter, personId),
    remove: (personId) => void deleteRow.run(personId),
  };
}

export function createOtpCredentials(database: DatabaseSync, seal: Seal): OtpCredentials {
  const replace = database.prepare(
    'INSERT OR REPLACE INTO otp_credentials (person_id, suite, secret, user_name) VALUES (?, ?, ?, ?)',
  );
  const byPerson = database.prepare('SELECT * FROM otp_credentials WHERE person_id = ?');
  const deleteRow = database.prepare('DELETE FROM otp_credentials WHERE person_id = ?');
  const table = 'otp_credentials';
  return {
    put(credential) {
      const { personId } = credential;
      if (credential.kind === 'radius') {
        replace.run(personId, null, null, credential.userName);
      } else {
        const { suite, secret } = credential;
        replace.run(personId, suite, closeCodeSecret({ table, personId, secret }, seal), null);
      }
    },
    find(personId) {
      const row: Row | undefined = byPerson.get(personId);
      if (row === undefined) return undefined;
      const suite = rows.optionalText(row, 'suite');
      if (suite === undefined) {
        return { personId, kind: 'radius', userName: rows.text(row, 'user_name') };
      }
      const secret = openCodeSecret(table, row, seal);
      return { personId, kind: 'ocra', suite: suite as OcraSuite, secret };
    },
    remove: (personId) => void deleteRow.run(personId),
  };
}
