import type { DatabaseSync } from 'node:sqlite';
import { beginApprovalLog } from './approval-log.ts';
import { mailTables } from './mail-schema.ts';
import { approvalTables } from './approval-schema.ts';
import { organizationTables } from './organization-schema.ts';
import type { Seal } from './seal.ts';
import { sealSecrets } from './sealed-columns.ts';

export type Migration = string | ((database: DatabaseSync, seal: Seal) => void);

/**
 * One entry per version of the schema, applied in order. Times are milliseconds since 1970. No status is
 * stored: `status.ts` derives it from these facts, so that no impossible one can be.
 */
export const migrations: readonly Migration[] = [
  `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    registered_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE totp_credentials (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    secret TEXT NOT NULL,
    digits INTEGER NOT NULL,
    period INTEGER NOT NULL,
    last_step INTEGER NOT NULL DEFAULT -1,
    consecutive_failures INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE totp_failures (person_id TEXT NOT NULL, failed_at INTEGER NOT NULL) STRICT;
  CREATE INDEX totp_failures_by_person ON totp_failures (person_id, failed_at);

  CREATE TABLE invitations (
    kid TEXT PRIMARY KEY,
    mac_key BLOB NOT NULL,
    person_id TEXT REFERENCES people (id),
    service TEXT,
    reusable INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    CHECK ((person_id IS NULL) <> (service IS NULL))
  ) STRICT;

  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    jwk TEXT NOT NULL,
    thumbprint TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL,
    terms_agreed_at INTEGER,
    binding TEXT,
    kid TEXT REFERENCES invitations (kid),
    person_id TEXT REFERENCES people (id),
    created_at INTEGER NOT NULL,
    deactivated_at INTEGER
  ) STRICT;

  CREATE TABLE orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    profile TEXT NOT NULL,
    identifiers TEXT NOT NULL,
    not_before INTEGER,
    not_after INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    request BLOB,
    certificate_id TEXT,
    error TEXT,
    CHECK (certificate_id IS NULL OR error IS NULL)
  ) STRICT;
  CREATE INDEX orders_by_account ON orders (account_id, sequence);
  CREATE INDEX orders_open ON orders (account_id, expires_at)
    WHERE certificate_id IS NULL AND error IS NULL;
  CREATE INDEX orders_in_processing ON orders (sequence)
    WHERE request IS NOT NULL AND certificate_id IS NULL AND error IS NULL;

  CREATE TABLE authorizations (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    identifier_type TEXT NOT NULL,
    identifier_value TEXT NOT NULL,
    wildcard INTEGER NOT NULL,
    preauthorized INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    granted_at INTEGER,
    deactivated_at INTEGER
  ) STRICT;
  CREATE INDEX authorizations_by_identifier
    ON authorizations (account_id, identifier_type, identifier_value, expires_at);
  CREATE INDEX preauthorizations_by_identifier
    ON authorizations (account_id, identifier_type, identifier_value, expires_at)
    WHERE preauthorized = 1;

  CREATE TABLE order_authorizations (
    order_id TEXT NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    authorization_id TEXT NOT NULL REFERENCES authorizations (id),
    PRIMARY KEY (order_id, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX orders_by_authorization ON order_authorizations (authorization_id);

  CREATE TABLE challenges (
    id TEXT PRIMARY KEY,
    authorization_id TEXT NOT NULL REFERENCES authorizations (id),
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    token TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    key_authorization TEXT,
    responded_at INTEGER,
    validated_at INTEGER,
    failed_at INTEGER,
    error TEXT,
    CHECK (validated_at IS NULL OR failed_at IS NULL)
  ) STRICT;
  CREATE INDEX challenges_by_authorization ON challenges (authorization_id, position);
  CREATE INDEX challenges_in_processing ON challenges (id)
    WHERE responded_at IS NOT NULL AND validated_at IS NULL AND failed_at IS NULL;

  CREATE TABLE certificates (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    order_id TEXT NOT NULL REFERENCES orders (id),
    serial BLOB NOT NULL UNIQUE,
    identifiers TEXT NOT NULL,
    leaf BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    revoked_at INTEGER,
    reason INTEGER
  ) STRICT;
  CREATE INDEX certificates_revoked ON certificates (revoked_at) WHERE revoked_at IS NOT NULL;
  `,
  `
  -- RFC 9773: the certificate that an order replaces.
  ALTER TABLE orders ADD COLUMN replaces_id TEXT REFERENCES certificates (id);
  CREATE INDEX orders_by_predecessor ON orders (replaces_id) WHERE replaces_id IS NOT NULL;
  CREATE INDEX orders_by_time ON orders (account_id, created_at);
  -- RFC 9444: whether an authorization covers the names below its own.
  ALTER TABLE authorizations ADD COLUMN subdomains INTEGER NOT NULL DEFAULT 0;
  -- RFC 8555 §7.3.3: which version of the terms an account agreed to.
  ALTER TABLE accounts ADD COLUMN terms_version TEXT NOT NULL DEFAULT '1';
  `,
  `
  CREATE TABLE devices (
    identifier TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    bound_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO devices (identifier, person_id, bound_at)
    SELECT one.value ->> 'value', a.person_id, c.issued_at
    FROM certificates c JOIN accounts a ON a.id = c.account_id, json_each(c.identifiers) one
    WHERE one.value ->> 'type' = 'permanent-identifier' AND a.person_id IS NOT NULL
    ORDER BY c.issued_at, c.rowid;
  `,
  sealSecrets,
  `
  -- The throttle of any credential. When one is locked, and until when, follows from its failures.
  CREATE TABLE throttles (
    credential TEXT PRIMARY KEY,
    failures_in_a_row INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE throttled_failures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    credential TEXT NOT NULL,
    failed_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX throttled_failures_by_credential ON throttled_failures (credential, failed_at);
  INSERT INTO throttles (credential, failures_in_a_row)
    SELECT 'totp:' || person_id, consecutive_failures FROM totp_credentials
    WHERE consecutive_failures > 0;
  INSERT INTO throttled_failures (credential, failed_at)
    SELECT 'totp:' || person_id, failed_at FROM totp_failures ORDER BY failed_at;
  DROP TABLE totp_failures;
  ALTER TABLE totp_credentials DROP COLUMN consecutive_failures;
  ALTER TABLE totp_credentials DROP COLUMN locked_until;
  `,
  `
  CREATE TABLE passkeys (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    public_key BLOB NOT NULL,
    sign_count INTEGER NOT NULL,
    transports TEXT NOT NULL,
    device_type TEXT NOT NULL,
    backed_up INTEGER NOT NULL,
    aaguid TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    flagged_at INTEGER
  ) STRICT;
  CREATE INDEX passkeys_by_person ON passkeys (person_id, created_at);

  CREATE TABLE user_handles (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    handle TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registered_keys (
    thumbprint TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    jwk TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
  ) STRICT;
  CREATE INDEX registered_keys_by_person ON registered_keys (person_id, created_at);

  CREATE TABLE passkey_registrations (
    holder TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    challenge TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE registration_links (
    digest TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Certificates by which a person or a service may prove who they are.
  CREATE TABLE subject_certificates (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    certificate BLOB NOT NULL UNIQUE,
    on_token INTEGER NOT NULL,
    added_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX subject_certificates_by_subject ON subject_certificates (subject, added_at);
  -- Who may prove themselves with any certificate that this CA issued to them.
  CREATE TABLE accepted_issued (subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE registered_domains (
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (owner, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX accounts_by_person ON accounts (person_id) WHERE person_id IS NOT NULL;
  CREATE INDEX accounts_by_kid ON accounts (kid) WHERE kid IS NOT NULL;
  CREATE INDEX certificates_by_account ON certificates (account_id, not_after);
  ALTER TABLE authorizations ADD COLUMN profile TEXT NOT NULL DEFAULT '';
  -- The profile of this name is another from here on, and what was issued by the earlier one proves no service.
  UPDATE orders SET profile = 'web-service' WHERE profile = 'service';
  `,
  `
  CREATE TABLE hotp_credentials (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    secret BLOB NOT NULL,
    digits INTEGER NOT NULL,
    counter INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Codes that are worked out here, by OCRA, or that another server judges.
  CREATE TABLE otp_credentials (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    suite TEXT,
    secret BLOB,
    user_name TEXT,
    CHECK ((suite IS NULL) = (secret IS NULL) AND (suite IS NULL) <> (user_name IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE otp_rounds (
    challenge_id TEXT PRIMARY KEY REFERENCES challenges (id),
    state BLOB,
    message TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE spent_texts (
    credential TEXT NOT NULL,
    text BLOB NOT NULL,
    spent_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX spent_texts_by_credential ON spent_texts (credential, spent_at);
  `,
  organizationTables,
  mailTables,
  approvalTables,
  beginApprovalLog,
];

/** The version of the schema from which on secrets are sealed. */
export const SEALED_SINCE = migrations.indexOf(sealSecrets) + 1;
