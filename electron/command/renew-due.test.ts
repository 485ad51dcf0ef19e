import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import type { House } from '../house.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';
import { Output } from './output.ts';
import { renew } from './renew.ts';
import type { CommandRooms } from './rooms.ts';

// A CA, and several enrolments in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const host = 'billing.example.test';

let world: World;
let process: Process;

beforeEach(async () => {
  world = await World.start();
  world.service = 'billing';
  world.ca.registry.addDomain('service:billing', host);
  process = await world.joined({
    ...{ purpose: 'service', profile: 'service' },
    identifiers: [{ type: 'dns', value: host }],
  });
});
afterEach(() => world.stop());

/** As if somebody had vouched for the service. */
async function credential(): Promise<string> {
  world.ca.faults.arm({ kind: 'validAuthorization' });
  const { enrollmentId } = await process.enrollments.start(request);
  const { credentialId } = await reached(process, enrollmentId, 'done');
  await process.enrollments.dismiss(enrollmentId);
  return credentialId;
}

interface Result {
  readonly credentialId: string;
  readonly outcome: string;
  readonly failure?: Failure;
}

/** The command in a wallet whose time a test moves. */
async function renewDue() {
  const said: string[] = [];
  const out = (text: string): void => void said.push(text);
  const { signal } = new AbortController();
  const output = new Output({ out, error: () => undefined, unread: signal }, true);
  const { wallet, enrollments, credentials, interrupted } = process;
  const house = {
    ...{ wallet, enrollments, credentials, interrupted },
    ...{ checkSecretStore: () => Promise.resolve(), close: () => Promise.resolve() },
  };
  const rooms: CommandRooms = {
    ...{ output, signal, now: world.now },
    openHouse: () => house as unknown as House,
    openTokens: () => {
      throw new Error('nobody needs a token');
    },
    linesOf: () => {
      throw new Error('nobody reads a descriptor');
    },
    toFailure: () => ({ code: 'internal' }),
  };
  const wish = { which: 'due', json: true, installs: true, acceptFinalTry: false } as const;
  const outcome = await renew({ name: 'renew', ...wish }, rooms);
  const { credentials: results } = JSON.parse(said.join('')) as { credentials: readonly Result[] };
  return { outcome, results };
}

/** Past any moment that may have been drawn from the CA's window, which begins when two thirds are over. */
function comeDue(credentialId: string): void {
  const { notBefore, notAfter } = process.wallet.credentials.find(credentialId) ?? {};
  const lifetime = Date.parse(notAfter ?? '') - Date.parse(notBefore ?? '');
  world.advance((lifetime * 0.8) / 1000);
}

it('what is due is renewed once, by itself', async () => {
  const before = await credential();
  expect(await renewDue()).toMatchObject({ outcome: 'done', results: [{ outcome: 'not-due' }] });
  comeDue(before);
  const { outcome, results } = await renewDue();
  expect(outcome).toBe('done');
  expect(results).toMatchObject([{ credentialId: before, outcome: 'renewed', isRetired: true }]);
  // It took the older one's place as all do that are installed beside an older one: proven first.
  const told = process.wallet.activity.entries().map(({ event, detail }) => [event, detail]);
  const place = told.filter(([, detail]) => detail?.startsWith('nss') === true).slice(0, 3);
  expect(place).toEqual([
    ['rebound', 'nss'],
    ['proven', 'nss · signature'],
    ['installed', 'nss'],
  ]);
  const [left] = process.wallet.credentials.list();
  expect(left?.installations).toMatchObject([{ target: 'nss' }]);
  expect(await renewDue()).toMatchObject({ outcome: 'done', results: [{ outcome: 'not-due' }] });
  expect(process.wallet.credentials.list()).toHaveLength(1);
});

it('one that fails keeps no other from being renewed, and is how the command ends', async () => {
  const [one, other] = [await credential(), await credential()];
  comeDue(one);
  world.ca.faults.arm({ kind: 'orderInvalid', times: 1 });
  const { outcome, results } = await renewDue();
  expect(outcome).toBe('failed');
  expect(results.map((each) => each.outcome).sort()).toEqual(['failed', 'renewed']);
  expect(results.map(({ credentialId }) => credentialId).sort()).toEqual([one, other].sort());
  expect(process.wallet.credentials.list()).toHaveLength(2);
});

it('one that stays beside its successor is not renewed again, and goes once the successor is everywhere', async () => {
  const before = await credential();
  const { credentials } = process.wallet;
  const record = credentials.find(before);
  if (record === undefined) throw new Error('there is no credential');
  const { issuedAt: installedAt, installations } = record;
  const elsewhere = { target: 'file', location: 'elsewhere', installedAt, proofs: [] } as const;
  credentials.save({ ...record, installations: [...installations, elsewhere] });
  comeDue(before);
  const orders = (): number => world.ca.requestLog.count({ resource: 'newOrder', method: 'POST' });
  expect((await renewDue()).results).toMatchObject([{ outcome: 'renewed', isRetired: false }]);
  const placed = orders();
  const { outcome, results } = await renewDue();
  expect(outcome).toBe('done');
  expect(results.map((each) => each.outcome)).toEqual(['not-due', 'not-due']);
  expect(orders()).toBe(placed);
  const stayed = credentials.find(before);
  if (stayed === undefined) throw new Error('it is gone too early');
  credentials.save({ ...stayed, installations });
  await renewDue();
  expect(credentials.find(before)).toBeUndefined();
  expect(orders()).toBe(placed);
});

it('a renewal that was interrupted goes on, and none is begun beside it', async () => {
  const before = await credential();
  comeDue(before);
  const { enrollments } = process.wallet;
  world.ca.faults.arm({ kind: 'httpStatus', status: 500, resource: 'newOrder', times: 1000 });
  for (const outcome of ['interrupted', 'interrupted']) {
    expect(await renewDue()).toMatchObject({ outcome, results: [{ outcome }] });
    expect(enrollments.list()).toHaveLength(1);
  }
  world.ca.faults.clear();
  expect((await renewDue()).results).toMatchObject([{ credentialId: before, outcome: 'renewed' }]);
  expect(enrollments.list()).toHaveLength(0);
});

it('a CA that says when to come back is left alone until then, also by the runs that follow', async () => {
  const before = await credential();
  comeDue(before);
  const orders = (): number => world.ca.requestLog.count({ resource: 'newOrder', method: 'POST' });
  const placed = orders();
  const retryAfter = { seconds: 3 * 3600, form: 'seconds' } as const;
  world.ca.faults.arm({ kind: 'rateLimited', resource: 'newOrder', retryAfter });
  const [refused] = (await renewDue()).results;
  expect(refused?.failure).toMatchObject({ problem: { retryAt: expect.any(String) as string } });
  const asked = orders();
  expect(asked).toBeGreaterThan(placed);
  const { renewalHeldUntil = '' } = process.wallet.credentials.find(before) ?? {};
  expect(Date.parse(renewalHeldUntil)).toBeGreaterThan(world.now().getTime() + 2 * 3_600_000);
  for (let run = 0; run < 2; run += 1) {
    world.advance(3600);
    expect((await renewDue()).results).toMatchObject([{ outcome: 'not-due' }]);
  }
  expect(orders()).toBe(asked);
  world.advance(3600 + 60);
  expect((await renewDue()).results).toMatchObject([{ credentialId: before, outcome: 'renewed' }]);
});

it('of renewals that failed the last one is left to be seen', async () => {
  const before = await credential();
  comeDue(before);
  world.ca.faults.arm({ kind: 'orderInvalid', times: 3 });
  for (const outcome of ['failed', 'failed', 'failed']) {
    expect(await renewDue()).toMatchObject({ outcome });
    expect(process.wallet.enrollments.list()).toHaveLength(1);
  }
});
