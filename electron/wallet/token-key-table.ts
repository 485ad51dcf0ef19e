import { z } from 'zod';
import { keyTypes } from '../../shared/models/enrollment-profile.ts';
import { bytesColumn, jsonColumn, parsed, textColumn } from './json-column.ts';
import { ReadableRows, type Report } from './readable-rows.ts';
import { tokenKeyId, tokenReference } from './schemas.ts';
import type { Row, Table } from './table.ts';

const states = ['announced', 'made', 'left-behind'] as const;
const origins = ['made', 'found'] as const;

/** A key on a token: which one is meant, how far it has come, and whether the wallet made it. */
export type TokenKeyRow = ReturnType<typeof readTokenKey>;

const columns = 'id, token, cka_id, type, state, origin, spki';

/** The keys on tokens; the `TokenKeyStore` of the token keys. */
export class TokenKeyTable {
  readonly #table: Table;
  readonly #readable: ReadableRows;

  constructor(table: Table, report: Report) {
    this.#table = table;
    this.#readable = new ReadableRows('reading a key on a token', report);
  }

  /** Oldest first, without those that cannot be read. */
  list(): readonly TokenKeyRow[] {
    const rows = this.#table.rows(`SELECT ${columns} FROM token_keys ORDER BY rowid`);
    return this.#readable.read(rows, readTokenKey);
  }

  find(id: string): TokenKeyRow | undefined {
    const row = this.#table.row(`SELECT ${columns} FROM token_keys WHERE id = :id`, { id });
    return row === undefined ? undefined : readTokenKey(row);
  }

  /** Adds or replaces; on the disk when this returns. */
  save({ id, key, type, state, origin, spki }: TokenKeyRow): void {
    this.#table.run(
      `INSERT INTO token_keys (${columns})
       VALUES (:id, :token, :ckaId, :type, :state, :origin, :spki)
       ON CONFLICT (id) DO UPDATE SET token = excluded.token, cka_id = excluded.cka_id,
         type = excluded.type, state = excluded.state, origin = excluded.origin,
         spki = excluded.spki`,
      { id, token: JSON.stringify(key.token), ckaId: key.id, type, state, origin, spki },
    );
  }

  remove(id: string): void {
    this.#table.run('DELETE FROM token_keys WHERE id = :id', { id });
  }
}

function readTokenKey(row: Row) {
  return {
    id: textColumn(row, 'id'),
    key: {
      token: jsonColumn(row, 'token', tokenReference),
      id: parsed(row['cka_id'], 'cka_id', tokenKeyId),
    },
    type: parsed(row['type'], 'type', z.enum(keyTypes)),
    state: parsed(row['state'], 'state', z.enum(states)),
    origin: parsed(row['origin'], 'origin', z.enum(origins)),
    spki: row['spki'] === null ? null : bytesColumn(row, 'spki'),
  } as const;
}
