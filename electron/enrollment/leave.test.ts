import { afterEach, beforeEach, expect, it } from 'vitest';
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

  enrollments.leave(organizationId);
  expect(organizations.list()).toEqual([]);
  expect(organizations.hasExternalAccount(organizationId)).toBe(false);
  expect(wallet.accounts.find(organizationId, world.ca.directoryUrl)).toBeUndefined();
  expect(wallet.sealedKeys.get(account.keyId)).toBeNull();
  expect(wallet.sealedKeys.get(credential.key.id)).not.toBeNull();
  expect(process.credentials.summaries()).toHaveLength(1);
  expect(wallet.activity.entries()[0]).toMatchObject({ event: 'organization-left' });

  enrollments.leave(organizationId);
  expect(wallet.activity.entries().filter(({ event }) => event.endsWith('left'))).toHaveLength(1);
  await world.join(process);
  expect(organizations.list()).toHaveLength(1);
});

it('leaving an organisation waits for what is under way there', async () => {
  const process = await world.joined();
  const { enrollmentId } = await startProving(process);
  expect(() => process.enrollments.leave(organizationId)).toThrow(
    expect.objectContaining({ failure: { code: 'invalid-request' } }),
  );
  expect(process.organizations.list()).toHaveLength(1);
  await process.enrollments.cancel(enrollmentId);
  process.enrollments.leave(organizationId);
  expect(process.organizations.list()).toEqual([]);
});
