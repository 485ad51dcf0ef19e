import type { DatabaseSync } from 'node:sqlite';
import { text } from './rows.ts';

/** Whose DNS names they are: whoever runs the CA, or one of its services. */
export type DomainOwner = 'organization' | `service:${string}`;
/** Of an organisation with members, by its id: changed with an entry in the log alone. */
export type OrganizationOwner = `organization:${string}`;

/** DNS names that an administrator vouches for; nobody proves control of them. */
export type RegisteredDomains = {
  add(owner: DomainOwner | OrganizationOwner, name: string): void;
  remove(owner: DomainOwner | OrganizationOwner, name: string): void;
  /** By the alphabet. */
  of(owner: DomainOwner | OrganizationOwner): readonly string[];
};

export function createRegisteredDomains(database: DatabaseSync): RegisteredDomains {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO registered_domains (owner, name) VALUES (?, ?)',
  );
  const deleteOne = database.prepare('DELETE FROM registered_domains WHERE owner = ? AND name = ?');
  const select = database.prepare(
    'SELECT name FROM registered_domains WHERE owner = ? ORDER BY name',
  );
  return {
    add: (owner, name) => void insert.run(owner, name),
    remove: (owner, name) => void deleteOne.run(owner, name),
    of: (owner) => select.all(owner).map((row) => text(row, 'name')),
  };
}
