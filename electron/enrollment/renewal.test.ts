import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retire } from '../credentials/retirement.ts';
import type { HttpClient } from '../http/http-client.ts';
import { reached, request, World, type Process } from '../testing/enrollment-world.ts';

// A CA, and two enrolments in each test.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let process: Process;
/** Payloads of the orders that were placed. */
let ordered: Record<string, unknown>[];

const host = 'billing.example.test';

beforeEach(async () => {
  world = await World.start();
  ordered = [];
  world.between = listening;
  world.service = 'billing';
  world.ca.registry.addDomain('service:billing', host);
  process = await world.joined({
    ...{ purpose: 'service', profile: 'service' },
    identifiers: [{ type: 'dns', value: host }],
  });
});

afterEach(async () => {
  expect(process.unforeseen).toEqual([]);
  await world.stop();
});

const listening = (http: HttpClient): HttpClient => ({
  request: (sent) => {
    if (sent.url.endsWith('/new-order') && typeof sent.body === 'string') {
      const { payload } = JSON.parse(sent.body) as { payload: string };
      const text = Buffer.from(payload, 'base64url').toString();
      ordered.push(JSON.parse(text) as Record<string, unknown>);
    }
    return http.request(sent);
  },
  close: () => http.close(),
});

/** As if somebody had vouched for the service: what it has from then on is its own proof. */
async function first(): Promise<string> {
  world.ca.faults.arm({ kind: 'validAuthorization' });
  const { enrollmentId } = await process.enrollments.start(request);
  const { credentialId } = await reached(process, enrollmentId, 'done');
  return credentialId;
}

const answers = (): number => world.ca.requestLog.count({ resource: 'challenge', method: 'POST' });

describe('a service', () => {
  it('renews its credential with nobody there, by the one that it has', async () => {
    const before = await first();
    expect(answers()).toBe(0);
    const { enrollmentId } = await process.enrollments.start({ ...request, renews: before });
    const { credentialId } = await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
    expect(ordered.map(({ replaces }) => typeof replaces)).toEqual(['undefined', 'string']);
    const [one, other] = [before, credentialId].map((id) => process.wallet.credentials.find(id));
    expect(other?.identifiers).toEqual(one?.identifiers);
    expect(other?.key.id).not.toBe(one?.key.id);
    // Nobody was shown anything that waits for somebody.
    const waiting = process.reported.filter((each) => each.step === 'proving' && !each.sending);
    expect(waiting).toEqual([]);
    expect(await retire(before, credentialId, process)).toBe(true);
    expect(process.wallet.credentials.list().map(({ id }) => id)).toEqual([credentialId]);
    expect(process.keys.has(one?.key.id ?? '')).toBe(false);
    const events = process.wallet.activity.entries({ credentialId }).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['certificate-used', 'credential-replaced']));
  });

  it('orders on its own where the CA knows a successor already', async () => {
    const before = await first();
    world.ca.faults.arm({ kind: 'alreadyReplaced' });
    const { enrollmentId } = await process.enrollments.start({ ...request, renews: before });
    await reached(process, enrollmentId, 'done');
    expect(ordered.map(({ replaces }) => typeof replaces)).toEqual([
      ...['undefined', 'string', 'undefined'],
    ]);
  });

  it('waits for somebody where it has the choice', async () => {
    await first();
    world.ca.faults.arm({ kind: 'validAuthorization' });
    const second = await process.enrollments.start(request);
    await reached(process, second.enrollmentId, 'done');
    const { enrollmentId } = await process.enrollments.start(request);
    const state = await reached(process, enrollmentId, 'proving', ({ sending }) => !sending);
    expect(state.authorizations[0]?.challenges[0]).toMatchObject({ kind: 'certificate' });
    expect(answers()).toBe(0);
  });

  it('goes on by itself after the wallet was stopped', async () => {
    await first();
    const held = world.ca.faults.arm({ kind: 'hold', resource: 'authorization' });
    const { enrollmentId } = await process.enrollments.start(request);
    await held.reached;
    await world.kill(process);
    process = world.open();
    expect(process.wallet.enrollments.find(enrollmentId)?.state).toBe('needs-proof');
    process.enrollments.resumeAll();
    await reached(process, enrollmentId, 'done');
    expect(answers()).toBe(1);
  });
});

describe('what is renewed', () => {
  it('is a credential of the same offer', async () => {
    const refused = { failure: { code: 'not-found' } };
    await expect(process.enrollments.start({ ...request, renews: 'nobody' })).rejects.toMatchObject(
      refused,
    );
  });

  it.each(['prove', 'install'] as const)(
    'stays where its successor could not take its place (%s)',
    async (refusal) => {
      const before = await first();
      world.target.refused.add(refusal);
      const { enrollmentId } = await process.enrollments.start({ ...request, renews: before });
      const { credentialId } = await reached(process, enrollmentId, 'done');
      expect(await retire(before, credentialId, process)).toBe(false);
      const old = process.wallet.credentials.find(before);
      expect(old?.installations.map(({ target }) => target)).toEqual(['nss']);
      expect(old?.successorId).toBe(credentialId);
      // Somebody has done something about it since.
      world.target.refused.clear();
      await process.credentials.install(credentialId, 'nss');
      expect(await retire(before, credentialId, process)).toBe(true);
      expect(process.wallet.credentials.list().map(({ id }) => id)).toEqual([credentialId]);
    },
  );
});
