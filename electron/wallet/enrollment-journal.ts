import { z } from 'zod';
import {
  keyPlaces,
  keyTypes,
  purposes,
  serviceUsages,
} from '../../shared/models/enrollment-profile.ts';
import { installTargets } from '../../shared/models/credential.ts';
import { localizedText } from '../../shared/models/text.ts';
import { jsonColumn } from './json-column.ts';
import {
  certificateFingerprint,
  failure,
  identifier,
  credentialUse,
  identity,
  installResult,
  time,
  timelineEntry,
  tokenKeyId,
  tokenReference,
  url,
} from './schemas.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import type { Table } from './table.ts';

/** What one enrolment needs next, and how it can have ended. */
const journalStates = [
  'needs-key',
  'needs-account',
  'needs-order',
  'needs-proof',
  'needs-issuance',
  'needs-certificate',
  'needs-installation',
  'done',
  'failed',
  'cancelled',
] as const;
export type JournalState = (typeof journalStates)[number];

const plan = z.strictObject({
  organizationId: identity,
  offerId: identity,
  name: localizedText(80),
  purpose: z.enum(purposes),
  /** In place of the purpose's usual one. */
  usages: z.array(z.enum(serviceUsages)).readonly().exactOptional(),
  directoryUrl: url,
  subject: z.string(),
  commonName: z.string().exactOptional(),
  userPrincipalName: z.string().exactOptional(),
  identifiers: z.array(identifier).min(1).readonly(),
  /** The ACME profile to order. */
  profile: z.string().exactOptional(),
  key: z.strictObject({
    type: z.enum(keyTypes),
    place: z.enum(keyPlaces),
    exportable: z.boolean(),
    /** The token that has it, or is to have it. */
    token: tokenReference.exactOptional(),
    /** A key that is there already. */
    existing: tokenKeyId.exactOptional(),
    /** The certificate beside it whose loss the person agreed to. */
    replaces: certificateFingerprint.exactOptional(),
    /** How long a login may be held. */
    hold: z.strictObject({ seconds: z.int(), uses: z.int() }).exactOptional(),
  }),
  targets: z.array(z.enum(installTargets)).readonly(),
  /** Others are asked to approve it, in these words; absent: nobody is asked by this wallet. */
  approval: z.strictObject({ reason: z.string() }).exactOptional(),
  /** Key, certificate and record are thrown away after use. */
  once: z.literal(true).exactOptional(),
  ...credentialUse,
  renewalFraction: z.number().exactOptional(),
  /** What it takes the place of; RFC 9773 §4.1 is how the CA calls its certificate. */
  renews: z
    .strictObject({ credentialId: identity, certificateIdentifier: z.string().exactOptional() })
    .exactOptional(),
});

/** What was decided before anything was asked of the CA; it never changes afterwards. */
export type EnrollmentPlan = Readonly<z.infer<typeof plan>>;

const record = z.strictObject({
  id: identity,
  state: z.enum(journalStates),
  startedAt: time,
  plan,
  timeline: z.array(timelineEntry).readonly(),
  keyId: identity,
  credentialId: identity,
  /** Before newOrder is sent: from then on there may be an order whose URL never arrived. */
  orderRequestedAt: time.exactOptional(),
  orderUrl: url.exactOptional(),
  /** The last answer that went to the CA; the code itself is nowhere. */
  answerSent: z
    .strictObject({ authorizationUrl: url, challengeUrl: url, at: time })
    .exactOptional(),
  /** DER, base64url: a repeated finalize sends the same request. */
  csr: z.string().exactOptional(),
  /** What the key's token said of it when it was there; for those who approve. */
  keyReport: z.strictObject({ neverExtractable: z.boolean(), local: z.boolean() }).exactOptional(),
  /** The request that others decide. */
  approvalUrl: url.exactOptional(),
  certificateUrl: url.exactOptional(),
  results: z.array(installResult).readonly().exactOptional(),
  failure: failure.exactOptional(),
});

/** One enrolment as the disk knows it. Each fact is written before the deed that it announces. */
export type EnrollmentRecord = Readonly<z.infer<typeof record>>;

export class EnrollmentJournal {
  readonly #table: Table;
  readonly #readable: ReadableRows;

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading an enrolment', report);
  }

  /** Oldest first, without those that cannot be read. */
  list(): readonly EnrollmentRecord[] {
    const rows = this.#table.rows('SELECT id, record FROM enrollments ORDER BY started_at, rowid');
    return this.#readable.read(rows, (row) => jsonColumn(row, 'record', record));
  }

  find(id: string): EnrollmentRecord | undefined {
    const row = this.#table.row('SELECT record FROM enrollments WHERE id = :id', { id });
    return row === undefined ? undefined : jsonColumn(row, 'record', record);
  }

  /** Adds or replaces; on the disk when this returns. */
  write(entry: EnrollmentRecord): void {
    this.#table.run(
      `INSERT INTO enrollments (id, state, started_at, record)
       VALUES (:id, :state, :startedAt, :record)
       ON CONFLICT (id) DO UPDATE SET state = excluded.state, record = excluded.record`,
      {
        id: entry.id,
        state: entry.state,
        startedAt: entry.startedAt,
        record: JSON.stringify(entry),
      },
    );
  }

  remove(id: string): void {
    this.#table.run('DELETE FROM enrollments WHERE id = :id', { id });
  }
}
