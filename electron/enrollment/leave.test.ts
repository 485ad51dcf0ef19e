import { afterEach, beforeEach, expect, it } from 'vitest';
import { OsKeys } from '../keys/os-keys.ts';
import { WindowsCng } from '../keys/os/windows-cng.ts';
import { CngDouble } from '../testing/os-keys/cng-double.ts';
import { organizationId, reached, startProving, World } from '../testing/enrollment-world.ts';

let world: World;

beforeEach(async () => {
  world = await World.start();
});

afterEach(async () => {
  await world.stop();
});

it('leaving an organisation takes its profile, binding and account key along, and no credential', async () => {
  const process = await world.joined();
  const { wallet, enrollments, organizations } = process;
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  await reached(process, enrollmentId, 'done');
  await world.join(process);
  const account = wallet.accounts.find(organizationId, world.ca.directoryUrl);
  const [credential] = wallet.credentials.list();
  if (account === undefined || credential === undefined) throw new Error('nothing was issued');
  expect(organizations.hasExternalAccount(organizationId)).toBe(true);

  await enrollments.leave(organizationId);
  expect(organizations.list()).toEqual([]);
  expect(organizations.hasExternalAccount(organizationId)).toBe(false);
  expect(wallet.accounts.find(organizationId, world.ca.directoryUrl)).toBeUndefined();
  expect(wallet.sealedKeys.get(account.keyId)).toBeNull();
  expect(wallet.sealedKeys.get(credential.key.id)).not.toBeNull();
  expect(process.credentials.summaries()).toHaveLength(1);
  expect(wallet.activity.entries()[0]).toMatchObject({ event: 'organization-left' });

  await enrollments.leave(organizationId);
  expect(wallet.activity.entries().filter(({ event }) => event.endsWith('left'))).toHaveLength(1);
  await world.join(process);
  expect(organizations.list()).toHaveLength(1);
});

it('leaving an organisation waits for what is under way there', async () => {
  const process = await world.joined();
  const { enrollmentId } = await startProving(process);
  await expect(process.enrollments.leave(organizationId)).rejects.toMatchObject({
    failure: { code: 'invalid-request' },
  });
  expect(process.organizations.list()).toHaveLength(1);
  await process.enrollments.cancel(enrollmentId);
  await process.enrollments.leave(organizationId);
  expect(process.organizations.list()).toEqual([]);
});

it('leaving an organisation takes the account key out of the operating system', async () => {
  const double = new CngDouble();
  const store = new WindowsCng(() => Promise.resolve(double.functions));
  const osKeys = new OsKeys({ store, randomUuid: () => 'unused' });
  world.osKeys = osKeys;
  const process = await world.joined();
  const { enrollmentId } = await startProving(process);
  await process.enrollments.cancel(enrollmentId);
  const { keyId, keyPlace } = process.wallet.accounts.list()[0] ?? {};
  expect(keyPlace).toBe('os');
  expect(await osKeys.find(keyId ?? '')).not.toBeNull();
  await process.enrollments.leave(organizationId);
  expect(await osKeys.find(keyId ?? '')).toBeNull();
  expect(process.wallet.accounts.list()).toEqual([]);
});

it.each([
  ['made', ['left-behind']],
  ['found', []],
] as const)(
  'leaving an organisation keeps an account key that was %s on a token as %j',
  async (origin, states) => {
    const { wallet, enrollments } = await world.joined();
    const directoryUrl = world.ca.directoryUrl;
    wallet.accounts.save({
      ...{ organizationId, directoryUrl, keyId: 'key', keyType: 'P-256', keyPlace: 'token' },
      ...{ keyChange: null, accountUrl: null, status: 'needs-registration' },
      createdAt: '2026-11-22T10:00:00.000Z',
    });
    const written = { label: 'work', manufacturer: 'Maker', model: 'Card', serial: '1' };
    const key = { token: { ...written, modulePath: '/lib/card.so' }, id: '01' };
    const spki = new Uint8Array([1]);
    wallet.tokenKeys.save({ id: 'key', key, type: 'P-256', state: 'made', origin, spki });
    await enrollments.leave(organizationId);
    expect(wallet.tokenKeys.list().map(({ state }) => state)).toEqual(states);
  },
);
