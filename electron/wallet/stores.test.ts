import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Failure } from '../../shared/failure.ts';
import { everyFailure } from '../testing/every-failure.ts';
import {
  sampleCredential,
  sampleEnrollment,
  sampleOrganization,
} from '../testing/wallet-samples.ts';
import { knownFailure } from './schemas.ts';
import { WalletError } from './wallet-error.ts';
import { openWallet, type Wallet } from './wallet.ts';

let directory: string;
let wallet: Wallet;
let now: Date;

const clock = () => now;
const reported: string[] = [];
const report = (doing: string): void => void reported.push(doing);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-stores-'));
  now = new Date('2026-11-22T10:00:00Z');
  reported.length = 0;
  wallet = openWallet({ directory, clock, report });
});

afterEach(() => {
  wallet.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Changes the file behind the wallet's back. */
function tamper(sql: string): void {
  wallet.close();
  const database = new DatabaseSync(join(directory, 'wallet.db'));
  database.exec(sql);
  database.close();
  wallet = openWallet({ directory, clock, report });
}

describe('organizations', () => {
  it('come back as they were saved, with the profile read from its signed form', () => {
    const record = sampleOrganization();
    wallet.organizations.save(record);
    expect(wallet.organizations.find(record.id)).toEqual(record);
    expect(wallet.organizations.list()).toEqual([record]);
  });

  it('keep an unused account binding and the invited address when a newer profile comes', () => {
    const { invitedEmail, ...record } = sampleOrganization();
    wallet.organizations.save({ ...record, invitedEmail: 'alex@example.test' });
    wallet.organizations.putExternalAccount(record.id, new Uint8Array([1, 2, 3]));
    wallet.organizations.save({ ...record, vouchedBy: { by: 'comparison' } });
    expect(wallet.organizations.externalAccount(record.id)).toEqual(new Uint8Array([1, 2, 3]));
    expect(wallet.organizations.find(record.id)).toMatchObject({
      invitedEmail,
      vouchedBy: { by: 'comparison' },
    });
    wallet.organizations.removeExternalAccount(record.id, new Uint8Array([1, 2]));
    expect(wallet.organizations.externalAccount(record.id)).toEqual(new Uint8Array([1, 2, 3]));
    wallet.organizations.removeExternalAccount(record.id, new Uint8Array([1, 2, 3]));
    expect(wallet.organizations.externalAccount(record.id)).toBeUndefined();
  });

  it.each([
    ['no JWS at all', `'nothing'`],
    ['a payload that is not JSON', `'e30.AAAA.c2ln'`],
    ['a payload that is no profile', `'e30.e30.c2ln'`],
  ])('are refused, and left out of the list, when the signed profile is %s', (_title, value) => {
    const record = sampleOrganization();
    wallet.organizations.save(record);
    tamper(`UPDATE organizations SET signed_profile = ${value}`);
    expect(() => wallet.organizations.find(record.id)).toThrow(WalletError);
    expect(wallet.organizations.list()).toEqual([]);
    expect(reported).toEqual(['reading an organisation']);
  });
});

describe('sealed keys', () => {
  it('come back by id, are never overwritten, and leave for good', () => {
    const key = { id: 'key', type: 'P-256', sealed: new Uint8Array([9, 8, 7]) } as const;
    wallet.sealedKeys.put(key);
    expect(wallet.sealedKeys.get('key')).toEqual(key);
    expect(() => wallet.sealedKeys.put({ ...key, sealed: new Uint8Array([1]) })).toThrow(
      WalletError,
    );
    expect(wallet.sealedKeys.get('key')).toEqual(key);
    wallet.sealedKeys.remove('key');
    wallet.sealedKeys.remove('key');
    expect(wallet.sealedKeys.get('key')).toBeNull();
  });
});

describe('the journal', () => {
  it('keeps the order in which enrolments were started', () => {
    for (const id of ['c', 'a', 'b']) wallet.enrollments.write({ ...sampleEnrollment, id });
    wallet.enrollments.write({ ...sampleEnrollment, id: 'c', state: 'needs-proof' });
    expect(wallet.enrollments.list().map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    wallet.enrollments.remove('a');
    expect(wallet.enrollments.list().map(({ id, state }) => [id, state])).toEqual([
      ['c', 'needs-proof'],
      ['b', 'needs-order'],
    ]);
  });

  it.each(everyFailure())('remembers the failure $code', (failure) => {
    wallet.enrollments.write({ ...sampleEnrollment, state: 'failed', failure });
    expect(wallet.enrollments.find(sampleEnrollment.id)?.failure).toEqual(failure);
  });
});

/** Compiles only while the schema knows each reason of each failure. */
const readable = (failure: Failure): z.infer<typeof knownFailure> => failure;

it.each(everyFailure())('the schema itself knows the failure $code', (failure) => {
  expect(knownFailure.parse(failure)).toEqual(readable(failure));
});

it('a failure of another version does not keep the wallet from opening', () => {
  wallet.enrollments.write({ ...sampleEnrollment, state: 'failed', failure: { code: 'internal' } });
  tamper(`UPDATE enrollments SET record = json_set(record, '$.failure.code', 'of-tomorrow')`);
  expect(wallet.enrollments.list()).toMatchObject([{ failure: { code: 'internal' } }]);
});

describe('columns that hold something else', () => {
  it.each([
    [`UPDATE accounts SET status = 'famous'`],
    [`UPDATE accounts SET account_url = 'ftp:'`],
    [`UPDATE accounts SET key_id = ''`],
    [`UPDATE accounts SET key_place = 'cloud'`],
    [`UPDATE accounts SET key_change = '{"state":"changing"}'`],
    [`UPDATE sealed_keys SET type = 'ROT-13'`],
    [`INSERT INTO activity (at, event) VALUES ('2026-11-22T10:00:00Z', 'made-coffee')`],
    [`INSERT INTO activity (at, event) VALUES ('yesterday', 'proven')`],
  ])('are refused with a typed error: %s', (sql) => {
    const directoryUrl = 'https://ca.example/directory';
    wallet.accounts.save({
      ...{ organizationId: 'org.example', directoryUrl, keyId: 'key' },
      ...{ keyType: 'P-256', keyPlace: 'software', keyChange: null },
      ...{ accountUrl: null, status: 'needs-registration', createdAt: '2026-11-22T10:00:00Z' },
    });
    wallet.sealedKeys.put({ id: 'key', type: 'P-256', sealed: new Uint8Array([1]) });
    tamper(sql);
    expect(() => {
      wallet.accounts.find('org.example', directoryUrl);
      wallet.sealedKeys.get('key');
      wallet.activity.entries();
    }).toThrow(expect.objectContaining({ code: 'wallet', reason: 'unreadable' }));
  });
});

describe('hostile JSON', () => {
  it.each([
    ['is not JSON', '{'],
    ['is another type', '[]'],
    ['lacks members', '{}'],
    ['names a state nobody knows', JSON.stringify({ ...sampleEnrollment, state: 'needs-luck' })],
    ['has members nobody knows', JSON.stringify({ ...sampleEnrollment, otp: '123456' })],
    ['has a URL that is none', JSON.stringify({ ...sampleEnrollment, orderUrl: 'javascript' })],
    ['nests without end', '['.repeat(100_000)],
    [
      'reaches for the prototype',
      `{"__proto__":{"id":"x"},${JSON.stringify(sampleEnrollment).slice(1, -1)},"constructor":1}`,
    ],
  ])(
    'in the journal that %s is refused, keeps nobody from the others, and stays',
    (_title, text) => {
      const { id } = sampleEnrollment;
      const good = { ...sampleEnrollment, id: 'good' };
      wallet.enrollments.write(sampleEnrollment);
      wallet.enrollments.write(good);
      tamper(`UPDATE enrollments SET record = '${text.replaceAll("'", "''")}' WHERE id = '${id}'`);
      expect(() => wallet.enrollments.find(id)).toThrow(
        expect.objectContaining({ code: 'wallet', reason: 'unreadable' }),
      );
      expect(wallet.enrollments.list()).toEqual([good]);
      expect(wallet.enrollments.list()).toEqual([good]);
      expect(reported).toEqual(['reading an enrolment']);
      tamper(
        `UPDATE enrollments SET record = '${JSON.stringify(sampleEnrollment)}' WHERE id = '${id}'`,
      );
      expect(wallet.enrollments.list()).toEqual([sampleEnrollment, good]);
    },
  );

  it('in a credential is refused, and left out of the list', () => {
    wallet.credentials.save(sampleCredential);
    tamper(`UPDATE credentials SET record = json_set(record, '$.installations[0].target', 'tmp')`);
    expect(() => wallet.credentials.find(sampleCredential.id)).toThrow(WalletError);
    expect(wallet.credentials.list()).toEqual([]);
    expect(reported).toEqual(['reading a credential']);
  });
});

describe('credentials', () => {
  it('come newest first and as they were saved', () => {
    wallet.credentials.save(sampleCredential);
    const newer = { ...sampleCredential, id: 'newer', issuedAt: '2026-11-23T10:00:00.000Z' };
    wallet.credentials.save(newer);
    expect(wallet.credentials.list()).toEqual([newer, sampleCredential]);
    wallet.credentials.remove('newer');
    expect(wallet.credentials.find('newer')).toBeUndefined();
  });
});

describe('activity', () => {
  it('is filtered, bounded and newest first', () => {
    wallet.activity.append({ event: 'organization-joined', organizationId: 'org.example' });
    now = new Date('2026-11-22T11:00:00Z');
    wallet.activity.append({ event: 'installed', credentialId: 'one', detail: 'nss' });
    wallet.activity.append({ event: 'proven', credentialId: 'one' });
    wallet.activity.append({ event: 'installed', credentialId: 'two' });
    expect(wallet.activity.entries({ credentialId: 'one' })).toEqual([
      { at: '2026-11-22T11:00:00.000Z', event: 'proven', credentialId: 'one' },
      { at: '2026-11-22T11:00:00.000Z', event: 'installed', credentialId: 'one', detail: 'nss' },
    ]);
    expect(wallet.activity.entries({ organizationId: 'org.example' })).toHaveLength(1);
    expect(wallet.activity.entries({ limit: 1 })).toMatchObject([{ credentialId: 'two' }]);
  });

  it('can be neither changed nor deleted, not even with SQL', () => {
    wallet.activity.append({ event: 'installed', credentialId: 'one' });
    expect(() => tamper(`UPDATE activity SET event = 'proven'`)).toThrow(/append only/);
    wallet.close();
    expect(() => tamper(`DELETE FROM activity`)).toThrow(/append only/);
  });
});

describe('settings', () => {
  it('start with what the system says and keep what is not named', () => {
    expect(wallet.settings.read()).toEqual({ language: 'system', theme: 'system' });
    wallet.settings.change({ theme: 'dark' });
    expect(wallet.settings.change({ language: 'de' })).toEqual({ language: 'de', theme: 'dark' });
  });

  it('of another version count as not chosen', () => {
    wallet.settings.change({ theme: 'dark', language: 'de' });
    tamper(`UPDATE settings SET value = '"neon"' WHERE name = 'theme'`);
    expect(wallet.settings.read()).toEqual({ language: 'de', theme: 'system' });
  });
});

it('the master key record starts empty and keeps the last one', () => {
  expect(wallet.masterKey.read()).toBeNull();
  wallet.masterKey.write('one');
  wallet.masterKey.write('two');
  expect(wallet.masterKey.read()).toBe('two');
});
