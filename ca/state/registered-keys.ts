import type { JsonWebKey } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** A key pair of a person, known by its public half. */
export type RegisteredKey = {
  /** RFC 7638, SHA-256, base64url. */
  readonly thumbprint: string;
  readonly personId: string;
  readonly jwk: JsonWebKey;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
};

export type NewRegisteredKey = Omit<RegisteredKey, 'lastUsedAt'>;

export type RegisteredKeys = {
  /** False when the key is registered already, whoever's it is. */
  add(key: NewRegisteredKey): boolean;
  find(thumbprint: string): RegisteredKey | undefined;
  /** Oldest first. */
  ofPerson(personId: string): readonly RegisteredKey[];
  recordUse(thumbprint: string, at: Date): void;
  /** False when the person has no such key. */
  remove(thumbprint: string, personId: string): boolean;
};

export function createRegisteredKeys(database: DatabaseSync): RegisteredKeys {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO registered_keys (thumbprint, person_id, jwk, name, created_at)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const byThumbprint = database.prepare('SELECT * FROM registered_keys WHERE thumbprint = ?');
  const byPerson = database.prepare(
    'SELECT * FROM registered_keys WHERE person_id = ? ORDER BY created_at, rowid',
  );
  const setUsed = database.prepare(
    'UPDATE registered_keys SET last_used_at = ? WHERE thumbprint = ?',
  );
  const deleteOne = database.prepare(
    'DELETE FROM registered_keys WHERE thumbprint = ? AND person_id = ?',
  );
  return {
    add: ({ thumbprint, personId, jwk, name, createdAt }) =>
      insert.run(thumbprint, personId, JSON.stringify(jwk), name, createdAt.getTime()).changes ===
      1,
    find(thumbprint) {
      const row = byThumbprint.get(thumbprint);
      return row === undefined ? undefined : toRegisteredKey(row);
    },
    ofPerson: (personId) => byPerson.all(personId).map(toRegisteredKey),
    recordUse: (thumbprint, at) => void setUsed.run(at.getTime(), thumbprint),
    remove: (thumbprint, personId) => deleteOne.run(thumbprint, personId).changes === 1,
  };
}

function toRegisteredKey(row: Row): RegisteredKey {
  return {
    thumbprint: rows.text(row, 'thumbprint'),
    personId: rows.text(row, 'person_id'),
    jwk: rows.json(row, 'jwk') as JsonWebKey,
    name: rows.text(row, 'name'),
    createdAt: rows.date(row, 'created_at'),
    lastUsedAt: rows.optionalDate(row, 'last_used_at'),
  };
}
