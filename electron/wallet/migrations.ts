/** Marks the file as ours (https://www.sqlite.org/fileformat.html#application_id): "CSGN". */
export const applicationId = 0x4353474e;

/** Each entry takes the schema one `user_version` further. Entries that were released never change. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    signed_profile TEXT NOT NULL,
    signer TEXT NOT NULL,
    vouched_by TEXT NOT NULL,
    invited_email TEXT,
    joined_at TEXT NOT NULL,
    external_account BLOB
  ) STRICT;

  CREATE TABLE accounts (
    organization_id TEXT NOT NULL,
    directory_url TEXT NOT NULL,
    key_id TEXT NOT NULL,
    account_url TEXT,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (organization_id, directory_url)
  ) STRICT;

  CREATE TABLE sealed_keys (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  CREATE TABLE enrollments (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;

  CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    issued_at TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX credentials_by_issue ON credentials (issued_at);

  CREATE TABLE activity (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    organization_id TEXT,
    credential_id TEXT,
    detail TEXT
  ) STRICT;
  CREATE INDEX activity_by_credential ON activity (credential_id);
  CREATE INDEX activity_by_organization ON activity (organization_id);
  CREATE TRIGGER activity_never_changes BEFORE UPDATE ON activity
    BEGIN SELECT raise(ABORT, 'activity is append only'); END;
  CREATE TRIGGER activity_never_leaves BEFORE DELETE ON activity
    BEGIN SELECT raise(ABORT, 'activity is append only'); END;

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  CREATE TABLE master_key (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL
  ) STRICT;
  `,
  // Wallets of one person share a secret store: each has a name of its own for its master key. One that has sealed
  // already keeps the name that all of them had.
  `
  CREATE TABLE secret_name (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    name TEXT NOT NULL
  ) STRICT;

  INSERT INTO secret_name SELECT 1, CASE
    WHEN EXISTS (SELECT 1 FROM master_key) THEN 'master-key'
    ELSE 'master-key-' || lower(hex(randomblob(16))) END;
  `,
  // Keys that live elsewhere. An account tells where its key is, and which other one it is being given.
  `
  CREATE TABLE token_keys (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    cka_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    origin TEXT NOT NULL,
    spki BLOB
  ) STRICT;

  CREATE TABLE token_modules (
    path TEXT PRIMARY KEY,
    added_at TEXT NOT NULL
  ) STRICT;

  ALTER TABLE accounts ADD COLUMN key_type TEXT NOT NULL DEFAULT 'P-256';
  ALTER TABLE accounts ADD COLUMN key_place TEXT NOT NULL DEFAULT 'software';
  ALTER TABLE accounts ADD COLUMN key_change TEXT;
  `,
  // Key pairs that an organisation knows as the person's. The row is there before the key is, and before the CA knows it.
  `
  CREATE TABLE registered_keys (
    key_id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL,
    thumbprint TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX registered_keys_by_organization ON registered_keys (organization_id);
  `,
  // The wallet's own authenticator. `next`: the first counter or time step of which no code was made.
  `
  CREATE TABLE authenticators (
    organization_id TEXT PRIMARY KEY,
    setup TEXT NOT NULL,
    sealed BLOB NOT NULL,
    next INTEGER NOT NULL
  ) STRICT;
  `,
  // What is being done at a target, written down before it begins; and what became of that which was interrupted.
  `
  CREATE TABLE install_deeds (
    credential_id TEXT NOT NULL,
    target TEXT NOT NULL,
    deed TEXT NOT NULL,
    from_id TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    PRIMARY KEY (credential_id, target, deed, from_id)
  ) STRICT;

  CREATE TABLE interrupted_installs (
    credential_id TEXT NOT NULL,
    target TEXT NOT NULL,
    name TEXT NOT NULL,
    outcome TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (credential_id, target)
  ) STRICT;
  `,
  // Receipts of decisions, as the CA made them and as they were found to be; and of what the person was told once.
  `
  CREATE TABLE approval_receipts (
    id TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    approval_url TEXT NOT NULL,
    receipt_url TEXT NOT NULL,
    found TEXT NOT NULL,
    cms BLOB NOT NULL,
    kept_at TEXT NOT NULL,
    UNIQUE (organization_id, receipt_url)
  ) STRICT;

  CREATE TABLE approval_notices (
    organization_id TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (organization_id, url)
  ) STRICT, WITHOUT ROWID;
  `,
];
