import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** Whoever certificates are registered for: a person by id, a service by name. */
export type SubjectName = `person:${string}` | `service:${string}`;

/** A certificate by which somebody may prove who they are. */
export type SubjectCertificate = {
  readonly id: string;
  readonly subject: SubjectName;
  /** DER. */
  readonly certificate: Buffer;
  /** Whether its key is known to be on a smart card or token. */
  readonly onToken: boolean;
  readonly addedAt: Date;
};

export type SubjectCertificates = {
  /** False, and nothing was added, when the certificate is somebody's already. */
  add(certificate: SubjectCertificate): boolean;
  find(id: string): SubjectCertificate | undefined;
  findByCertificate(certificate: Buffer): SubjectCertificate | undefined;
  /** Oldest first. */
  of(subject: SubjectName): readonly SubjectCertificate[];
  mark(id: string, onToken: boolean): void;
  remove(id: string): void;
  /** Whether any certificate that this CA issued to the subject will do. */
  acceptsIssued(subject: SubjectName): boolean;
  acceptIssued(subject: SubjectName, accepted: boolean): void;
};

export function createSubjectCertificates(database: DatabaseSync): SubjectCertificates {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO subject_certificates (id, subject, certificate, on_token, added_at)
     VALUES (?, ?, ?, ?, ?)`,
  );
  const byId = database.prepare('SELECT * FROM subject_certificates WHERE id = ?');
  const byCertificate = database.prepare(
    'SELECT * FROM subject_certificates WHERE certificate = ?',
  );
  const bySubject = database.prepare(
    'SELECT * FROM subject_certificates WHERE subject = ? ORDER BY added_at, rowid',
  );
  const setToken = database.prepare('UPDATE subject_certificates SET on_token = ? WHERE id = ?');
  const deleteOne = database.prepare('DELETE FROM subject_certificates WHERE id = ?');
  const selectAccepted = database.prepare('SELECT subject FROM accepted_issued WHERE subject = ?');
  const insertAccepted = database.prepare(
    'INSERT OR IGNORE INTO accepted_issued (subject) VALUES (?)',
  );
  const deleteAccepted = database.prepare('DELETE FROM accepted_issued WHERE subject = ?');
  const optional = (row: Row | undefined): SubjectCertificate | undefined =>
    row === undefined ? undefined : toSubjectCertificate(row);
  return {
    add({ id, subject, certificate, onToken, addedAt }) {
      const values = [id, subject, certificate, Number(onToken), addedAt.getTime()] as const;
      return insert.run(...values).changes === 1;
    },
    find: (id) => optional(byId.get(id)),
    findByCertificate: (certificate) => optional(byCertificate.get(certificate)),
    of: (subject) => bySubject.all(subject).map(toSubjectCertificate),
    mark: (id, onToken) => void setToken.run(Number(onToken), id),
    remove: (id) => void deleteOne.run(id),
    acceptsIssued: (subject) => selectAccepted.get(subject) !== undefined,
    acceptIssued: (subject, accepted) =>
      void (accepted ? insertAccepted : deleteAccepted).run(subject),
  };
}

function toSubjectCertificate(row: Row): SubjectCertificate {
  return {
    id: rows.text(row, 'id'),
    // Written by `add` alone.
    subject: rows.text(row, 'subject') as SubjectName,
    certificate: rows.bytes(row, 'certificate'),
    onToken: rows.flag(row, 'on_token'),
    addedAt: rows.date(row, 'added_at'),
  };
}
