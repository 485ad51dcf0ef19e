import { textColumn } from './json-column.ts';
import type { Table } from './table.ts';
import { WalletError } from './wallet-error.ts';

/** Which master key of the secret store sealed what lies here; the `MasterKeyRecord` of the sealer. */
export class MasterKeyStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  get secretName(): string {
    const row = this.#table.row('SELECT name FROM secret_name');
    if (row === undefined) throw new WalletError('unreadable', 'the wallet does not know its name');
    return textColumn(row, 'name');
  }

  read(): string | null {
    const row = this.#table.row('SELECT id FROM master_key');
    return row === undefined ? null : textColumn(row, 'id');
  }

  write(masterKeyId: string): void {
    this.#table.run(
      `INSERT INTO master_key (only_row, id) VALUES (1, :id)
       ON CONFLICT (only_row) DO UPDATE SET id = excluded.id`,
      { id: masterKeyId },
    );
  }
}
