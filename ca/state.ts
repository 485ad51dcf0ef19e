import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createAccounts } from './state/accounts.ts';
import type { Accounts } from './state/accounts.ts';
import { createApprovalLog } from './state/approval-log.ts';
import type { ApprovalLog } from './state/approval-log.ts';
import { createApprovalReminders } from './state/approval-reminders.ts';
import type { ApprovalReminders } from './state/approval-reminders.ts';
import { createApprovalRules } from './state/approval-rules.ts';
import type { ApprovalRules } from './state/approval-rules.ts';
import { createApprovalDecisions, createApprovalMessages } from './state/approval-decisions.ts';
import type { ApprovalDecisions, ApprovalMessages } from './state/approval-decisions.ts';
import { createApprovals } from './state/approvals.ts';
import type { Approvals } from './state/approvals.ts';
import { createAuthorizations } from './state/authorizations.ts';
import type { Authorizations } from './state/authorizations.ts';
import { createCertificates } from './state/certificates.ts';
import type { Certificates } from './state/certificates.ts';
import { createChallenges } from './state/challenges.ts';
import type { Challenges } from './state/challenges.ts';
import { createHotpCredentials, createOtpCredentials } from './state/code-credentials.ts';
import type { HotpCredentials, OtpCredentials } from './state/code-credentials.ts';
import { createDevices } from './state/devices.ts';
import type { Devices } from './state/devices.ts';
import { createInvitations } from './state/invitations.ts';
import type { Invitations } from './state/invitations.ts';
import { createLedger } from './state/ledger.ts';
import type { Ledger } from './state/ledger.ts';
import { createMembers } from './state/members.ts';
import type { Members } from './state/members.ts';
import { createOrders } from './state/orders.ts';
import type { Orders } from './state/orders.ts';
import { createOrganizations } from './state/organizations.ts';
import type { Organizations } from './state/organizations.ts';
import { createOutbox } from './state/outbox.ts';
import type { Outbox } from './state/outbox.ts';
import { createOtpRounds, createSpentTexts } from './state/otp-rounds.ts';
import type { OtpRounds, SpentTexts } from './state/otp-rounds.ts';
import { createPersons, createTotpCredentials } from './state/persons.ts';
import type { Persons, TotpCredentials } from './state/persons.ts';
import { createRegisteredDomains } from './state/registered-domains.ts';
import type { RegisteredDomains } from './state/registered-domains.ts';
import { createSubjectCertificates } from './state/subject-certificates.ts';
import type { SubjectCertificates } from './state/subject-certificates.ts';
import { createThrottles } from './state/throttles.ts';
import type { Throttles } from './state/throttles.ts';
import { createPasskeys } from './state/passkeys.ts';
import type { Passkeys } from './state/passkeys.ts';
import { createRegisteredKeys } from './state/registered-keys.ts';
import type { RegisteredKeys } from './state/registered-keys.ts';
import { createRegistrations } from './state/registrations.ts';
import type { Registrations } from './state/registrations.ts';
import { migrations, SEALED_SINCE } from './state/schema.ts';
import { createSeal } from './state/seal.ts';
import type { Seal } from './state/seal.ts';
import { openSealingKey } from './state/sealing-key.ts';
import { createTransactions } from './state/transactions.ts';
import type { Transactions } from './state/transactions.ts';
import { StateError, text } from './state/rows.ts';

export type Settings = {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
};

/** What the CA remembers: everything but nonces. */
export type State = {
  readonly accounts: Accounts;
  readonly orders: Orders;
  readonly authorizations: Authorizations;
  readonly challenges: Challenges;
  readonly certificates: Certificates;
  readonly persons: Persons;
  readonly devices: Devices;
  readonly totpCredentials: TotpCredentials;
  readonly hotpCredentials: HotpCredentials;
  readonly otpCredentials: OtpCredentials;
  readonly otpRounds: OtpRounds;
  readonly spentTexts: SpentTexts;
  readonly throttles: Throttles;
  readonly passkeys: Passkeys;
  readonly registeredKeys: RegisteredKeys;
  readonly registrations: Registrations;
  readonly invitations: Invitations;
  readonly subjectCertificates: SubjectCertificates;
  readonly registeredDomains: RegisteredDomains;
  readonly organizations: Organizations;
  readonly members: Members;
  readonly approvalRules: ApprovalRules;
  readonly approvalLog: ApprovalLog;
  readonly approvals: Approvals;
  readonly approvalDecisions: ApprovalDecisions;
  readonly approvalMessages: ApprovalMessages;
  readonly approvalReminders: ApprovalReminders;
  readonly outbox: Outbox;
  readonly settings: Settings;
  /** The number for the next revocation list (RFC 5280 §5.2.3), one more each time. */
  nextCrlNumber(): number;
  ledger(): Ledger;
  /** Runs synchronous steps as one: all of them are kept, or none. */
  transaction<T>(steps: () => T): T;
  close(): void;
};

/** Opens, and when needed creates, `ca.sqlite` in a directory; without one the state lives in memory. */
export function openState(directory: string | undefined): State {
  const database = new DatabaseSync(directory === undefined ? ':memory:' : databaseFile(directory));
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
     PRAGMA secure_delete = ON;`,
  );
  const transactions = createTransactions(database);
  const seal = migrate(database, { directory, transactions });
  return {
    accounts: createAccounts(database),
    orders: createOrders(database),
    authorizations: createAuthorizations(database),
    challenges: createChallenges(database),
    certificates: createCertificates(database),
    persons: createPersons(database),
    devices: createDevices(database),
    totpCredentials: createTotpCredentials(database, seal),
    hotpCredentials: createHotpCredentials(database, seal),
    otpCredentials: createOtpCredentials(database, seal),
    otpRounds: createOtpRounds(database),
    spentTexts: createSpentTexts(database, seal),
    throttles: createThrottles(database),
    passkeys: createPasskeys(database),
    registeredKeys: createRegisteredKeys(database),
    registrations: createRegistrations(database),
    invitations: createInvitations(database, seal),
    subjectCertificates: createSubjectCertificates(database),
    registeredDomains: createRegisteredDomains(database),
    organizations: createOrganizations(database),
    members: createMembers(database),
    approvalRules: createApprovalRules(database),
    approvalLog: createApprovalLog(database, { seal, transactions }),
    approvals: createApprovals(database),
    approvalDecisions: createApprovalDecisions(database),
    approvalMessages: createApprovalMessages(database),
    approvalReminders: createApprovalReminders(database, transactions),
    outbox: createOutbox(database),
    settings: createSettings(database),
    nextCrlNumber: prepareCrlNumber(database),
    ledger: createLedger(database),
    transaction: (steps) => transactions.run(steps),
    close: () => database.close(),
  };
}

/** For the owner only. SQLite gives its side files the same mode. */
function databaseFile(directory: string): string {
  const file = join(directory, 'ca.sqlite');
  closeSync(openSync(file, 'a', 0o600));
  return file;
}

type Migrating = {
  readonly directory: string | undefined;
  readonly transactions: Transactions;
};

function migrate(database: DatabaseSync, { directory, transactions }: Migrating): Seal {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > migrations.length) {
    throw new StateError(`the state is of version ${version}, newer than this server`);
  }
  const seal = createSeal(openSealingKey(directory, version >= SEALED_SINCE));
  migrations.slice(version).forEach((migration, index) => {
    transactions.run(() => {
      if (typeof migration === 'string') database.exec(migration);
      else migration(database, seal);
      database.exec(`PRAGMA user_version = ${version + index + 1}`);
    });
  });
  if (version > 0 && version < SEALED_SINCE) {
    // Nothing of what was in clear is to stay, in pages that are no longer used or in the log.
    database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE);');
  }
  return seal;
}

function createSettings(database: DatabaseSync): Settings {
  const select = database.prepare('SELECT value FROM settings WHERE name = ?');
  const upsert = database.prepare(
    `INSERT INTO settings (name, value) VALUES (?, ?)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  return {
    get(name) {
      const row = select.get(name);
      return row === undefined ? undefined : text(row, 'value');
    },
    set: (name, value) => void upsert.run(name, value),
  };
}

function prepareCrlNumber(database: DatabaseSync): () => number {
  const increment = database.prepare(
    `INSERT INTO settings (name, value) VALUES ('crlNumber', '1')
     ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
  );
  return () => Number(increment.get()?.['value']);
}
