import type { DatabaseSync } from 'node:sqlite';
import { text } from './rows.ts';

/** Whose a device is: the first person who got a certificate for it. */
export type Devices = {
  /** The id of the person; undefined while it is nobody's. Compared to the letter. */
  keeperOf(identifier: string): string | undefined;
  /** Makes the device the person's unless it is somebody's already, and says whose it is then. */
  bind(identifier: string, personId: string, at: Date): string;
};

export function createDevices(database: DatabaseSync): Devices {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO devices (identifier, person_id, bound_at) VALUES (?, ?, ?)',
  );
  const select = database.prepare('SELECT person_id FROM devices WHERE identifier = ?');
  const keeperOf = (identifier: string): string | undefined => {
    const row = select.get(identifier);
    return row === undefined ? undefined : text(row, 'person_id');
  };
  return {
    keeperOf,
    bind(identifier, personId, at) {
      insert.run(identifier, personId, at.getTime());
      return keeperOf(identifier) ?? personId;
    },
  };
}
