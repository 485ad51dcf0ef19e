import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';
import { closeSpent, openSpent } from './sealed-columns.ts';
import type { CredentialName } from './throttles.ts';

/** What a back end asked in answer to the last response to a challenge (RFC 2865 §2.1). */
export type OtpRound = {
  /** To be given back with the next response. */
  readonly state: Buffer | undefined;
  readonly message: string | undefined;
};

export type OtpRounds = {
  put(challengeId: string, round: OtpRound): void;
  find(challengeId: string): OtpRound | undefined;
  remove(challengeId: string): void;
};

/** What was accepted once, and is not to be accepted again. */
export type SpentTexts = {
  spend(credential: CredentialName, text: string, at: Date): void;
  /** Whether it was spent after a moment. */
  isSpent(credential: CredentialName, text: string, since: Date): boolean;
  /** Forgets what was spent at a moment or before it. */
  drop(credential: CredentialName, moment: Date): void;
};

export function createOtpRounds(database: DatabaseSync): OtpRounds {
  const replace = database.prepare(
    'INSERT OR REPLACE INTO otp_rounds (challenge_id, state, message) VALUES (?, ?, ?)',
  );
  const byChallenge = database.prepare('SELECT * FROM otp_rounds WHERE challenge_id = ?');
  const deleteRow = database.prepare('DELETE FROM otp_rounds WHERE challenge_id = ?');
  return {
    put: (challengeId, { state, message }) =>
      void replace.run(challengeId, state ?? null, message ?? null),
    find(challengeId) {
      const row: Row | undefined = byChallenge.get(challengeId);
      if (row === undefined) return undefined;
      return {
        state: rows.optionalBytes(row, 'state'),
        message: rows.optionalText(row, 'message'),
      };
    },
    remove: (challengeId) => void deleteRow.run(challengeId),
  };
}

export function createSpentTexts(database: DatabaseSync, seal: Seal): SpentTexts {
  const insert = database.prepare(
    'INSERT INTO spent_texts (credential, text, spent_at) VALUES (?, ?, ?)',
  );
  const after = database.prepare('SELECT * FROM spent_texts WHERE credential = ? AND spent_at > ?');
  const deleteUntil = database.prepare(
    'DELETE FROM spent_texts WHERE credential = ? AND spent_at <= ?',
  );
  return {
    spend: (credential, text, at) =>
      void insert.run(credential, closeSpent(text, credential, seal), at.getTime()),
    // All are opened and compared: what is sealed never looks the same twice.
    isSpent: (credential, text, since) =>
      after
        .all(credential, since.getTime())
        .map((row) => openSpent(row, seal))
        .includes(text),
    drop: (credential, moment) => void deleteUntil.run(credential, moment.getTime()),
  };
}
