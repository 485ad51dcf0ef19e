import type { ActivityEntry } from '../../shared/models/credential.ts';

export interface ActivityFilter {
  readonly credentialId?: string;
  readonly organizationId?: string;
  /** 200 when not said. */
  readonly limit?: number;
}

/** What the wallet did; entries are added and never changed. */
export interface ActivityLog {
  append(entry: Omit<ActivityEntry, 'at'>): void;
  /** Newest first. */
  entries(filter?: ActivityFilter): readonly ActivityEntry[];
}
