import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approveByCard,
  approveByPasskey,
  corp,
  createApprovalWorld,
  digestOf,
  finalizeWith,
  issueCard,
  newApproval,
  proveOneself,
  readRequest,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld } from '../testing/approval-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await createApprovalWorld();
});

afterAll(() => world.stop());

describe('an order that others approve', () => {
  it('is issued once two have, by a passkey and by a card', async () => {
    const { alex, kim, robin } = world;
    const requested = await requestApproval(alex.client);
    expect((await proveOneself(alex, requested.order)).status).toBe(200);
    expect((await alex.client.order(requested.orderUrl)).status).toBe('pending');
    expect((await finalizeWith(alex.client, requested)).problem).toBe('orderNotReady');
    expect((await approveByPasskey(kim, requested.url)).body).toMatchObject({ status: 'valid' });
    expect((await alex.client.order(requested.orderUrl)).status).toBe('pending');
    const card = await issueCard(world, robin);
    const second = await approveByCard(robin, requested.url, card);
    expect(second.body).toMatchObject({ status: 'valid' });
    expect((await alex.client.order(requested.orderUrl)).status).toBe('ready');
    const done = await finalizeWith(alex.client, requested);
    expect(done.body).toMatchObject({ status: 'valid' });
    const read = await readRequest(alex, requested.url);
    expect(read).toMatchObject({
      status: 'approved',
      roles: ['requester'],
      mayDecide: false,
      decisions: [
        { decision: 'approve', by: { email: 'kim@corp.example' }, method: 'ppkp-01' },
        { decision: 'approve', by: { email: 'robin@corp.example' }, method: 'cert-01' },
      ],
      certificates: [{ serial: expect.stringMatching(/^[0-9a-f]{32}$/) as string }],
    });
  });

  it('waits in an authorization without challenges that names the request', async () => {
    const { alex, kim } = world;
    const { awaiting, url, order, orderUrl } = await requestApproval(alex.client);
    const { body } = await alex.client.get(awaiting);
    const expires = new Date(world.ca.clock().getTime() + 24 * 3_600_000).toISOString();
    expect(body).toEqual({
      ...{ identifier: corp, status: 'pending', challenges: [], approval: url },
      expires: expires.replace('.000Z', 'Z'),
    });
    expect(order.authorizations).toHaveLength(2);
    const document = (await readRequest(kim, url))['approval'] as Record<string, unknown>;
    expect(document).toMatchObject({
      ...{ version: 1, kind: 'order', url, order: orderUrl, organization: 'Example Corp' },
      ...{ requestedBy: { name: 'Alex Example', email: 'alex@corp.example' } },
      ...{ profile: 'ev-code-signing', usages: ['1.3.6.1.5.5.7.3.3'], identifiers: [corp] },
      ...{ lifetime: 365 * 86_400, reason: 'Release 4.2' },
      rule: { approvals: 2, by: ['ppkp-01', 'cert-01'], hardware: true },
    });
    expect(document['key']).toMatchObject({ algorithm: 'P-256', place: 'token', local: true });
  });

  it('gives an approver one authorization at a time, whose challenges have the document', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const first = await newApproval(kim.client, url);
    const again = await newApproval(kim.client, url);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.location).toBe(first.location);
    const { approval } = await readRequest(kim, url);
    const { challenges } = first.body as { challenges: { approval: never }[] };
    expect(challenges.map((one) => digestOf(one.approval))).toEqual(
      challenges.map(() => digestOf(approval as never)),
    );
    expect(first.body).toMatchObject({ identifier: corp, status: 'pending', approval: url });
  });
});
