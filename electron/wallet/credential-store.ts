import { z } from 'zod';
import { keyPlaces, keyTypes, purposes } from '../../shared/models/enrollment-profile.ts';
import { localizedText } from '../../shared/models/text.ts';
import { jsonColumn, textColumn } from './json-column.ts';
import {
  certificateFingerprint,
  identifier,
  credentialUse,
  identity,
  installation,
  time,
  tokenReference,
  url,
} from './schemas.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import type { Table } from './table.ts';

const credential = z.strictObject({
  id: identity,
  organizationId: identity,
  offerId: identity,
  name: localizedText(80),
  purpose: z.enum(purposes),
  subject: z.string(),
  /** What was ordered; absent in records of earlier versions. */
  identifiers: z.array(identifier).min(1).readonly().exactOptional(),
  status: z.enum(['active', 'revoked']),
  issuedAt: time,
  notBefore: time,
  notAfter: time,
  renewal: z.strictObject({ start: time, end: time }),
  /** The CA refused to renew it, and is not asked again before. */
  renewalHeldUntil: time.exactOptional(),
  key: z.strictObject({
    id: identity,
    type: z.enum(keyTypes),
    place: z.enum(keyPlaces),
    exportable: z.boolean(),
    /** The token that has it. */
    token: tokenReference.exactOptional(),
    /** The certificate beside the key whose loss the person agreed to. */
    replaces: certificateFingerprint.exactOptional(),
  }),
  /** PEM, leaf first. */
  chain: z.string(),
  directoryUrl: url,
  ...credentialUse,
  installations: z.array(installation).readonly(),
  /** What was issued in its place, as long as it stays beside it. */
  successorId: identity.exactOptional(),
});

/** An issued certificate, its key, and where it was put. */
export type CredentialRecord = Readonly<z.infer<typeof credential>>;

export class CredentialStore {
  readonly #table: Table;
  readonly #readable: ReadableRows;
  /** What was parsed before, with the text that it was parsed from: a list of thousands is asked for often. */
  #parsed: ReadonlyMap<string, CredentialRecord> = new Map();

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading a credential', report);
  }

  /** Newest first, without those that cannot be read. */
  list(): readonly CredentialRecord[] {
    const rows = this.#table.rows('SELECT id, record FROM credentials ORDER BY issued_at DESC, id');
    const parsed = new Map(
      this.#readable.read(rows, (row) => {
        const text = textColumn(row, 'record');
        return [text, this.#parsed.get(text) ?? jsonColumn(row, 'record', credential)] as const;
      }),
    );
    this.#parsed = parsed;
    return [...parsed.values()];
  }

  find(id: string): CredentialRecord | undefined {
    const row = this.#table.row('SELECT record FROM credentials WHERE id = :id', { id });
    return row === undefined ? undefined : jsonColumn(row, 'record', credential);
  }

  /** Adds or replaces. */
  save(record: CredentialRecord): void {
    this.#table.run(
      `INSERT OR REPLACE INTO credentials (id, issued_at, record) VALUES (:id, :issuedAt, :record)`,
      { id: record.id, issuedAt: record.issuedAt, record: JSON.stringify(record) },
    );
  }

  remove(id: string): void {
    this.#table.run('DELETE FROM credentials WHERE id = :id', { id });
  }
}
