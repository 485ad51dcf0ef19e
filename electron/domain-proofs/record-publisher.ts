import type { TxtRecord } from './txt-record.ts';

/** A record that is out. */
export interface PublishedRecord {
  /** Takes away exactly this record. */
  readonly remove: () => Promise<void>;
}

/** How long a record shall be there: for a challenge, when not said. */
export type Stay = 'for-now' | 'for-good';

/** Gets TXT records into the DNS: by update, or by a person's hand. */
export interface RecordPublisher {
  /** Whether it could, as far as can be told without asking anybody. */
  suits(name: string): boolean;
  /**
   * Rejects with nothing left behind, but never takes away a record that is to be there for good: it may have been before.
   * An abort rejects with the signal's reason.
   */
  publish(record: TxtRecord, signal?: AbortSignal, stay?: Stay): Promise<PublishedRecord>;
}
