import type { DatabaseSync } from 'node:sqlite';
import type { ProblemDocument } from '../problems.ts';
import { toChallenge } from './authorizations.ts';
import type { Challenge } from './authorizations.ts';
import * as rows from './rows.ts';

/** A challenge that became valid, and what its authorization was for. */
export type Proof = {
  readonly type: string;
  readonly at: Date;
  readonly identifierType: string;
  /** Name of the profile. */
  readonly profile: string;
};

export type Challenges = {
  find(id: string): Challenge | undefined;
  /** Those that were answered and not decided, to be taken up again after a restart. */
  inProcessing(): readonly Challenge[];
  /** What an account proved after a moment, the latest first; what it approved is no proof of who somebody is. */
  proofsSince(accountId: string, moment: Date): readonly Proof[];
  recordResponse(id: string, keyAuthorization: string, at: Date): void;
  /** Counts an attempt before it is judged; returns how many there are now. */
  countAttempt(id: string): number;
  /** Takes the response back: the challenge, if it is undecided, waits for another. */
  reopen(id: string, error: ProblemDocument | undefined): void;
  /** What went wrong so far, while the outcome is open (RFC 8555 §8.2). */
  recordError(id: string, error: ProblemDocument | undefined): void;
  /** Has no effect on a challenge that was decided before. */
  validate(id: string, at: Date): void;
  /** Has no effect on a challenge that was decided before. */
  fail(id: string, error: ProblemDocument, at: Date): void;
};

export function createChallenges(database: DatabaseSync): Challenges {
  const undecided = 'validated_at IS NULL AND failed_at IS NULL';
  const byId = database.prepare('SELECT * FROM challenges WHERE id = ?');
  const processing = database.prepare(
    `SELECT * FROM challenges WHERE responded_at IS NOT NULL AND ${undecided}`,
  );
  const validated = database.prepare(
    `SELECT c.type, c.validated_at, a.identifier_type, a.profile
     FROM authorizations a JOIN challenges c ON c.authorization_id = a.id
     WHERE a.account_id = ? AND a.approval_id IS NULL AND c.validated_at > ? ORDER BY c.validated_at DESC`,
  );
  const setResponse = database.prepare(
    'UPDATE challenges SET key_authorization = ?, responded_at = ? WHERE id = ?',
  );
  const unsetResponse = database.prepare(
    `UPDATE challenges SET key_authorization = NULL, responded_at = NULL, error = ? WHERE id = ? AND ${undecided}`,
  );
  const increment = database.prepare(
    'UPDATE challenges SET attempts = attempts + 1 WHERE id = ? RETURNING attempts',
  );
  const setError = database.prepare(
    `UPDATE challenges SET error = ? WHERE id = ? AND ${undecided}`,
  );
  const setValidated = database.prepare(
    `UPDATE challenges SET validated_at = ?, error = NULL WHERE id = ? AND ${undecided}`,
  );
  const setFailed = database.prepare(
    `UPDATE challenges SET failed_at = ?, error = ? WHERE id = ? AND ${undecided}`,
  );
  return {
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toChallenge(row);
    },
    inProcessing: () => processing.all().map(toChallenge),
    proofsSince: (accountId, moment) =>
      validated.all(accountId, moment.getTime()).map((row) => ({
        type: rows.text(row, 'type'),
        at: rows.date(row, 'validated_at'),
        identifierType: rows.text(row, 'identifier_type'),
        profile: rows.text(row, 'profile'),
      })),
    recordResponse: (id, keyAuthorization, at) =>
      void setResponse.run(keyAuthorization, at.getTime(), id),
    countAttempt: (id) => Number(increment.get(id)?.['attempts']),
    reopen: (id, error) => void unsetResponse.run(toText(error), id),
    recordError: (id, error) => void setError.run(toText(error), id),
    validate: (id, at) => void setValidated.run(at.getTime(), id),
    fail: (id, error, at) => void setFailed.run(at.getTime(), JSON.stringify(error), id),
  };
}

function toText(error: ProblemDocument | undefined): string | null {
  return error === undefined ? null : JSON.stringify(error);
}
