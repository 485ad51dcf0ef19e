import type { AccountStore } from './account-store.ts';
import type { ActivityLog } from './activity-log.ts';
import type { CredentialStore } from './credential-store.ts';
import type { EnrollmentJournal } from './enrollment-journal.ts';
import type { MasterKeyRecord } from './master-key-record.ts';
import type { OrganizationStore } from './organization-store.ts';
import type { SealedKeys } from './sealed-keys.ts';
import type { SettingsStore } from './settings-store.ts';

/** Everything that is remembered on disk. */
export interface Wallet {
  readonly organizations: OrganizationStore;
  readonly accounts: AccountStore;
  readonly sealedKeys: SealedKeys;
  readonly enrollments: EnrollmentJournal;
  readonly credentials: CredentialStore;
  readonly activity: ActivityLog;
  readonly settings: SettingsStore;
  readonly masterKey: MasterKeyRecord;
  /** All of `work` is on the disk when this returns, or none of it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export interface WalletOptions {
  /** Made with mode 0700 when missing. */
  readonly directory: string;
  readonly clock: () => Date;
}

/** Opens the wallet's file, or throws `WalletError` and leaves the file alone. */
export declare function openWallet(options: WalletOptions): Wallet;
