import type { DatabaseSync } from 'node:sqlite';
import { bytes, text } from './rows.ts';
import type { Row } from './rows.ts';
import type { Seal } from './seal.ts';

/** A person's TOTP secret, for a column of text. */
export function closeTotpSecret(secret: string, personId: string, seal: Seal): string {
  return seal.close(Buffer.from(secret), totpPlace(personId)).toString('base64');
}

export function openTotpSecret(row: Row, seal: Seal): string {
  const sealed = Buffer.from(text(row, 'secret'), 'base64');
  return seal.open(sealed, totpPlace(text(row, 'person_id'))).toString();
}

export function closeMacKey(macKey: Buffer, kid: string, seal: Seal): Buffer {
  return seal.close(macKey, macKeyPlace(kid));
}

export function openMacKey(row: Row, seal: Seal): Buffer {
  return seal.open(bytes(row, 'mac_key'), macKeyPlace(text(row, 'kid')));
}

export type CodeSecret = {
  readonly table: 'hotp_credentials' | 'otp_credentials';
  readonly personId: string;
  readonly secret: string;
};

/** A person's secret, for the column `secret` of its table. */
export function closeCodeSecret({ table, personId, secret }: CodeSecret, seal: Seal): Buffer {
  return seal.close(Buffer.from(secret), codePlace(table, personId));
}

export function openCodeSecret(table: CodeSecret['table'], row: Row, seal: Seal): string {
  return seal.open(bytes(row, 'secret'), codePlace(table, text(row, 'person_id'))).toString();
}

/** What was accepted may have a lasting password in it. */
export function closeSpent(spent: string, credential: string, seal: Seal): Buffer {
  return seal.close(Buffer.from(spent), spentPlace(credential));
}

export function openSpent(row: Row, seal: Seal): string {
  return seal.open(bytes(row, 'text'), spentPlace(text(row, 'credential'))).toString();
}

const codePlace = (table: string, personId: string): string => `${table}.secret:${personId}`;
const spentPlace = (credential: string): string => `spent_texts.text:${credential}`;
const totpPlace = (personId: string): string => `totp_credentials.secret:${personId}`;
const macKeyPlace = (kid: string): string => `invitations.mac_key:${kid}`;

/** A migration: earlier versions kept both in clear. */
export function sealSecrets(database: DatabaseSync, seal: Seal): void {
  const setSecret = database.prepare('UPDATE totp_credentials SET secret = ? WHERE person_id = ?');
  for (const row of database.prepare('SELECT * FROM totp_credentials').all()) {
    const personId = text(row, 'person_id');
    setSecret.run(closeTotpSecret(text(row, 'secret'), personId, seal), personId);
  }
  const setMacKey = database.prepare('UPDATE invitations SET mac_key = ? WHERE kid = ?');
  for (const row of database.prepare('SELECT * FROM invitations').all()) {
    const kid = text(row, 'kid');
    setMacKey.run(closeMacKey(bytes(row, 'mac_key'), kid, seal), kid);
  }
}
