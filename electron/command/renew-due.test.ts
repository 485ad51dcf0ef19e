import { afterEach, beforeEach, expect, it, vi } from 'vitest';
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
}

/** The command in a wallet whose time a test moves. */
async function renewDue() {
  const said: string[] = [];
  const out = (text: string): void => void said.push(text);
  const { signal } = new AbortController();
  const output = new Output({ out, error: () => undefined, unread: signal }, true);
  const { wallet, enrollments, credentials } = process;
  const house = { wallet, enrollments, credentials, close: () => Promise.resolve() };
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
