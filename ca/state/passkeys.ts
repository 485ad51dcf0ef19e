import type { DatabaseSync } from 'node:sqlite';
import { randomOctets } from './rows.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** A WebAuthn credential of a person. */
export type Passkey = {
  /** The credential id, base64url. */
  readonly id: string;
  readonly personId: string;
  /** COSE_Key (RFC 9052 §7). */
  readonly publicKey: Buffer;
  /** The signature counter of the last assertion (WebAuthn L3 §6.1.1). */
  readonly signCount: number;
  readonly transports: readonly string[];
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  /** The make of the authenticator; zeros when it does not say. */
  readonly aaguid: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
  /** When its counter went backwards: there may be a copy. It is not accepted from then on. */
  readonly flaggedAt: Date | undefined;
};

export type NewPasskey = Omit<Passkey, 'lastUsedAt' | 'flaggedAt'>;

export type Passkeys = {
  /** False when the credential id is registered already, whoever's it is. */
  add(passkey: NewPasskey): boolean;
  find(id: string): Passkey | undefined;
  /** Oldest first, the flagged ones among them. */
  ofPerson(personId: string): readonly Passkey[];
  recordUse(id: string, use: PasskeyUse): void;
  flag(id: string, at: Date): void;
  /** False when the person has no such passkey. */
  remove(id: string, personId: string): boolean;
  /** What authenticators know the person by, base64url: random, made when it is first asked for (WebAuthn L3 §14.6.1). */
  userHandleOf(personId: string): string;
};

export type PasskeyUse = {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly at: Date;
};

export function createPasskeys(database: DatabaseSync): Passkeys {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO passkeys (id, person_id, public_key, sign_count, transports, device_type,
       backed_up, aaguid, name, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare('SELECT * FROM passkeys WHERE id = ?');
  const byPerson = database.prepare(
    'SELECT * FROM passkeys WHERE person_id = ? ORDER BY created_at, rowid',
  );
  const setUsed = database.prepare(
    'UPDATE passkeys SET sign_count = ?, backed_up = ?, last_used_at = ? WHERE id = ?',
  );
  const setFlagged = database.prepare(
    'UPDATE passkeys SET flagged_at = coalesce(flagged_at, ?) WHERE id = ?',
  );
  const deleteOne = database.prepare('DELETE FROM passkeys WHERE id = ? AND person_id = ?');
  return {
    add: (passkey) =>
      insert.run(
        passkey.id,
        passkey.personId,
        passkey.publicKey,
        passkey.signCount,
        JSON.stringify(passkey.transports),
        passkey.deviceType,
        Number(passkey.backedUp),
        passkey.aaguid,
        passkey.name,
        passkey.createdAt.getTime(),
      ).changes === 1,
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toPasskey(row);
    },
    ofPerson: (personId) => byPerson.all(personId).map(toPasskey),
    recordUse: (id, { signCount, backedUp, at }) =>
      void setUsed.run(signCount, Number(backedUp), at.getTime(), id),
    flag: (id, at) => void setFlagged.run(at.getTime(), id),
    remove: (id, personId) => deleteOne.run(id, personId).changes === 1,
    userHandleOf: prepareUserHandles(database),
  };
}

function prepareUserHandles(database: DatabaseSync): (personId: string) => string {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO user_handles (person_id, handle) VALUES (?, ?)',
  );
  const select = database.prepare('SELECT handle FROM user_handles WHERE person_id = ?');
  return (personId) => {
    const known = select.get(personId);
    if (known !== undefined) return rows.text(known, 'handle');
    const handle = randomOctets(32).toString('base64url');
    insert.run(personId, handle);
    return handle;
  };
}

function toPasskey(row: Row): Passkey {
  return {
    id: rows.text(row, 'id'),
    personId: rows.text(row, 'person_id'),
    publicKey: rows.bytes(row, 'public_key'),
    signCount: rows.number(row, 'sign_count'),
    transports: rows.json(row, 'transports') as string[],
    deviceType: rows.text(row, 'device_type') as Passkey['deviceType'],
    backedUp: rows.flag(row, 'backed_up'),
    aaguid: rows.text(row, 'aaguid'),
    name: rows.text(row, 'name'),
    createdAt: rows.date(row, 'created_at'),
    lastUsedAt: rows.optionalDate(row, 'last_used_at'),
    flaggedAt: rows.optionalDate(row, 'flagged_at'),
  };
}
