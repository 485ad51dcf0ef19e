import type { DatabaseSync } from 'node:sqlite';
import type { ProblemDocument } from '../problems.ts';
import { toChallenge } from './authorizations.ts';
import type { Challenge } from './authorizations.ts';
import { optionalDate } from './rows.ts';

export type Challenges = {
  find(id: string): Challenge | undefined;
  /** Those that were answered and not decided, to be taken up again after a restart. */
  inProcessing(): readonly Challenge[];
  /** When a challenge of one of some types last became valid and so proved the person of an account. */
  lastProofOfPerson(accountId: string, types: readonly string[]): Date | undefined;
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
    `SELECT max(c.validated_at) AS validated_at
     FROM authorizations a JOIN challenges c ON c.authorization_id = a.id
     WHERE a.account_id = ? AND c.type IN (SELECT value FROM json_each(?))
     -- The certificate may have been the device's own, which anybody may hold.
     AND NOT (a.identifier_type = 'permanent-identifier' AND c.type = 'cert-01')`,
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
    lastProofOfPerson(accountId, types) {
      const row = validated.get(accountId, JSON.stringify(types));
      return row === undefined ? undefined : optionalDate(row, 'validated_at');
    },
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
