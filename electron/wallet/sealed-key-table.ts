import { z } from 'zod';
import { keyTypes, type KeyType } from '../../shared/models/enrollment-profile.ts';
import { bytesColumn, parsed, textColumn } from './json-column.ts';
import type { Table } from './table.ts';

interface SealedKey {
  readonly id: string;
  readonly type: KeyType;
  /** PKCS #8, sealed. */
  readonly sealed: Uint8Array;
}

/** The sealed private keys; the `SealedKeyStore` of the software keys. */
export class SealedKeyTable {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  put(key: SealedKey): void {
    this.#table.run('INSERT INTO sealed_keys (id, type, sealed) VALUES (:id, :type, :sealed)', {
      id: key.id,
      type: key.type,
      sealed: key.sealed,
    });
  }

  get(id: string): SealedKey | null {
    const row = this.#table.row('SELECT id, type, sealed FROM sealed_keys WHERE id = :id', { id });
    if (row === undefined) return null;
    return {
      id: textColumn(row, 'id'),
      type: parsed(row['type'], 'type', z.enum(keyTypes)),
      sealed: bytesColumn(row, 'sealed'),
    };
  }

  remove(id: string): void {
    this.#table.run('DELETE FROM sealed_keys WHERE id = :id', { id });
  }
}
