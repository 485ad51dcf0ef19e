import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { SubjectName } from './subject-certificates.ts';

/** What somebody may do in an organisation (docs/approvals.md §1). */
export type MemberRole = 'requester' | 'approver' | 'auditor';

export const memberRoles: readonly MemberRole[] = ['requester', 'approver', 'auditor'];

export type Membership = {
  readonly organizationId: string;
  readonly subject: SubjectName;
  readonly role: MemberRole;
};

/** Who is what in which organisation. A service is nothing but a requester. */
export type Members = {
  /** False when it was so before. */
  add(membership: Membership, at: Date): boolean;
  /** False when it was not so before. */
  remove(membership: Membership): boolean;
  rolesOf(organizationId: string, subject: SubjectName): readonly MemberRole[];
  withRole(organizationId: string, role: MemberRole): readonly SubjectName[];
  of(organizationId: string): readonly Membership[];
  ofSubject(subject: SubjectName): readonly Membership[];
};

export function createMembers(database: DatabaseSync): Members {
  const insert = database.prepare(
    `INSERT INTO organization_members (organization_id, subject, role, added_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const deleteOne = database.prepare(
    'DELETE FROM organization_members WHERE organization_id = ? AND subject = ? AND role = ?',
  );
  const ordered = 'ORDER BY added_at, subject, role';
  const byOrganization = database.prepare(
    `SELECT * FROM organization_members WHERE organization_id = ? ${ordered}`,
  );
  const bySubject = database.prepare(
    `SELECT * FROM organization_members WHERE subject = ? ${ordered}`,
  );
  const of = (organizationId: string): readonly Membership[] =>
    byOrganization.all(organizationId).map(toMembership);
  const ofSubject = (subject: SubjectName): readonly Membership[] =>
    bySubject.all(subject).map(toMembership);
  return {
    add: ({ organizationId, subject, role }, at) =>
      insert.run(organizationId, subject, role, at.getTime()).changes === 1,
    remove: ({ organizationId, subject, role }) =>
      deleteOne.run(organizationId, subject, role).changes === 1,
    rolesOf: (organizationId, subject) =>
      ofSubject(subject)
        .filter((membership) => membership.organizationId === organizationId)
        .map(({ role }) => role),
    withRole: (organizationId, wanted) =>
      of(organizationId)
        .filter(({ role }) => role === wanted)
        .map(({ subject }) => subject),
    of,
    ofSubject,
  };
}

function toMembership(row: rows.Row): Membership {
  return {
    organizationId: rows.text(row, 'organization_id'),
    // Both are held by a CHECK.
    subject: rows.text(row, 'subject') as SubjectName,
    role: rows.text(row, 'role') as MemberRole,
  };
}
