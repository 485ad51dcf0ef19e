import type { Row } from './table.ts';
import { WalletError } from './wallet-error.ts';

export type Report = (doing: string, error: unknown) => void;

/**
 * What can be read of a list. A row that cannot stays on the disk, for a version that can read it, and keeps nobody
 * from the others; it is reported once, because lists are asked for often.
 */
export class ReadableRows {
  readonly #doing: string;
  readonly #report: Report;
  readonly #reported = new Set<string>();

  constructor(doing: string, report: Report) {
    this.#doing = doing;
    this.#report = report;
  }

  /** `rows` need an `id`. */
  read<T>(rows: readonly Row[], readRow: (row: Row) => T): readonly T[] {
    return rows.flatMap((row) => {
      try {
        return [readRow(row)];
      } catch (error) {
        if (!(error instanceof WalletError)) throw error;
        this.#reportOnce(String(row['id']), error);
        return [];
      }
    });
  }

  #reportOnce(id: string, error: WalletError): void {
    if (this.#reported.has(id)) return;
    this.#reported.add(id);
    this.#report(this.#doing, error);
  }
}
