export const accountStatuses = ['needs-registration', 'valid', 'deactivated', 'revoked'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** An ACME account (RFC 8555 §7.1.2) of an organisation; one key per directory. */
export interface AccountRecord {
  readonly organizationId: string;
  readonly directoryUrl: string;
  /** Which sealed key signs for the account. */
  readonly keyId: string;
  /** Absent until the CA has answered newAccount. */
  readonly accountUrl?: string;
  readonly status: AccountStatus;
  readonly createdAt: string;
}

export interface AccountStore {
  find(organizationId: string, directoryUrl: string): AccountRecord | undefined;
  save(record: AccountRecord): void;
}
