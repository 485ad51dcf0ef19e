import { textColumn } from './json-column.ts';
import type { Table } from './table.ts';

/** The PKCS #11 modules that the person added, by path. */
export class TokenModuleTable {
  readonly #table: Table;
  readonly #now: () => Date;

  constructor(table: Table, now: () => Date) {
    this.#table = table;
    this.#now = now;
  }

  /** Oldest first. */
  list(): readonly string[] {
    const rows = this.#table.rows('SELECT path FROM token_modules ORDER BY rowid');
    return rows.map((row) => textColumn(row, 'path'));
  }

  /** Adding one twice changes nothing. */
  add(path: string): void {
    this.#table.run('INSERT OR IGNORE INTO token_modules (path, added_at) VALUES (:path, :at)', {
      path,
      at: this.#now().toISOString(),
    });
  }

  /** One that is not there is no error. */
  remove(path: string): void {
    this.#table.run('DELETE FROM token_modules WHERE path = :path', { path });
  }
}
