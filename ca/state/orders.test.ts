import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from '../state.ts';
import { migrations, SEALED_SINCE } from './schema.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ca-orders-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('a state of before there were profiles for registered services', () => {
  it('calls what was proven by control over a domain by the name that this has now', () => {
    const database = new DatabaseSync(join(directory, 'ca.sqlite'));
    for (const migration of migrations.slice(0, SEALED_SINCE - 1)) database.exec(String(migration));
    database.exec(`
      PRAGMA user_version = ${SEALED_SINCE - 1};
      INSERT INTO accounts (id, jwk, thumbprint, contact, created_at) VALUES ('a', '{}', '1', '[]', 0);
      INSERT INTO orders (id, account_id, profile, identifiers, created_at, expires_at)
        VALUES ('1', 'a', 'service', '[]', 0, 1), ('2', 'a', 'server', '[]', 0, 1);
    `);
    database.close();
    const state = openState(directory);
    expect(['1', '2'].map((id) => state.orders.find(id)?.profile)).toEqual([
      ...['web-service', 'server'],
    ]);
    state.close();
  });
});
