import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';
import { closeMacKey, openMacKey } from './sealed-columns.ts';

/** An external account key as it is kept: with its MAC key. */
export type StoredInvitation = {
  readonly kid: string;
  readonly macKey: Buffer;
  readonly personId: string | undefined;
  readonly service: string | undefined;
  readonly reusable: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | undefined;
};

export type Invitations = {
  add(invitation: Omit<StoredInvitation, 'usedAt'>): void;
  find(kid: string): StoredInvitation | undefined;
  /** Newest first. */
  list(): readonly StoredInvitation[];
  recordUse(kid: string, at: Date): void;
  expire(kid: string, at: Date): void;
};

export function createInvitations(database: DatabaseSync, seal: Seal): Invitations {
  const insert = database.prepare(
    `INSERT INTO invitations (kid, mac_key, person_id, service, reusable, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const byKid = database.prepare('SELECT * FROM invitations WHERE kid = ?');
  const all = database.prepare('SELECT * FROM invitations ORDER BY created_at DESC, rowid DESC');
  const setUsed = database.prepare(
    'UPDATE invitations SET used_at = coalesce(used_at, ?) WHERE kid = ?',
  );
  const setExpires = database.prepare(
    'UPDATE invitations SET expires_at = min(expires_at, ?) WHERE kid = ?',
  );
  return {
    add: (invitation) =>
      void insert.run(
        invitation.kid,
        closeMacKey(invitation.macKey, invitation.kid, seal),
        invitation.personId ?? null,
        invitation.service ?? null,
        Number(invitation.reusable),
        invitation.createdAt.getTime(),
        invitation.expiresAt.getTime(),
      ),
    find(kid) {
      const row = byKid.get(kid);
      return row === undefined ? undefined : toInvitation(row, seal);
    },
    list: () => all.all().map((row) => toInvitation(row, seal)),
    recordUse: (kid, at) => void setUsed.run(at.getTime(), kid),
    expire: (kid, at) => void setExpires.run(at.getTime(), kid),
  };
}

function toInvitation(row: Row, seal: Seal): StoredInvitation {
  return {
    kid: rows.text(row, 'kid'),
    macKey: openMacKey(row, seal),
    personId: rows.optionalText(row, 'person_id'),
    service: rows.optionalText(row, 'service'),
    reusable: rows.flag(row, 'reusable'),
    createdAt: rows.date(row, 'created_at'),
    expiresAt: rows.date(row, 'expires_at'),
    usedAt: rows.optionalDate(row, 'used_at'),
  };
}
