import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnrollmentProfile } from '../../shared/models/enrollment-profile.ts';
import {
  organizationId,
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { openProcess } from '../testing/wallet-process.ts';

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start({ externalAccountRequired: false });
  process = await world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const newAccounts = () => world.ca.requestLog.count({ resource: 'newAccount' });

/** As if the organisation had been joined with another profile. */
async function amend(changes: (profile: EnrollmentProfile) => Partial<EnrollmentProfile>) {
  const record = process.organizations.find(organizationId);
  if (record === undefined) throw new Error('not joined');
  const profile = { ...record.profile, ...changes(record.profile) };
  const payload = Buffer.from(JSON.stringify(profile)).toString('base64url');
  await process.organizations.join({ ...record, profile, signedProfile: `e30.${payload}.c2ln` });
}

describe('the terms of service', () => {
  it.each(['https://localhost/other-terms', undefined])(
    'that are not those shown at joining (%s) are not agreed to',
    async (terms) => {
      const name = { en: 'Example' };
      await amend(() => ({ organization: terms === undefined ? { name } : { name, terms } }));
      const { enrollmentId } = await process.enrollments.start(request);
      const stopped = await reached(process, enrollmentId, 'interrupted');
      expect(stopped).toMatchObject({
        at: 'account',
        failure: { code: 'terms', url: world.ca.termsUrl },
      });
      expect(newAccounts()).toBe(0);

      await amend(() => ({ organization: { name, terms: world.ca.termsUrl } }));
      await process.enrollments.resume(enrollmentId);
      await startProving(process, enrollmentId);
      expect(newAccounts()).toBe(1);
    },
  );
});

describe('an organisation that wants an invitation', () => {
  it('is asked for nothing, and no key is made, without one', async () => {
    (await process.organizations.externalAccount(organizationId))?.forget();
    const { enrollmentId } = await process.enrollments.start(request);
    const stopped = await reached(process, enrollmentId, 'interrupted');
    expect(stopped).toMatchObject({
      at: 'preflight',
      failure: { code: 'invitation', reason: 'required' },
    });
    expect(world.ca.requestLog.count()).toBe(0);
    const { keyId } = process.wallet.enrollments.list()[0] ?? { keyId: '' };
    expect(process.wallet.sealedKeys.get(keyId)).toBeNull();
    expect(process.wallet.accounts.find(organizationId, world.ca.directoryUrl)).toBeUndefined();

    await world.join(process);
    await process.enrollments.resume(enrollmentId);
    await startProving(process, enrollmentId);
  });

  it('keeps the invitation that comes while the account is made with another', async () => {
    await world.kill(process);
    let later = '';
    const { walletDirectory: directory, secrets, target, clock } = world;
    const opened = openProcess({
      ...{ directory, secrets, target, clock },
      http: {
        request: async (sent) => {
          const response = await world.http.request(sent);
          const { pathname } = new URL(sent.url);
          if (pathname.endsWith('/new-account')) later = await world.join(opened);
          return response;
        },
        close: () => undefined,
      },
    });
    await startProving(opened);
    const waiting = await opened.organizations.externalAccount(organizationId);
    expect(waiting?.binding.macKey).toBe(later);
    await world.kill(opened);
  });

  it('needs none for a second credential of the same account', async () => {
    const first = await startProving(process);
    await first.answer(world.code());
    await reached(process, first.enrollmentId, 'done');
    expect(process.organizations.hasExternalAccount(organizationId)).toBe(false);
    await startProving(process);
  });
});

describe('an organisation that binds no accounts', () => {
  it('is sent no binding', async () => {
    await amend(() => ({ externalAccount: 'none' }));
    const { enrollmentId } = await process.enrollments.start(request);
    // Nobody vouches for the address, so the order is refused.
    await reached(process, enrollmentId, 'failed');
    expect(newAccounts()).toBe(1);
    expect(world.ca.people.invitations().map(({ usedAt }) => usedAt)).toEqual([undefined]);
  });
});

describe('a profile that has expired since it was joined', () => {
  it('is not followed, and a newer one lets the same enrolment go on', async () => {
    const expires = new Date(world.now().getTime() - 1000).toISOString();
    await amend(() => ({ expires }));
    const { enrollmentId } = await process.enrollments.start(request);
    expect(await reached(process, enrollmentId, 'interrupted')).toMatchObject({
      failure: { code: 'profile', reason: 'expired', organization: { en: 'Example' } },
    });
    expect(newAccounts()).toBe(0);
    await amend(() => ({ expires: '2036-11-22T00:00:00.000Z' }));
    await process.enrollments.resume(enrollmentId);
    await reached(process, enrollmentId, 'proving');
  });

  it('does not keep what was ordered before from being fetched', async () => {
    const { enrollmentId } = await startProving(process);
    await amend(() => ({ expires: world.now().toISOString() }));
    await world.kill(process);
    process = world.open();
    await process.enrollments.resume(enrollmentId);
    await reached(process, enrollmentId, 'proving');
  });
});
