import type { DatabaseSync } from 'node:sqlite';
import type { Identifier } from '../problems.ts';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

export type IssuedCertificate = {
  readonly id: string;
  readonly accountId: string;
  readonly orderId: string;
  readonly serial: Buffer;
  readonly identifiers: readonly Identifier[];
  /** DER. */
  readonly leaf: Buffer;
  readonly notAfter: Date;
  readonly revokedAt: Date | undefined;
  /** RFC 5280 §5.3.1; undefined when none was given. */
  readonly reason: number | undefined;
};

export type NewCertificate = Omit<IssuedCertificate, 'revokedAt' | 'reason'> & {
  readonly issuedAt: Date;
};

export type Certificates = {
  add(certificate: NewCertificate): void;
  find(id: string): IssuedCertificate | undefined;
  findBySerial(serial: Buffer): IssuedCertificate | undefined;
  /** Neither expired nor revoked, of all accounts bound to a person. */
  ofPerson(personId: string, now: Date): readonly IssuedCertificate[];
  /** Neither expired nor revoked, of all accounts bound to a service. */
  ofService(service: string, now: Date): readonly IssuedCertificate[];
  /** Oldest revocation first. */
  revoked(): readonly IssuedCertificate[];
  revoke(id: string, at: Date, reason: number | undefined): void;
};

export function createCertificates(database: DatabaseSync): Certificates {
  const insert = database.prepare(
    `INSERT INTO certificates (id, account_id, order_id, serial, identifiers, leaf, issued_at, not_after)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare('SELECT * FROM certificates WHERE id = ?');
  const bySerial = database.prepare('SELECT * FROM certificates WHERE serial = ?');
  const revoked = database.prepare(
    'SELECT * FROM certificates WHERE revoked_at IS NOT NULL ORDER BY revoked_at',
  );
  const usable = 'c.revoked_at IS NULL AND c.not_after > ? ORDER BY c.issued_at, c.rowid';
  const byPerson = database.prepare(
    `SELECT c.* FROM accounts a JOIN certificates c ON c.account_id = a.id
     WHERE a.person_id = ? AND ${usable}`,
  );
  const byService = database.prepare(
    `SELECT c.* FROM invitations i JOIN accounts a ON a.kid = i.kid
     JOIN certificates c ON c.account_id = a.id WHERE i.service = ? AND ${usable}`,
  );
  const setRevoked = database.prepare(
    'UPDATE certificates SET revoked_at = ?, reason = ? WHERE id = ?',
  );
  const optional = (row: Row | undefined): IssuedCertificate | undefined =>
    row === undefined ? undefined : toCertificate(row);
  return {
    add: (certificate) =>
      void insert.run(
        certificate.id,
        certificate.accountId,
        certificate.orderId,
        certificate.serial,
        JSON.stringify(certificate.identifiers),
        certificate.leaf,
        certificate.issuedAt.getTime(),
        certificate.notAfter.getTime(),
      ),
    find: (id) => optional(byId.get(id)),
    findBySerial: (serial) => optional(bySerial.get(serial)),
    ofPerson: (personId, now) => byPerson.all(personId, now.getTime()).map(toCertificate),
    ofService: (service, now) => byService.all(service, now.getTime()).map(toCertificate),
    revoked: () => revoked.all().map(toCertificate),
    revoke: (id, at, reason) => void setRevoked.run(at.getTime(), reason ?? null, id),
  };
}

function toCertificate(row: Row): IssuedCertificate {
  return {
    id: rows.text(row, 'id'),
    accountId: rows.text(row, 'account_id'),
    orderId: rows.text(row, 'order_id'),
    serial: rows.bytes(row, 'serial'),
    identifiers: rows.json(row, 'identifiers') as Identifier[],
    leaf: rows.bytes(row, 'leaf'),
    notAfter: rows.date(row, 'not_after'),
    revokedAt: rows.optionalDate(row, 'revoked_at'),
    reason: row['reason'] === null ? undefined : rows.number(row, 'reason'),
  };
}
