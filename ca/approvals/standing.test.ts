import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient } from '../testing/acme-client.ts';
import {
  approveByPasskey,
  corp,
  challengeIn,
  createApprovalWorld,
  finalizeWith,
  orderedKey,
  readRequest,
  requestApproval,
  signByPasskey,
} from '../testing/approval-world.ts';
import type { ApprovalWorld } from '../testing/approval-world.ts';
import {
  connectBuild,
  finalizeOneTime,
  grantStanding,
  inDays,
  orderOneTime,
  propose,
} from '../testing/standing-world.ts';

let world: ApprovalWorld;
let build: AcmeClient;

beforeAll(async () => {
  world = await createApprovalWorld();
  build = await connectBuild(world);
});

// Whatever stands would cover the next order.
afterEach(async () => {
  const { client } = world.sam;
  for (const { status, document } of world.ca.approvals.list()) {
    if (document.kind === 'order' || !['pending', 'approved'].includes(status)) continue;
    await client.post(document.url, { withdraw: { reason: 'Over' } });
  }
});

afterAll(async () => {
  build.close();
  await world.stop();
});

describe('a standing pre-authorization', () => {
  it('is proposed by an approver, who signs it first, and counts when enough have', async () => {
    const { kim, robin, sam } = world;
    const proposed = await propose(world, kim);
    expect(proposed.status).toBe(201);
    expect(proposed.body).toMatchObject({ identifier: corp, status: 'pending' });
    const url = String(proposed.body['approval']);
    const read = await readRequest(sam, url);
    expect(read).toMatchObject({ status: 'pending', mayDecide: true, remaining: 2 });
    expect(read['approval']).toMatchObject({
      ...{ version: 1, kind: 'standing', url, requestedBy: { service: 'build' } },
      ...{ proposedBy: { email: 'kim@corp.example' }, count: 2, until: inDays(world, 30) },
      ...{ reason: 'Nightly builds', lifetime: 900, expires: inDays(world, 1) },
    });
    expect(read['approval']).not.toHaveProperty('order');
    expect(read['approval']).not.toHaveProperty('key');
    await signByPasskey(kim, challengeIn(proposed));
    expect(await readRequest(sam, url)).toMatchObject({ status: 'pending' });
    await expect(orderOneTime(build)).rejects.toThrow(/needs \\"approval\\"/);
    await approveByPasskey(robin, url);
    expect(await readRequest(sam, url)).toMatchObject({ status: 'approved', remaining: 2 });
  });

  it('makes orders ready at once, until its count is spent', async () => {
    const url = await grantStanding(world);
    for (const remaining of [1, 0]) {
      const placed = await orderOneTime(build);
      expect(placed.order).toMatchObject({ status: 'ready' });
      expect(placed.order.authorizations).toHaveLength(1);
      const { body } = await build.get(placed.order.authorizations[0] ?? '');
      expect(body).toMatchObject({ status: 'valid', challenges: [], approval: url });
      const done = await finalizeOneTime(build, placed);
      expect(done.body).toMatchObject({ status: 'valid' });
      const pem = (await build.get(String(done.body['certificate']))).bytes;
      const { subject, keyUsage, validToDate } = new X509Certificate(pem);
      expect([subject, keyUsage]).toEqual(['CN=corp.example', ['1.3.6.1.5.5.7.3.3']]);
      expect(validToDate.getTime() - world.ca.clock().getTime()).toBeLessThanOrEqual(900_000);
      expect(await readRequest(world.kim, url)).toMatchObject({ remaining });
    }
    expect(await readRequest(world.kim, url)).toMatchObject({ status: 'spent' });
    await expect(orderOneTime(build)).rejects.toThrow(/400/);
  });

  it('never gives more than it granted, however many finalize at once', async () => {
    const url = await grantStanding(world);
    const orders = await Promise.all(Array.from({ length: 5 }, () => orderOneTime(build)));
    const replies = await Promise.all(orders.map((one) => finalizeOneTime(build, one)));
    const statuses = replies.map(({ body }) => body['status']);
    expect(statuses.toSorted()).toEqual(['invalid', 'invalid', 'invalid', 'valid', 'valid']);
    const refused = replies.find(({ body }) => body['status'] === 'invalid');
    expect(refused?.body['error']).toMatchObject({
      type: 'urn:ietf:params:acme:error:unauthorized',
      detail: 'The approval of the order is "spent".',
    });
    const { certificates, remaining } = await readRequest(world.kim, url);
    expect([(certificates as unknown[]).length, remaining]).toEqual([2, 0]);
  });

  it('issues nothing once it is withdrawn, not even what is being finalized', async () => {
    const { ca, sam } = world;
    const url = await grantStanding(world);
    const [held, open] = [await orderOneTime(build), await orderOneTime(build)];
    ca.faults.arm({ kind: 'orderProcessing', polls: 1 });
    expect((await finalizeOneTime(build, held)).body).toMatchObject({ status: 'processing' });
    const withdrawn = await sam.client.post(url, { withdraw: { reason: 'Key lost' } });
    expect(withdrawn.body).toMatchObject({
      status: 'withdrawn',
      withdrawn: { by: { email: 'sam@corp.example' }, reason: 'Key lost' },
    });
    await build.get(held.url);
    const { status, error } = await build.order(held.url);
    expect([status, error?.['type']]).toEqual([
      'invalid',
      'urn:ietf:params:acme:error:unauthorized',
    ]);
    expect((await finalizeOneTime(build, open)).body).toMatchObject({ status: 'invalid' });
    expect((await readRequest(sam, url))['certificates']).toEqual([]);
  });

  it('ends with its time, with the role of who may use it, and with the domain', async () => {
    const { ca, organization, kim } = world;
    const changes = [
      (on: boolean) =>
        ca.organizations[on ? 'addMember' : 'removeMember'](
          ...([organization.id, 'service:build', 'requester'] as const),
        ),
      (on: boolean) =>
        ca.organizations[on ? 'addDomain' : 'removeDomain'](organization.id, corp.value),
    ];
    await grantStanding(world);
    for (const change of changes) {
      const held = await orderOneTime(build);
      ca.faults.arm({ kind: 'orderProcessing', polls: 1 });
      await finalizeOneTime(build, held);
      change(false);
      await build.get(held.url);
      expect((await build.order(held.url)).status).toBe('invalid');
      change(true);
    }
    const url = await grantStanding(world, { until: inDays(world, 1 / 24) });
    const late = await orderOneTime(build);
    expect((await build.get(late.order.authorizations[0] ?? '')).body).toMatchObject({
      approval: url,
    });
    ca.clock.advance(3600 - 60);
    const { order } = await orderOneTime(build);
    ca.clock.advance(60);
    expect((await finalizeOneTime(build, { order, url: '' })).body).toMatchObject({
      status: 'invalid',
    });
    expect(await readRequest(kim, url)).toMatchObject({ status: 'expired' });
  });

  it('gives no certificates for later: they would outlive it', async () => {
    await grantStanding(world);
    const order = { identifiers: [corp], profile: 'one-time-code-signing' };
    const at = (minutes: number) => {
      const time = new Date(world.ca.clock().getTime() + minutes * 60_000);
      return { ...order, notBefore: time.toISOString() };
    };
    const later = await build.post(build.directory.newOrder, at(60));
    expect([later.status, later.problem]).toEqual([400, 'malformed']);
    expect((await build.post(build.directory.newOrder, at(1))).status).toBe(201);
  });

  it('is not given up with an order, nor withdrawn by who may use it', async () => {
    const url = await grantStanding(world);
    const { order } = await orderOneTime(build);
    await build.post(order.authorizations[0] ?? '', { status: 'deactivated' });
    expect((await finalizeOneTime(build, { order, url: '' })).problem).toBe('orderNotReady');
    expect((await build.post(url, { withdraw: { reason: '' } })).problem).toBe('unauthorized');
    expect(await readRequest(world.kim, url)).toMatchObject({ status: 'approved', remaining: 2 });
  });

  it('covers its requester alone; others have each certificate approved', async () => {
    const { alex, kim, robin } = world;
    await grantStanding(world);
    const ordered = await orderedKey({ place: 'software', neverExtractable: false, local: false });
    const requested = await requestApproval(
      alex.client,
      { profile: 'one-time-code-signing' },
      ordered,
    );
    expect(requested.order).toMatchObject({ status: 'pending' });
    expect(requested.order.authorizations).toHaveLength(1);
    await approveByPasskey(kim, requested.url);
    await approveByPasskey(robin, requested.url);
    expect((await finalizeWith(alex.client, requested)).body).toMatchObject({ status: 'valid' });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a profile without them', { profile: 'ev-code-signing' }, 'invalidProfile'],
    ['a profile that nobody approves', { profile: 'server' }, 'invalidProfile'],
    ['somebody who is no requester', { requester: { email: 'sam@corp.example' } }, 'malformed'],
    ['a service that is none', { requester: { service: 'other' } }, 'malformed'],
    ['two at once', { requester: { service: 'build', email: 'alex@corp.example' } }, 'malformed'],
    ['nobody', { requester: {} }, 'malformed'],
    ['none', { count: 0 }, 'malformed'],
    ['too many', { count: 1001 }, 'malformed'],
    ['a part of one', { count: 1.5 }, 'malformed'],
    ['yesterday', { until: '2020-01-01T00:00:00Z' }, 'malformed'],
    ['another year', { until: '2099-01-01T00:00:00Z' }, 'malformed'],
    ['no such day', { until: '2026-02-31T00:00:00Z' }, 'malformed'],
    ['another zone', { until: '2026-12-01T00:00:00+01:00' }, 'malformed'],
    ['a reason that is read otherwise', { reason: 'a\u202eb' }, 'malformed'],
    ['something that is not known', { order: 'x' }, 'malformed'],
  ])('is not for %s', async (_what, members, problem) => {
    expect((await propose(world, world.kim, members)).problem).toBe(problem);
  });

  it('is proposed by approvers alone, and never for themselves', async () => {
    const { ca, organization, alex, audrey, kim } = world;
    for (const one of [alex, audrey]) {
      expect((await propose(world, one)).problem).toBe('unauthorized');
    }
    ca.organizations.addMember(organization.id, `person:${kim.person.id}`, 'requester');
    const own = await propose(world, kim, { requester: { email: kim.person.email } });
    expect(own.problem).toBe('unauthorized');
    ca.organizations.removeMember(organization.id, `person:${kim.person.id}`, 'requester');
  });
});
