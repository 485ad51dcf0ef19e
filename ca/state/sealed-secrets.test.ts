import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openState } from '../state.ts';
import type { State } from '../state.ts';
import { migrations, SEALED_SINCE } from './schema.ts';
import { createSeal } from './seal.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ca-secrets-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const secrets = { a: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', b: 'KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU' };
const macKey = Buffer.from('this is the MAC key of a service');

const credential = (id: 'a' | 'b') => ({
  ...{ personId: id, secret: secrets[id], digits: 6 as const, period: 30 },
});

function fill(state: State): void {
  for (const id of ['a', 'b'] as const) {
    const email = `${id}@example.test`;
    state.persons.add({ id, name: id, email, role: 'employee', registered: new Date(0) });
    state.totpCredentials.put(credential(id));
  }
  state.invitations.add({
    ...{ kid: 'k', macKey, personId: undefined, service: 'web', reusable: false },
    ...{ createdAt: new Date(0), expiresAt: new Date(1) },
  });
}

/** What a CA of before left: secrets in clear, some of them deleted already. */
function fillOldState(): void {
  const database = new DatabaseSync(join(directory, 'ca.sqlite'));
  database.exec('PRAGMA journal_mode = WAL');
  for (const migration of migrations.slice(0, SEALED_SINCE - 1)) database.exec(String(migration));
  database.exec(`
    PRAGMA user_version = ${SEALED_SINCE - 1};
    INSERT INTO people VALUES ('a', 'a', 'a@example.test', 'employee', 0),
      ('b', 'b', 'b@example.test', 'employee', 0);
    INSERT INTO totp_credentials (person_id, secret, digits, period)
      VALUES ('a', '${secrets.a}', 6, 30), ('b', '${secrets.b}', 6, 30);
    INSERT INTO invitations VALUES ('k', x'${macKey.toString('hex')}', NULL, 'web', 0, 0, 1, NULL);
    INSERT INTO settings VALUES ('gone', '${secrets.a}');
    DELETE FROM settings;
  `);
  database.close();
}

function found(): readonly string[] {
  return readdirSync(directory).filter((name) => {
    const content = readFileSync(join(directory, name));
    return [secrets.a, secrets.b, macKey].some((secret) => content.includes(secret));
  });
}

function expectSecrets(state: State): void {
  expect(state.totpCredentials.find('a')).toMatchObject(credential('a'));
  expect(state.totpCredentials.find('b')).toMatchObject(credential('b'));
  expect(state.invitations.find('k')?.macKey).toEqual(macKey);
  expect(state.invitations.list().map(({ kid }) => kid)).toEqual(['k']);
}

describe('the secrets in the state', () => {
  it('are in none of its files, while it is open and after', () => {
    const state = openState(directory);
    fill(state);
    expectSecrets(state);
    expect(found()).toEqual([]);
    state.close();
    expect(found()).toEqual([]);
    const again = openState(directory);
    expectSecrets(again);
    again.close();
  });

  it('are sealed where an earlier CA kept them in clear, and nothing of that stays', () => {
    fillOldState();
    expect(found()).toContain('ca.sqlite');
    const state = openState(directory);
    expectSecrets(state);
    expect(found()).toEqual([]);
    state.close();
    expect(found()).toEqual([]);
  });

  it('have a key for the owner only, made once', () => {
    openState(directory).close();
    const file = join(directory, 'secrets.key');
    const key = readFileSync(file);
    expect([key.length, statSync(file).mode & 0o777]).toEqual([32, 0o600]);
    openState(directory).close();
    expect(readFileSync(file)).toEqual(key);
    expect(readdirSync(directory).filter((name) => name.startsWith('secrets'))).toHaveLength(1);
  });

  it('are not given up for a new key when theirs is gone or no key', () => {
    const state = openState(directory);
    fill(state);
    state.close();
    const file = join(directory, 'secrets.key');
    writeFileSync(file, 'short');
    expect(() => openState(directory)).toThrow(/no key/);
    rmSync(file);
    expect(() => openState(directory)).toThrow(/is not there/);
    expect(readdirSync(directory)).not.toContain('secrets.key');
  });

  it('do not open with another key', () => {
    const state = openState(directory);
    fill(state);
    state.close();
    writeFileSync(join(directory, 'secrets.key'), Buffer.alloc(32, 1));
    const other = openState(directory);
    expect(() => other.totpCredentials.find('a')).toThrow(/does not open/);
    expect(() => other.invitations.find('k')).toThrow(/does not open/);
    other.close();
  });

  it('do not open in the place of another', () => {
    const state = openState(directory);
    fill(state);
    state.close();
    const database = new DatabaseSync(join(directory, 'ca.sqlite'));
    database.exec(`UPDATE totp_credentials SET secret =
      (SELECT secret FROM totp_credentials WHERE person_id = 'a')`);
    database.close();
    const changed = openState(directory);
    expect(changed.totpCredentials.find('a')).toMatchObject(credential('a'));
    expect(() => changed.totpCredentials.find('b')).toThrow(/does not open/);
    changed.close();
  });
});

describe('a seal', () => {
  const seal = createSeal(Buffer.alloc(32, 7));

  it('never looks the same twice, and opens nothing that was cut or changed', () => {
    const sealed = seal.close(Buffer.from('secret'), 'here');
    expect(seal.close(Buffer.from('secret'), 'here')).not.toEqual(sealed);
    expect(seal.open(sealed, 'here').toString()).toBe('secret');
    for (const length of [0, 11, 12, 27, 28, sealed.length - 1]) {
      expect(() => seal.open(sealed.subarray(0, length), 'here')).toThrow(/does not open/);
    }
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => seal.open(changed, 'here')).toThrow(/does not open/);
    }
  });
});
