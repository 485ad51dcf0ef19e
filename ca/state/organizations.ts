import type { DatabaseSync } from 'node:sqlite';
import * as rows from './rows.ts';
import type { Row } from './rows.ts';

/** Somebody in whose name programs and documents are signed. */
export type Organization = {
  readonly id: string;
  /** 1 to 80 characters; no other organisation of this CA has it. */
  readonly name: string;
  readonly createdAt: Date;
};

export type Organizations = {
  add(organization: Organization): void;
  /** By the alphabet. */
  list(): readonly Organization[];
  find(id: string): Organization | undefined;
  findByName(name: string): Organization | undefined;
  /** Whose registered domain this is, to the letter. */
  ofDomain(name: string): Organization | undefined;
};

export function createOrganizations(database: DatabaseSync): Organizations {
  const insert = database.prepare(
    'INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)',
  );
  const all = database.prepare('SELECT * FROM organizations ORDER BY name');
  const byId = database.prepare('SELECT * FROM organizations WHERE id = ?');
  const byName = database.prepare('SELECT * FROM organizations WHERE name = ?');
  const byDomain = database.prepare(
    `SELECT o.* FROM registered_domains d JOIN organizations o ON o.id = substr(d.owner, 14)
     WHERE d.name = ? AND substr(d.owner, 1, 13) = 'organization:'`,
  );
  const optional = (row: Row | undefined): Organization | undefined =>
    row === undefined ? undefined : toOrganization(row);
  return {
    add: ({ id, name, createdAt }) => void insert.run(id, name, createdAt.getTime()),
    list: () => all.all().map(toOrganization),
    find: (id) => optional(byId.get(id)),
    findByName: (name) => optional(byName.get(name)),
    ofDomain: (name) => optional(byDomain.get(name)),
  };
}

function toOrganization(row: Row): Organization {
  return {
    id: rows.text(row, 'id'),
    name: rows.text(row, 'name'),
    createdAt: rows.date(row, 'created_at'),
  };
}
