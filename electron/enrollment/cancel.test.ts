import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceName } from '../../ca/fault-kinds.ts';
import { AcmeClient } from '../acme/client.ts';
import {
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  process = await world.joined();
});

afterEach(async () => {
  await world.stop();
});

const recordOf = (enrollmentId: string) => {
  const record = process.wallet.enrollments.find(enrollmentId);
  if (record === undefined) throw new Error('the enrolment is gone');
  return record;
};

/** What became of the order at the CA. */
async function orderOf(enrollmentId: string) {
  const account = process.wallet.accounts.find('org.example', world.ca.directoryUrl);
  const client = await AcmeClient.connect({
    http: world.http,
    directoryUrl: world.ca.directoryUrl,
    signer: await process.keys.signer(account?.keyId ?? ''),
    accountUrl: account?.accountUrl ?? '',
  });
  const order = await client.orders.fetch(recordOf(enrollmentId).orderUrl ?? '');
  const authorizations = await Promise.all(
    order.authorizations.map((url) => client.authorizations.fetch(url)),
  );
  return { order: order.status, authorizations: authorizations.map(({ status }) => status) };
}

function expectCancelled(enrollmentId: string): void {
  const states = process.enrollments.states();
  expect(states).toMatchObject([{ enrollmentId, step: 'cancelled' }]);
  expect(recordOf(enrollmentId).state).toBe('cancelled');
  expect(process.wallet.sealedKeys.get(recordOf(enrollmentId).keyId)).toBeNull();
  expect(process.wallet.credentials.list()).toEqual([]);
  expect(process.unforeseen).toEqual([]);
}

describe('cancelling', () => {
  it.each<ResourceName>(['directory', 'newNonce', 'newAccount', 'newOrder', 'authorization'])(
    'while the CA is busy with %s takes back what was made',
    async (resource) => {
      const held = world.ca.faults.arm({ kind: 'hold', resource });
      const { enrollmentId } = await process.enrollments.start(request);
      await held.reached;
      await process.enrollments.cancel(enrollmentId);
      expectCancelled(enrollmentId);
      held.release();
      expectCancelled(enrollmentId);
    },
  );

  it('while the code is waited for deactivates the authorization at the CA', async () => {
    const { enrollmentId } = await startProving(process);
    await process.enrollments.cancel(enrollmentId);
    expectCancelled(enrollmentId);
    expect(await orderOf(enrollmentId)).toEqual({
      order: 'invalid',
      authorizations: ['deactivated'],
    });
    expect(process.wallet.activity.entries()).toMatchObject([
      { event: 'enrollment-cancelled' },
      { event: 'order-created' },
      { event: 'account-created' },
      { event: 'organization-joined' },
    ]);
  });

  it('while a code is being judged drops the judgement', async () => {
    const { enrollmentId, answer } = await startProving(process);
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'challenge' });
    const answered = answer(world.code());
    await held.reached;
    await process.enrollments.cancel(enrollmentId);
    held.release();
    await answered;
    expectCancelled(enrollmentId);
    const after = process.reported.slice(
      process.reported.findIndex(({ step }) => step === 'cancelled'),
    );
    expect(after.every(({ step }) => step === 'cancelled')).toBe(true);
  });

  it('while the CA issues leaves no key for what it issues', async () => {
    const { enrollmentId, answer } = await startProving(process);
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'finalize' });
    await answer(world.code());
    await held.reached;
    await process.enrollments.cancel(enrollmentId);
    held.release();
    expectCancelled(enrollmentId);
  });

  it('while it installs keeps the credential, with a note', async () => {
    const { enrollmentId, answer } = await startProving(process);
    const installing = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    world.target.installing = async () => {
      installing.resolve(undefined);
      await release.promise;
    };
    await answer(world.code());
    await installing.promise;
    const cancelled = process.enrollments.cancel(enrollmentId);
    release.resolve(undefined);
    await cancelled;
    const done = await reached(process, enrollmentId, 'done');
    expect(done.results).toMatchObject([{ target: 'nss', status: 'installed' }]);
    expect(process.credentials.summaries()).toMatchObject([{ id: done.credentialId }]);
    const key = process.wallet.credentials.list()[0]?.key.id ?? '';
    expect(process.wallet.sealedKeys.get(key)).not.toBeNull();
  });

  it('an interrupted enrolment tells the CA too', async () => {
    const { enrollmentId } = await startProving(process);
    await world.kill(process);
    process = world.open();
    await process.enrollments.cancel(enrollmentId);
    expectCancelled(enrollmentId);
    expect(await orderOf(enrollmentId)).toMatchObject({ authorizations: ['deactivated'] });
  });

  it('works while the CA cannot be reached', async () => {
    const { enrollmentId } = await startProving(process);
    world.ca.faults.arm({ kind: 'dropBeforeActing', times: 100 });
    await process.enrollments.cancel(enrollmentId);
    expectCancelled(enrollmentId);
  });

  it('does not wait for a CA that does not answer', async () => {
    const { enrollmentId } = await startProving(process);
    world.ca.faults.arm({ kind: 'hold', resource: 'order' });
    await process.enrollments.cancel(enrollmentId);
    expectCancelled(enrollmentId);
  });

  it('is the same when asked for twice', async () => {
    const { enrollmentId } = await startProving(process);
    await Promise.all([
      process.enrollments.cancel(enrollmentId),
      process.enrollments.cancel(enrollmentId),
    ]);
    await process.enrollments.cancel(enrollmentId);
    expectCancelled(enrollmentId);
  });

  it('changes nothing that is done', async () => {
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    await process.enrollments.cancel(enrollmentId);
    expect(process.enrollments.states()).toMatchObject([{ step: 'done' }]);
  });

  it('lets another enrolment of the organisation go on', async () => {
    const one = await startProving(process);
    const other = await startProving(process);
    await process.enrollments.cancel(one.enrollmentId);
    await other.answer(world.code());
    await reached(process, other.enrollmentId, 'done');
  });

  it('that was cut short by a kill removes the key when the wallet opens again', async () => {
    const { enrollmentId } = await startProving(process);
    const { keyId } = recordOf(enrollmentId);
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'order' });
    const cancelling = process.enrollments.cancel(enrollmentId);
    await held.reached;
    await world.kill(process);
    await cancelling;
    process = world.open();
    expect(process.enrollments.states()).toMatchObject([{ step: 'cancelled' }]);
    await process.enrollments.dismiss(enrollmentId);
    expect(process.wallet.sealedKeys.get(keyId)).toBeNull();
  });
});
