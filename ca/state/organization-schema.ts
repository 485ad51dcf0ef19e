/** Organisations with members and rules, and the log that is only added to (docs/approvals.md §7). */
export const organizationTables = `
  CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE organization_members (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    subject TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('requester', 'approver', 'auditor')),
    added_at INTEGER NOT NULL,
    PRIMARY KEY (organization_id, subject, role),
    CHECK (subject GLOB 'person:?*' OR (subject GLOB 'service:?*' AND role = 'requester'))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX organization_members_by_subject ON organization_members (subject);
  CREATE TABLE approval_rules (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    profile TEXT NOT NULL,
    required INTEGER NOT NULL CHECK (required BETWEEN 1 AND 8),
    methods TEXT NOT NULL,
    hardware INTEGER NOT NULL,
    hours INTEGER NOT NULL CHECK (hours BETWEEN 1 AND 720),
    PRIMARY KEY (organization_id, profile)
  ) STRICT, WITHOUT ROWID;
  -- A name belongs to one organisation at most.
  CREATE UNIQUE INDEX domains_of_organizations ON registered_domains (name)
    WHERE substr(owner, 1, 13) = 'organization:';

  CREATE TABLE approval_log (sequence INTEGER PRIMARY KEY, entry TEXT NOT NULL) STRICT;
  CREATE TABLE approval_log_head (id INTEGER PRIMARY KEY CHECK (id = 1), head BLOB NOT NULL) STRICT;
  CREATE TRIGGER approval_log_is_not_changed BEFORE UPDATE ON approval_log
    BEGIN SELECT RAISE(ABORT, 'the log of approvals is only added to'); END;
  CREATE TRIGGER approval_log_is_not_shortened BEFORE DELETE ON approval_log
    BEGIN SELECT RAISE(ABORT, 'the log of approvals is only added to'); END;
  -- INSERT OR REPLACE deletes without its trigger.
  CREATE TRIGGER approval_log_leaves_out_none BEFORE INSERT ON approval_log
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM approval_log)
    BEGIN SELECT RAISE(ABORT, 'the log of approvals is only added to'); END;
`;
