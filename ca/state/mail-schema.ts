/** Mails that are on their way, and what somebody asked to be reminded of. */
export const mailTables = `
  CREATE TABLE mail_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX mail_outbox_due ON mail_outbox (due_at);
  CREATE TABLE approval_reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL
  ) STRICT;
`;
