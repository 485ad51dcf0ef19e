import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from '../state.ts';
import { migrations } from './schema.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ca-devices-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

/** The version of the schema from which on it is kept whose the devices are. */
const KEPT_SINCE = migrations.findIndex((entry) => String(entry).includes('TABLE devices')) + 1;

/** What a CA of before left: certificates for devices, and nothing about whose they are. */
function fillOldState(): void {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  for (const migration of migrations.slice(0, KEPT_SINCE - 1)) database.exec(String(migration));
  const device = (value: string) => JSON.stringify([{ type: 'permanent-identifier', value }]);
  database.exec(`
    PRAGMA user_version = ${KEPT_SINCE - 1};
    INSERT INTO people VALUES ('a', 'a', 'a@example.test', 'employee', 0),
      ('b', 'b', 'b@example.test', 'employee', 0);
    INSERT INTO accounts (id, jwk, thumbprint, contact, person_id, created_at)
      VALUES ('of a', '{}', '1', '[]', 'a', 0), ('of b', '{}', '2', '[]', 'b', 0);
    INSERT INTO orders (id, account_id, profile, identifiers, created_at, expires_at)
      VALUES ('o', 'of a', 'device', '[]', 0, 1);
    INSERT INTO certificates (id, account_id, order_id, serial, identifiers, leaf, issued_at, not_after)
      VALUES ('1', 'of b', 'o', x'01', '${device('SN-1')}', x'00', 20, 30),
        ('2', 'of a', 'o', x'02', '${device('SN-1')}', x'00', 10, 30),
        ('3', 'of b', 'o', x'03', '${device('SN-2')}', x'00', 10, 30);
  `);
  database.close();
}

describe('a state that did not keep whose the devices are', () => {
  it('finds it out from its certificates: whoever had the first', () => {
    fillOldState();
    const state = openState(directory);
    expect(['SN-1', 'SN-2', 'SN-3'].map((name) => state.devices.keeperOf(name))).toEqual([
      ...['a', 'b', undefined],
    ]);
    state.close();
  });
});
