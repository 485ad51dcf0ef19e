import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault, FaultAim } from '../../ca/fault-kinds.ts';
import {
  reached,
  request,
  startProving,
  World,
  type Process,
} from '../testing/enrollment-world.ts';
import { everyNth } from '../testing/made-up.ts';

const deep = { tags: ['deep'] };

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  process = await world.joined();
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const requests = (resource: 'newOrder' | 'finalize' | 'newAccount') =>
  world.ca.requestLog.count({ resource, method: 'POST' });

/** Goes on with what was interrupted, to its end. */
async function finish(enrollmentId: string): Promise<void> {
  await process.enrollments.resume(enrollmentId);
  await enroll(enrollmentId);
}

async function enroll(enrollmentId?: string): Promise<void> {
  const proving = await startProving(process, enrollmentId);
  await proving.answer(world.code());
  await reached(process, proving.enrollmentId, 'done');
}

describe('before anything is asked of anybody', () => {
  it('a clock that is wrong is noticed, and nothing is ordered', async () => {
    world.skew = 10 * 60_000;
    const { enrollmentId } = await process.enrollments.start(request);
    const stopped = await reached(process, enrollmentId, 'interrupted');
    expect(stopped.at).toBe('preflight');
    expect(stopped.failure?.code).toBe('clock');
    const skew = stopped.failure?.code === 'clock' ? stopped.failure.skewSeconds : 0;
    expect(Math.abs(skew - 600)).toBeLessThan(30);
    expect(requests('newAccount')).toBe(0);
    world.skew = 0;
    await finish(enrollmentId);
  });

  it('four minutes are no wrong clock', deep, async () => {
    world.skew = -4 * 60_000;
    await enroll();
  });

  it.each(everyNth(3, ['locked', 'absent', 'denied'] as const))(
    'a secret store that is %s is noticed, and the enrolment goes on when it opens',
    async (fault) => {
      world.secrets.fault = fault;
      const { enrollmentId } = await process.enrollments.start(request);
      const stopped = await reached(process, enrollmentId, 'interrupted');
      expect(stopped.failure).toEqual({ code: 'secret-store', reason: fault });
      expect(world.ca.requestLog.count()).toBe(0);
      world.secrets.fault = null;
      await finish(enrollmentId);
    },
  );

  it('a target that could not be installed to is noticed', deep, async () => {
    world.target.refused.add('preflight');
    const { enrollmentId } = await process.enrollments.start(request);
    const stopped = await reached(process, enrollmentId, 'interrupted');
    expect(stopped).toMatchObject({ at: 'preflight', failure: { code: 'install' } });
    expect(world.ca.requestLog.count()).toBe(0);
    world.target.refused.clear();
    await finish(enrollmentId);
  });

  it('a CA that cannot be reached is noticed', async () => {
    world.ca.faults.arm({ kind: 'dropBeforeActing', times: 20 });
    const { enrollmentId } = await process.enrollments.start(request);
    const stopped = await reached(process, enrollmentId, 'interrupted');
    expect(stopped).toMatchObject({
      at: 'preflight',
      failure: { code: 'network', host: new URL(world.ca.origin).host },
    });
    world.ca.faults.clear();
    process.enrollments.resumeAll();
    await enroll(enrollmentId);
  });
});

describe('what passes', () => {
  it.each(
    everyNth<{ fault: Fault & FaultAim; at: string }>(4, [
      {
        at: 'account',
        fault: { kind: 'httpStatus', status: 503, resource: 'newAccount', times: 5 },
      },
      { at: 'account', fault: { kind: 'userActionRequired', resource: 'newAccount' } },
      { at: 'order', fault: { kind: 'httpStatus', status: 500, resource: 'newOrder', times: 5 } },
      { at: 'order', fault: { kind: 'rateLimited', resource: 'newOrder' } },
      { at: 'order', fault: { kind: 'badNonce', resource: 'newOrder', times: 4 } },
      { at: 'account', fault: { kind: 'missingNonce', times: 3 } },
      { at: 'prove', fault: { kind: 'dropBeforeActing', resource: 'authorization', times: 5 } },
      { at: 'prove', fault: { kind: 'truncatedBody', resource: 'authorization', times: 5 } },
      { at: 'prove', fault: { kind: 'wrongContentType', resource: 'authorization', times: 5 } },
      { at: 'prove', fault: { kind: 'oversizedBody', resource: 'authorization' } },
    ]),
  )('at $at interrupts, and the enrolment goes on: $fault.kind', async ({ fault, at }) => {
    world.ca.faults.arm(fault);
    const { enrollmentId } = await process.enrollments.start(request);
    const stopped = await reached(process, enrollmentId, 'interrupted');
    expect(stopped.at).toBe(at);
    world.ca.faults.clear();
    await finish(enrollmentId);
    const urls = new Set(process.wallet.enrollments.list().map(({ orderUrl }) => orderUrl));
    expect(urls.size).toBe(1);
  });

  it.each(
    everyNth<readonly [string, Fault & FaultAim]>(2, [
      ['shuffles the order', { kind: 'shuffledOrder', times: 20 }],
      ['has more authorizations than identifiers', { kind: 'extraAuthorization' }],
      ['refuses good nonces', { kind: 'badNonce', times: 2 }],
      ['forgets to send nonces', { kind: 'missingNonce', resource: 'newOrder' }],
    ]),
  )('a CA that %s is borne without a word', async (_title, fault) => {
    world.ca.faults.arm(fault);
    await enroll();
  });

  it('a CA that takes its time to issue is waited for', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'orderProcessing', polls: 3 });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(requests('finalize')).toBe(1);
  });

  it.each(everyNth(2, ['dropAfterActing', 'missingLocation'] as const))(
    'an order whose answer is lost (%s) is found, not made again',
    async (kind) => {
      world.ca.faults.arm({ kind, resource: 'newOrder' });
      const { enrollmentId, answer } = await startProving(process);
      await answer(world.code());
      await reached(process, enrollmentId, 'done');
      expect(requests('newOrder')).toBe(1);
    },
  );

  it.each(
    everyNth<Fault & FaultAim>(3, [
      { kind: 'dropAfterActing', resource: 'finalize' },
      { kind: 'truncatedBody', resource: 'finalize' },
      { kind: 'wrongContentType', resource: 'finalize' },
    ]),
  )('a finalize whose answer is lost ($kind) is not sent again', async (fault) => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm(fault);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(requests('finalize')).toBe(1);
  });

  it('a finalize that never arrived is sent again', async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'dropBeforeActing', resource: 'finalize' });
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    expect(requests('finalize')).toBe(2);
  });

  it('an account that the CA has lost is made again with a new invitation', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
    const account = process.wallet.accounts.find('org.example', world.ca.directoryUrl);
    if (account === undefined) throw new Error('there is no account');
    // The CA has started afresh since.
    const accountUrl = `${account.accountUrl ?? ''}0`;
    process.wallet.accounts.save({ ...account, accountUrl });
    await world.join(process);
    world.advance(60);
    const again = await startProving(process);
    await again.answer(world.code());
    await reached(process, again.enrollmentId, 'done');
    expect(process.wallet.organizations.externalAccount('org.example')).toBeUndefined();
  });
});

describe('a CA that is down for a while', () => {
  it('interrupts when the code is sent, and has forgotten nothing when it is back', async () => {
    const state = { directory: join(world.directory, 'ca') };
    const lasting = await World.start({ state });
    try {
      const wallet = await lasting.joined();
      const { enrollmentId, answer } = await startProving(wallet);
      const code = lasting.code();
      await lasting.ca.stop();
      await answer(code);
      const stopped = await reached(wallet, enrollmentId, 'interrupted');
      expect(stopped).toMatchObject({ at: 'prove', failure: { code: 'network' } });
      await wallet.enrollments.resume(enrollmentId);
      const again = await reached(wallet, enrollmentId, 'interrupted');
      expect(again).toMatchObject({ at: 'preflight', failure: { code: 'network' } });
      await lasting.restartCa();
      await wallet.enrollments.resume(enrollmentId);
      const proving = await startProving(wallet, enrollmentId);
      await proving.answer(lasting.code());
      await reached(wallet, enrollmentId, 'done');
      expect(wallet.unforeseen).toEqual([]);
    } finally {
      await lasting.stop();
    }
  });
});

describe('what is final', () => {
  it('an authorization that this wallet has no way to prove', async () => {
    await world.kill(process);
    process = await world.joined({
      purpose: 'service',
      profile: 'web-service',
      identifiers: [{ type: 'dns', value: 'host.example.test' }],
    });
    // What could be shown as a record is malformed; the others are not for this wallet.
    world.ca.faults.arm({ kind: 'tokenWithSpaces', times: 100 });
    world.ca.faults.arm({ kind: 'issuerDomainNames', count: 0, times: 100 });
    const { enrollmentId } = await process.enrollments.start(request);
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({ at: 'prove', failure: { code: 'unsupported-challenge' } });
    const types = failed.failure.code === 'unsupported-challenge' ? failed.failure.types : [];
    expect([...types].sort()).toEqual([
      'dns-01',
      'dns-account-01',
      'dns-persist-01',
      'http-01',
      'tls-alpn-01',
    ]);
  });

  it('an order that expires while the code is waited for', async () => {
    const { enrollmentId } = await startProving(process);
    world.advance(2 * 24 * 3600);
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({ at: 'prove', failure: { code: 'order-expired' } });
  });

  it('an order that expired while the wallet was closed', deep, async () => {
    const { enrollmentId } = await startProving(process);
    await world.kill(process);
    world.advance(2 * 24 * 3600);
    process = world.open();
    await process.enrollments.resume(enrollmentId);
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed.failure.code).toBe('order-expired');
  });

  it('a certificate for another key, which is not kept', async () => {
    const { enrollmentId, answer } = await startProving(process);
    world.ca.faults.arm({ kind: 'wrongSubjectPublicKey' });
    await answer(world.code());
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({
      at: 'issue',
      failure: { code: 'certificate', reason: 'key-mismatch' },
    });
    expect(process.wallet.credentials.list()).toEqual([]);
  });

  it('a chain that does not end in the roots of the organisation', deep, async () => {
    const { enrollmentId, answer } = await startProving(process);
    const record = process.organizations.find('org.example');
    if (record === undefined) throw new Error('not joined');
    const other = await World.start();
    const profile = { ...record.profile, roots: other.profile().roots };
    await other.stop();
    const payload = Buffer.from(JSON.stringify(profile)).toString('base64url');
    await process.organizations.join({ ...record, signedProfile: `e30.${payload}.c2ln` });
    await answer(world.code());
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed.failure).toEqual({ code: 'certificate', reason: 'chain-broken' });
  });

  it('a refusal of the order', deep, async () => {
    world.ca.faults.arm({ kind: 'invalidProfile' });
    const { enrollmentId } = await process.enrollments.start(request);
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({
      at: 'order',
      failure: {
        code: 'acme-problem',
        problem: { type: 'urn:ietf:params:acme:error:invalidProfile' },
      },
    });
    expect(process.wallet.activity.entries()[0]).toMatchObject({ event: 'enrollment-failed' });
  });

  it('an address that is not the invited person’s', async () => {
    const { enrollmentId } = await process.enrollments.start({
      ...request,
      email: 'eve@example.test',
    });
    const failed = await reached(process, enrollmentId, 'failed');
    expect(failed).toMatchObject({
      failure: { problem: { type: 'urn:ietf:params:acme:error:rejectedIdentifier' } },
    });
  });
});

it('an invitation that is not accepted stops with the CA’s own words, and goes on with a new one', async () => {
  const second = await World.start();
  try {
    const person = second.ca.people.findByEmail('alex@example.test');
    const invitation = second.ca.people.invite({ for: { personId: person?.id ?? '' } });
    const wallet = second.open();
    await second.join(wallet);
    second.ca.people.withdraw(invitation.kid);
    const record = wallet.organizations.find('org.example');
    if (record === undefined) throw new Error('not joined');
    await wallet.organizations.join(record, invitation);
    const { enrollmentId } = await wallet.enrollments.start(request);
    const stopped = await reached(wallet, enrollmentId, 'interrupted');
    expect(stopped).toMatchObject({
      at: 'account',
      failure: {
        code: 'invitation',
        reason: 'not-accepted',
        problem: {
          type: 'urn:ietf:params:acme:error:unauthorized',
          detail: 'The external account key has expired.',
        },
      },
    });
    await second.join(wallet);
    await wallet.enrollments.resume(enrollmentId);
    await startProving(wallet, enrollmentId);
  } finally {
    await second.stop();
  }
});
