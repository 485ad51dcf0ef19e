import { z } from 'zod';
import {
  approvalDocument,
  receiptChecks,
  type ApprovalReceipt,
} from '../../shared/models/approval.ts';
import { bytesColumn, jsonColumn, textColumn } from './json-column.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import type { Row, Table } from './table.ts';

const found = z.strictObject({
  // Wallets kept receipts before they noted it. Of those each is told with the name of who decided, which is true of one's own as well.
  isOwn: z.boolean().default(false),
  document: approvalDocument,
  digest: z.string(),
  decision: z.enum(['approve', 'decline']),
  reason: z.string().exactOptional(),
  by: z.strictObject({ name: z.string(), email: z.string() }),
  at: z.string(),
  sequence: z.int(),
  method: z.enum(['passkey', 'key', 'certificate', 'account']),
  checks: z.array(z.strictObject({ check: z.enum(receiptChecks), passed: z.boolean() })).readonly(),
});

/** What a receipt was found to say. */
export type FoundReceipt = Omit<
  ApprovalReceipt,
  'receiptId' | 'organizationId' | 'approvalId' | 'isOwn'
>;

/** A receipt that held when it came. */
export interface KeptReceipt {
  readonly id: string;
  readonly organizationId: string;
  /** URL of the request. */
  readonly approvalUrl: string;
  readonly receiptUrl: string;
  readonly isOwn: boolean;
  readonly found: FoundReceipt;
  /** DER of a CMS SignedData. */
  readonly cms: Uint8Array;
}

/** More than anybody reads; older ones are kept all the same. */
const mostListed = 500;

const columns = `id, organization_id AS organizationId, approval_url AS approvalId, receipt_url AS receiptUrl, found`;

/** Receipts of decisions about requests, which outlive the organisation they came from; and which news were told. */
export class ApprovalTable {
  readonly #table: Table;
  readonly #readable: ReadableRows;
  readonly #clock: () => Date;

  constructor(
    table: Table,
    { clock, report }: { readonly clock: () => Date; readonly report: Report },
  ) {
    this.#table = table;
    this.#readable = new ReadableRows('reading a receipt', report);
    this.#clock = clock;
  }

  /** The newest, newest first, without those that cannot be read. */
  receipts(): readonly (ApprovalReceipt & { readonly receiptUrl: string })[] {
    const rows = this.#table.rows(
      `SELECT ${columns} FROM approval_receipts ORDER BY rowid DESC LIMIT :most`,
      { most: mostListed },
    );
    return this.#readable.read(rows, readReceipt);
  }

  /** Ids of what is kept of an organisation, by the receipts' addresses at its CA. */
  ids(organizationId: string): ReadonlyMap<string, string> {
    const rows = this.#table.rows(
      'SELECT id, receipt_url AS url FROM approval_receipts WHERE organization_id = :organizationId',
      { organizationId },
    );
    return new Map(rows.map((row) => [textColumn(row, 'url'), textColumn(row, 'id')]));
  }

  /** On the disk when this returns; one that is kept already stays as it was. */
  keep(receipt: KeptReceipt): void {
    const { found: told, isOwn, ...row } = receipt;
    this.#table.run(
      `INSERT INTO approval_receipts (id, organization_id, approval_url, receipt_url, found, cms, kept_at)
       VALUES (:id, :organizationId, :approvalUrl, :receiptUrl, :found, :cms, :keptAt)
       ON CONFLICT (organization_id, receipt_url) DO NOTHING`,
      { ...row, found: JSON.stringify({ ...told, isOwn }), keptAt: this.#clock().toISOString() },
    );
  }

  /** DER; undefined when no such receipt is kept. */
  file(receiptId: string): Uint8Array | undefined {
    const row = this.#table.row('SELECT cms FROM approval_receipts WHERE id = :receiptId', {
      receiptId,
    });
    return row && bytesColumn(row, 'cms');
  }

  /** Whether the person has not been told of that before; from now on they have. */
  isNews(organizationId: string, url: string): boolean {
    const changes = this.#table.run(
      `INSERT INTO approval_notices (organization_id, url) VALUES (:organizationId, :url)
       ON CONFLICT DO NOTHING`,
      { organizationId, url },
    );
    return changes > 0;
  }

  /** Whether the person was told of that. */
  wasTold(organizationId: string, url: string): boolean {
    const row = this.#table.row(
      `SELECT url FROM approval_notices WHERE organization_id = :organizationId AND url = :url`,
      { organizationId, url },
    );
    return row !== undefined;
  }
}

function readReceipt(row: Row): ApprovalReceipt & { readonly receiptUrl: string } {
  return {
    receiptId: textColumn(row, 'id'),
    organizationId: textColumn(row, 'organizationId'),
    approvalId: textColumn(row, 'approvalId'),
    receiptUrl: textColumn(row, 'receiptUrl'),
    ...jsonColumn(row, 'found', found),
  };
}
