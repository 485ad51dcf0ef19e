import type { PublishedRecord, RecordPublisher } from './record-publisher.ts';
import type { TxtRecord } from './txt-record.ts';

/** A person who adds records where only they can. */
export interface RecordKeeper {
  /** Shows the record; resolves when the person says that it is published. */
  ask(record: TxtRecord, signal: AbortSignal): Promise<void>;
  /** Says that the record is no longer needed. */
  release(record: TxtRecord): void;
}

export interface ByHandOptions {
  readonly keeper: RecordKeeper;
  /** Resolves when the record can be seen: then nobody needs to say so. */
  readonly seen?: (record: TxtRecord, signal: AbortSignal) => Promise<void>;
}

/** Publishes by showing the record to a person, until they say that it is there or it can be seen. */
export class ByHandPublisher implements RecordPublisher {
  readonly #options: ByHandOptions;

  constructor(options: ByHandOptions) {
    this.#options = options;
  }

  suits(): boolean {
    return true;
  }

  async publish(record: TxtRecord, signal?: AbortSignal): Promise<PublishedRecord> {
    const { keeper, seen } = this.#options;
    signal?.throwIfAborted();
    const settled = new AbortController();
    const either = signal ? AbortSignal.any([signal, settled.signal]) : settled.signal;
    const remove = (): Promise<void> => {
      keeper.release(record);
      return Promise.resolve();
    };
    try {
      // That it was not seen in time is no reason to stop waiting for the person.
      await Promise.any([keeper.ask(record, either), ...(seen ? [seen(record, either)] : [])]);
    } catch (error) {
      await remove();
      signal?.throwIfAborted();
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      settled.abort();
    }
    return { remove };
  }
}
