/** Requests for approval, and what became of them (docs/approvals.md). */
export const approvalTables = `
  CREATE TABLE approval_requests (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- For whom it is, and who asked: the same for an order, the proposer for a standing one.
    requester TEXT NOT NULL,
    asker TEXT NOT NULL,
    order_id TEXT UNIQUE REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    document TEXT NOT NULL,
    digest TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    granted_at INTEGER,
    declined_at INTEGER,
    withdrawn_at INTEGER,
    withdrawn_by TEXT,
    withdrawn_reason TEXT,
    reminded_at INTEGER,
    CHECK (granted_at IS NULL OR declined_at IS NULL),
    CHECK (withdrawn_at IS NULL OR declined_at IS NULL)
  ) STRICT;
  CREATE INDEX approval_requests_by_organization ON approval_requests (organization_id, sequence);
  CREATE INDEX approval_requests_by_requester ON approval_requests (requester, sequence);
  CREATE INDEX approval_requests_by_asker ON approval_requests (asker, requested_at);
  CREATE INDEX approval_requests_open ON approval_requests (asker, expires_at)
    WHERE granted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL;
  -- What is approved is what was asked for.
  CREATE TRIGGER approval_documents_are_not_changed BEFORE UPDATE OF
    sequence, id, organization_id, requester, asker, order_id, document, digest, requested_at, expires_at
    ON approval_requests BEGIN SELECT RAISE(ABORT, 'an approval document never changes'); END;
  CREATE TRIGGER approval_requests_are_not_removed BEFORE DELETE ON approval_requests
    BEGIN SELECT RAISE(ABORT, 'a request for approval is never removed'); END;

  CREATE TABLE approval_decisions (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES approval_requests (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'decline')),
    method TEXT,
    -- SHA-256 of the SubjectPublicKeyInfo by which it was signed; of a decline there is none.
    key_digest BLOB,
    reason TEXT,
    decided_at INTEGER NOT NULL,
    receipt BLOB NOT NULL,
    CHECK ((decision = 'approve') = (method IS NOT NULL)),
    CHECK ((decision = 'approve') = (key_digest IS NOT NULL)),
    CHECK ((decision = 'decline') = (reason IS NOT NULL))
  ) STRICT;
  -- Nobody counts twice, and no key does.
  CREATE UNIQUE INDEX approval_decisions_by_person ON approval_decisions (request_id, person_id);
  CREATE UNIQUE INDEX approval_decisions_by_key ON approval_decisions (request_id, key_digest)
    WHERE key_digest IS NOT NULL;

  CREATE TABLE approval_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES approval_requests (id),
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX approval_messages_by_request ON approval_messages (request_id, id);

  -- What was issued under a request: one certificate for an order.
  CREATE TABLE approval_uses (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    request_id TEXT NOT NULL REFERENCES approval_requests (id),
    certificate_id TEXT NOT NULL REFERENCES certificates (id),
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX approval_uses_by_request ON approval_uses (request_id, used_at);

  -- An authorization that waits for a request to be approved, or by which somebody approves it.
  ALTER TABLE authorizations ADD COLUMN approval_id TEXT REFERENCES approval_requests (id);
  ALTER TABLE authorizations ADD COLUMN approves INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX authorizations_by_approval ON authorizations (approval_id) WHERE approval_id IS NOT NULL;
`;
