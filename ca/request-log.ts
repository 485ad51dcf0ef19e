import type { RequestLog, RequestLogEntry } from './running-ca.ts';

export type RequestRecorder = RequestLog & { record(entry: RequestLogEntry): void };

const CAPACITY = 20_000;

export function createRequestLog(): RequestRecorder {
  let entries: RequestLogEntry[] = [];
  return {
    record(entry) {
      entries.push(entry);
      // Dropping half at a time keeps the cost of a request constant.
      if (entries.length > CAPACITY * 2) entries = entries.slice(-CAPACITY);
    },
    entries: () => entries.slice(-CAPACITY),
    count: (filter = {}) =>
      entries
        .slice(-CAPACITY)
        .filter(
          ({ method, resource }) =>
            (filter.method ?? method) === method && (filter.resource ?? resource) === resource,
        ).length,
    clear() {
      entries = [];
    },
  };
}
