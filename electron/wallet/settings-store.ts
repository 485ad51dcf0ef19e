import { z } from 'zod';
import { languages, themes, type Settings } from '../../shared/models/wallet.ts';
import { jsonColumn, textColumn } from './json-column.ts';
import type { Table } from './table.ts';

const settings = z.object({
  language: z.enum([...languages, 'system']).catch('system'),
  theme: z.enum(themes).catch('system'),
}) satisfies z.ZodType<Settings>;

/** The person's own choices. A value this version does not know counts as not chosen. */
export class SettingsStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  read(): Settings {
    const rows = this.#table.rows('SELECT name, value FROM settings');
    const stored = rows.map((row) => [
      textColumn(row, 'name'),
      jsonColumn(row, 'value', z.unknown()),
    ]);
    return settings.parse(Object.fromEntries(stored));
  }

  /** Keeps what is not named. */
  change(changed: Partial<Settings>): Settings {
    return this.#table.transaction(() => {
      for (const [name, value] of Object.entries(changed)) this.#put(name, value);
      return this.read();
    });
  }

  #put(name: string, value: string): void {
    this.#table.run(
      `INSERT INTO settings (name, value) VALUES (:name, :value)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      { name, value: JSON.stringify(value) },
    );
  }
}
