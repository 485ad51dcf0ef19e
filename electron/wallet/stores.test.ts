import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Failure } from '../../shared/failure.ts';
import { everyFailure } from '../testing/every-failure.ts';
import {
  sampleCredential,
  sampleEnrollment,
  sampleOrganization,
} from '../testing/wallet-samples.ts';
import { WalletOnDisk } from '../testing/wallet-on-disk.ts';
import { knownFailure } from './schemas.ts';
import { WalletError } from './wallet-error.ts';

let disk: WalletOnDisk;
beforeEach(() => {
  disk = new WalletOnDisk();
});
afterEach(() => disk.remove());

describe('organizations', () => {
  it('come back as they were saved, with the profile read from its signed form', () => {
    const record = sampleOrganization();
    disk.wallet.organizations.save(record);
    expect(disk.wallet.organizations.find(record.id)).toEqual(record);
    expect(disk.wallet.organizations.list()).toEqual([record]);
  });

  it('keep an unused account binding and the invited address when a newer profile comes', () => {
    const { invitedEmail, ...record } = sampleOrganization();
    disk.wallet.organizations.save({ ...record, invitedEmail: 'alex@example.test' });
    disk.wallet.organizations.putExternalAccount(record.id, new Uint8Array([1, 2, 3]));
    disk.wallet.organizations.save({ ...record, vouchedBy: { by: 'comparison' } });
    expect(disk.wallet.organizations.externalAccount(record.id)).toEqual(new Uint8Array([1, 2, 3]));
    expect(disk.wallet.organizations.find(record.id)).toMatchObject({
      invitedEmail,
      vouchedBy: { by: 'comparison' },
    });
    disk.wallet.organizations.removeExternalAccount(record.id, new Uint8Array([1, 2]));
    expect(disk.wallet.organizations.externalAccount(record.id)).toEqual(new Uint8Array([1, 2, 3]));
    disk.wallet.organizations.removeExternalAccount(record.id, new Uint8Array([1, 2, 3]));
    expect(disk.wallet.organizations.externalAccount(record.id)).toBeUndefined();
  });

  it.each([
    ['no JWS at all', `'nothing'`],
    ['a payload that is not JSON', `'e30.AAAA.c2ln'`],
    ['a payload that is no profile', `'e30.e30.c2ln'`],
  ])('are refused, and left out of the list, when the signed profile is %s', (_title, value) => {
    const record = sampleOrganization();
    disk.wallet.organizations.save(record);
    disk.tamper(`UPDATE organizations SET signed_profile = ${value}`);
    expect(() => disk.wallet.organizations.find(record.id)).toThrow(WalletError);
    expect(disk.wallet.organizations.list()).toEqual([]);
    expect(disk.reported).toEqual(['reading an organisation']);
  });
});

describe('sealed keys', () => {
  it('come back by id, are never overwritten, and leave for good', () => {
    const key = { id: 'key', type: 'P-256', sealed: new Uint8Array([9, 8, 7]) } as const;
    disk.wallet.sealedKeys.put(key);
    expect(disk.wallet.sealedKeys.get('key')).toEqual(key);
    expect(() => disk.wallet.sealedKeys.put({ ...key, sealed: new Uint8Array([1]) })).toThrow(
      WalletError,
    );
    expect(disk.wallet.sealedKeys.get('key')).toEqual(key);
    disk.wallet.sealedKeys.remove('key');
    disk.wallet.sealedKeys.remove('key');
    expect(disk.wallet.sealedKeys.get('key')).toBeNull();
  });
});

describe('the journal', () => {
  it('keeps the order in which enrolments were started', () => {
    for (const id of ['c', 'a', 'b']) disk.wallet.enrollments.write({ ...sampleEnrollment, id });
    disk.wallet.enrollments.write({ ...sampleEnrollment, id: 'c', state: 'needs-proof' });
    expect(disk.wallet.enrollments.list().map(({ id }) => id)).toEqual(['c', 'a', 'b']);
    disk.wallet.enrollments.remove('a');
    expect(disk.wallet.enrollments.list().map(({ id, state }) => [id, state])).toEqual([
      ['c', 'needs-proof'],
      ['b', 'needs-order'],
    ]);
  });

  it.each(everyFailure())('remembers the failure $code', (failure) => {
    disk.wallet.enrollments.write({ ...sampleEnrollment, state: 'failed', failure });
    expect(disk.wallet.enrollments.find(sampleEnrollment.id)?.failure).toEqual(failure);
  });
});

/** Compiles only while the schema knows each reason of each failure. */
const readable = (failure: Failure): z.infer<typeof knownFailure> => failure;

it.each(everyFailure())('the schema itself knows the failure $code', (failure) => {
  expect(knownFailure.parse(failure)).toEqual(readable(failure));
});

it('a failure of another version does not keep the wallet from opening', () => {
  disk.wallet.enrollments.write({
    ...sampleEnrollment,
    state: 'failed',
    failure: { code: 'internal' },
  });
  disk.tamper(`UPDATE enrollments SET record = json_set(record, '$.failure.code', 'of-tomorrow')`);
  expect(disk.wallet.enrollments.list()).toMatchObject([{ failure: { code: 'internal' } }]);
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
    disk.wallet.accounts.save({
      ...{ organizationId: 'org.example', directoryUrl, keyId: 'key' },
      ...{ keyType: 'P-256', keyPlace: 'software', keyChange: null },
      ...{ accountUrl: null, status: 'needs-registration', createdAt: '2026-11-22T10:00:00Z' },
    });
    disk.wallet.sealedKeys.put({ id: 'key', type: 'P-256', sealed: new Uint8Array([1]) });
    disk.tamper(sql);
    expect(() => {
      disk.wallet.accounts.find('org.example', directoryUrl);
      disk.wallet.sealedKeys.get('key');
      disk.wallet.activity.entries();
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
      disk.wallet.enrollments.write(sampleEnrollment);
      disk.wallet.enrollments.write(good);
      disk.tamper(
        `UPDATE enrollments SET record = '${text.replaceAll("'", "''")}' WHERE id = '${id}'`,
      );
      expect(() => disk.wallet.enrollments.find(id)).toThrow(
        expect.objectContaining({ code: 'wallet', reason: 'unreadable' }),
      );
      expect(disk.wallet.enrollments.list()).toEqual([good]);
      expect(disk.wallet.enrollments.list()).toEqual([good]);
      expect(disk.reported).toEqual(['reading an enrolment']);
      disk.tamper(
        `UPDATE enrollments SET record = '${JSON.stringify(sampleEnrollment)}' WHERE id = '${id}'`,
      );
      expect(disk.wallet.enrollments.list()).toEqual([sampleEnrollment, good]);
    },
  );

  it('in a credential is refused, and left out of the list', () => {
    disk.wallet.credentials.save(sampleCredential);
    disk.tamper(
      `UPDATE credentials SET record = json_set(record, '$.installations[0].target', 'tmp')`,
    );
    expect(() => disk.wallet.credentials.find(sampleCredential.id)).toThrow(WalletError);
    expect(disk.wallet.credentials.list()).toEqual([]);
    expect(disk.reported).toEqual(['reading a credential']);
  });
});

describe('credentials', () => {
  it('come newest first and as they were saved', () => {
    disk.wallet.credentials.save(sampleCredential);
    const newer = { ...sampleCredential, id: 'newer', issuedAt: '2026-11-23T10:00:00.000Z' };
    disk.wallet.credentials.save(newer);
    expect(disk.wallet.credentials.list()).toEqual([newer, sampleCredential]);
    disk.wallet.credentials.remove('newer');
    expect(disk.wallet.credentials.find('newer')).toBeUndefined();
  });
});

describe('activity', () => {
  it('is filtered, bounded and newest first', () => {
    disk.wallet.activity.append({ event: 'organization-joined', organizationId: 'org.example' });
    disk.now = new Date('2026-11-22T11:00:00Z');
    disk.wallet.activity.append({ event: 'installed', credentialId: 'one', detail: 'nss' });
    disk.wallet.activity.append({ event: 'proven', credentialId: 'one' });
    disk.wallet.activity.append({ event: 'installed', credentialId: 'two' });
    expect(disk.wallet.activity.entries({ credentialId: 'one' })).toEqual([
      { at: '2026-11-22T11:00:00.000Z', event: 'proven', credentialId: 'one' },
      { at: '2026-11-22T11:00:00.000Z', event: 'installed', credentialId: 'one', detail: 'nss' },
    ]);
    expect(disk.wallet.activity.entries({ organizationId: 'org.example' })).toHaveLength(1);
    expect(disk.wallet.activity.entries({ limit: 1 })).toMatchObject([{ credentialId: 'two' }]);
  });

  it('can be neither changed nor deleted, not even with SQL', () => {
    disk.wallet.activity.append({ event: 'installed', credentialId: 'one' });
    expect(() => disk.tamper(`UPDATE activity SET event = 'proven'`)).toThrow(/append only/);
    expect(() => disk.tamper(`DELETE FROM activity`)).toThrow(/append only/);
  });
});

describe('settings', () => {
  it('start with what the system says and keep what is not named', () => {
    expect(disk.wallet.settings.read()).toEqual({ language: 'system', theme: 'system' });
    disk.wallet.settings.change({ theme: 'dark' });
    expect(disk.wallet.settings.change({ language: 'de' })).toEqual({
      language: 'de',
      theme: 'dark',
    });
  });

  it('of another version count as not chosen', () => {
    disk.wallet.settings.change({ theme: 'dark', language: 'de' });
    disk.tamper(`UPDATE settings SET value = '"neon"' WHERE name = 'theme'`);
    expect(disk.wallet.settings.read()).toEqual({ language: 'de', theme: 'system' });
  });
});

it('the master key record starts empty and keeps the last one', () => {
  expect(disk.wallet.masterKey.read()).toBeNull();
  disk.wallet.masterKey.write('one');
  disk.wallet.masterKey.write('two');
  expect(disk.wallet.masterKey.read()).toBe('two');
});
