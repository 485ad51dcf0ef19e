import { AccountStore } from './account-store.ts';
import { ActivityLog } from './activity-log.ts';
import { ApprovalTable } from './approval-table.ts';
import { AuthenticatorTable } from './authenticator-table.ts';
import { CredentialStore } from './credential-store.ts';
import { openDatabase } from './database.ts';
import { EnrollmentJournal } from './enrollment-journal.ts';
import { InstallJournal } from './install-journal.ts';
import { MasterKeyStore } from './master-key-store.ts';
import { OrganizationStore } from './organization-store.ts';
import type { Report } from './readable-rows.ts';
import { RegisteredKeyTable } from './registered-key-table.ts';
import { SealedKeyTable } from './sealed-key-table.ts';
import { SettingsStore } from './settings-store.ts';
import { Table } from './table.ts';
import { TokenKeyTable } from './token-key-table.ts';
import { TokenModuleTable } from './token-module-table.ts';

/** Everything that is remembered on disk. */
export interface Wallet {
  readonly organizations: OrganizationStore;
  readonly accounts: AccountStore;
  readonly sealedKeys: SealedKeyTable;
  readonly tokenKeys: TokenKeyTable;
  readonly tokenModules: TokenModuleTable;
  readonly registeredKeys: RegisteredKeyTable;
  readonly authenticators: AuthenticatorTable;
  readonly approvals: ApprovalTable;
  readonly enrollments: EnrollmentJournal;
  readonly credentials: CredentialStore;
  readonly installing: InstallJournal;
  readonly activity: ActivityLog;
  readonly settings: SettingsStore;
  readonly masterKey: MasterKeyStore;
  /** All of `work` is on the disk when this returns, or none of it. */
  transaction<T>(work: () => T): T;
  /** From here on every store throws. */
  close(): void;
}

export interface WalletOptions {
  /** The wallet's own directory; made, and closed to other users, when it is not so. */
  readonly directory: string;
  readonly clock: () => Date;
  /** Hears of rows that cannot be read. */
  readonly report: Report;
}

/** Opens the wallet's file for this process alone, or throws `WalletError` and leaves the file as it is. */
export function openWallet(options: WalletOptions): Wallet {
  const database = openDatabase(options.directory);
  const table = new Table(database);
  return {
    organizations: new OrganizationStore(table, options.report),
    accounts: new AccountStore(table, options.report),
    sealedKeys: new SealedKeyTable(table),
    tokenKeys: new TokenKeyTable(table, options.report),
    tokenModules: new TokenModuleTable(table, options.clock),
    registeredKeys: new RegisteredKeyTable(table, options.report),
    authenticators: new AuthenticatorTable(table),
    approvals: new ApprovalTable(table, options),
    enrollments: new EnrollmentJournal(table, options.report),
    credentials: new CredentialStore(table, options.report),
    installing: new InstallJournal(table, options),
    activity: new ActivityLog(table, options.clock),
    settings: new SettingsStore(table),
    masterKey: new MasterKeyStore(table),
    transaction: (work) => table.transaction(work),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}
