import type { TxtRecord } from './txt-record.ts';

/** A record that is out. */
export interface PublishedRecord {
  /** Takes away exactly this record. */
  readonly remove: () => Promise<void>;
}

/** Gets TXT records into the DNS: by update, or by a person's hand. */
export interface RecordPublisher {
  /** Whether it could, as far as can be told without asking anybody. */
  suits(name: string): boolean;
  /** Rejects with nothing left behind; an abort rejects with the signal's reason. */
  publish(record: TxtRecord, signal?: AbortSignal): Promise<PublishedRecord>;
}
