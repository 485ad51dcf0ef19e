import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** A passkey that somebody was asked to make and that did not come back yet. */
export type OpenRegistration = {
  /** Who was asked: an account by its key, or whoever has a link. Nobody has more than one open. */
  readonly holder: string;
  readonly personId: string;
  /** base64url. */
  readonly challenge: string;
  readonly expiresAt: Date;
};

/** An address under which whoever has it may register one passkey for a person. */
export type RegistrationLink = {
  /** SHA-256 of the token in the address, hex: the token itself is not kept. */
  readonly digest: string;
  readonly personId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | undefined;
};

export type Registrations = {
  /** Takes the place of the holder's earlier one. */
  open(registration: OpenRegistration): void;
  /** The holder's registration, which is no longer open then. */
  take(holder: string): OpenRegistration | undefined;
  /** Those that were never answered, up to a moment. */
  dropExpired(moment: Date): void;
  addLink(link: Omit<RegistrationLink, 'usedAt'>): void;
  findLink(digest: string): RegistrationLink | undefined;
  /** False when it was used before. */
  useLink(digest: string, at: Date): boolean;
};

export function createRegistrations(database: DatabaseSync): Registrations {
  const upsert = database.prepare(
    `INSERT OR REPLACE INTO passkey_registrations (holder, person_id, challenge, expires_at)
     VALUES (?, ?, ?, ?)`,
  );
  const take = database.prepare('DELETE FROM passkey_registrations WHERE holder = ? RETURNING *');
  const deleteExpired = database.prepare('DELETE FROM passkey_registrations WHERE expires_at <= ?');
  const insertLink = database.prepare(
    'INSERT INTO registration_links (digest, person_id, expires_at) VALUES (?, ?, ?)',
  );
  const selectLink = database.prepare('SELECT * FROM registration_links WHERE digest = ?');
  const setUsed = database.prepare(
    'UPDATE registration_links SET used_at = ? WHERE digest = ? AND used_at IS NULL',
  );
  return {
    open: ({ holder, personId, challenge, expiresAt }) =>
      void upsert.run(holder, personId, challenge, expiresAt.getTime()),
    take(holder) {
      const row = take.get(holder);
      return row === undefined ? undefined : toRegistration(row);
    },
    dropExpired: (moment) => void deleteExpired.run(moment.getTime()),
    addLink: ({ digest, personId, expiresAt }) =>
      void insertLink.run(digest, personId, expiresAt.getTime()),
    findLink(digest) {
      const row = selectLink.get(digest);
      return row === undefined ? undefined : toLink(row);
    },
    useLink: (digest, at) => setUsed.run(at.getTime(), digest).changes === 1,
  };
}

function toRegistration(row: Row): OpenRegistration {
  return {
    holder: rows.text(row, 'holder'),
    personId: rows.text(row, 'person_id'),
    challenge: rows.text(row, 'challenge'),
    expiresAt: rows.date(row, 'expires_at'),
  };
}

function toLink(row: Row): RegistrationLink {
  return {
    digest: rows.text(row, 'digest'),
    personId: rows.text(row, 'person_id'),
    expiresAt: rows.date(row, 'expires_at'),
    usedAt: rows.optionalDate(row, 'used_at'),
  };
}
