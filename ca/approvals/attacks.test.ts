import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeReply } from '../testing/acme-client.ts';
import {
  approvalChallenge,
  approvalKeyAuthorization,
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
  signByPasskey,
} from '../testing/approval-world.ts';
import type { ApprovalChallenge, ApprovalWorld, Approver } from '../testing/approval-world.ts';
import { keyAuthorizationOf } from '../testing/certificate-proof.ts';
import type { PasskeyChallenge } from '../testing/passkeys.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await createApprovalWorld();
});

afterAll(() => world.stop());

const decisionsOn = async (url: string): Promise<number> =>
  ((await readRequest(world.audrey, url))['decisions'] as unknown[]).length;

const setRole = (approver: Approver, role: 'approver' | 'requester', has: boolean): void => {
  const { ca, organization } = world;
  const subject = `person:${approver.person.id}` as const;
  if (has) ca.organizations.addMember(organization.id, subject, role);
  else ca.organizations.removeMember(organization.id, subject, role);
};

/** Refused, the challenge invalid for good, and nothing counted. */
async function expectLost(reply: AcmeReply, { url }: { url: string }, client = world.kim.client) {
  expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
  expect((await client.get(url)).body).toMatchObject({ status: 'invalid' });
}

describe('nobody approves for themselves', () => {
  it('by the account that ordered, approver or not', async () => {
    const { alex } = world;
    const { url } = await requestApproval(alex.client);
    expect((await newApproval(alex.client, url)).problem).toBe('unauthorized');
    setRole(alex, 'approver', true);
    expect((await newApproval(alex.client, url)).problem).toBe('unauthorized');
    expect(await readRequest(alex, url)).toMatchObject({
      ...{ roles: ['requester', 'approver'], mayDecide: false },
    });
    setRole(alex, 'approver', false);
  });

  it('by a second account or device either', async () => {
    const { alex } = world;
    const { url } = await requestApproval(alex.client);
    setRole(alex, 'approver', true);
    const device = await world.join(alex.person);
    expect((await newApproval(device.client, url)).problem).toBe('unauthorized');
    const reply = await device.client.post(url, {
      decline: { digest: world.ca.approvals.find(url)?.digest, reason: 'no' },
    });
    expect(reply.problem).toBe('unauthorized');
    setRole(alex, 'approver', false);
  });

  it('with the very key that is to be certified', async () => {
    const { alex, kim } = world;
    const requested = await requestApproval(alex.client);
    const card = await issueCard(world, kim, requested.keys);
    const reply = await approveByCard(kim, requested.url, card);
    expect(reply.problem).toBe('unauthorized');
    expect(await decisionsOn(requested.url)).toBe(0);
  });
});

describe('nobody counts twice', () => {
  it('whatever accounts they have, and also when both were asked before', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const device = await world.join(kim.person);
    const [first, second] = [
      await approvalChallenge(kim.client, url),
      await approvalChallenge(device.client, url),
    ];
    expect((await signByPasskey(kim, first)).status).toBe(200);
    await expectLost(await signByPasskey(device, second), second, device.client);
    expect((await newApproval(device.client, url)).problem).toBe('unauthorized');
    expect(await decisionsOn(url)).toBe(1);
  });

  it('and no key does, whoever holds it', async () => {
    const { alex, kim, robin } = world;
    const { url } = await requestApproval(alex.client);
    const ofKim = await issueCard(world, kim);
    const ofRobin = await issueCard(world, robin, ofKim.keys);
    expect((await approveByCard(kim, url, ofKim)).status).toBe(200);
    expect((await approveByCard(robin, url, ofRobin)).problem).toBe('unauthorized');
    expect(await decisionsOn(url)).toBe(1);
    expect((await approveByPasskey(robin, url)).status).toBe(200);
  });
});

describe('an approval is for one request', () => {
  const open = async (members = {}): Promise<ApprovalChallenge> => {
    const { url } = await requestApproval(world.alex.client, members);
    return approvalChallenge(world.kim.client, url);
  };

  it('and is wrong for another order, profile or key', async () => {
    const { kim } = world;
    const approved = await open();
    for (const members of [{}, { profile: 'ev-document-signing' }, { reason: 'other' }]) {
      const other = await open(members);
      const mixed = { ...other, approval: approved.approval };
      const replayed = [
        await approvalKeyAuthorization(kim, approved),
        await approvalKeyAuthorization(kim, mixed),
      ];
      for (const keyAuthorization of replayed) {
        const reply = await signByPasskey(kim, other, keyAuthorization);
        expect([reply.status, reply.problem]).toEqual([403, 'incorrectResponse']);
      }
    }
  });

  it('and is nothing without its digest, or under another account key', async () => {
    const { kim, robin } = world;
    const challenge = await open();
    const plain = await keyAuthorizationOf(kim.client, challenge.token);
    expect((await signByPasskey(kim, challenge, plain)).problem).toBe('incorrectResponse');
    const foreign = await approvalKeyAuthorization(robin, challenge);
    expect((await signByPasskey(kim, challenge, foreign)).problem).toBe('incorrectResponse');
    expect((await signByPasskey(kim, challenge)).status).toBe(200);
  });

  it('nor is it a proof of one’s own, even over the same request', async () => {
    const { alex } = world;
    const { order, url } = await requestApproval(alex.client);
    const challenge = (await alex.client.challenge(order, 'ppkp-01')) as PasskeyChallenge;
    const { approval } = await readRequest(alex, url);
    const asApproval = { ...challenge, approval: approval as ApprovalChallenge['approval'] };
    const reply = await signByPasskey(alex, asApproval);
    expect(reply.problem).toBe('incorrectResponse');
    expect((await proveOneself(alex, order)).status).toBe(200);
  });

  it('and not after it has expired', async () => {
    const { ca, kim, robin } = world;
    const requested = await requestApproval(world.alex.client);
    await approveByPasskey(robin, requested.url);
    const challenge = await approvalChallenge(kim.client, requested.url);
    ca.clock.advance(24 * 3600);
    expect((await signByPasskey(kim, challenge)).status).toBe(400);
    expect((await newApproval(kim.client, requested.url)).problem).toBe('unauthorized');
    expect(await readRequest(kim, requested.url)).toMatchObject({
      ...{ status: 'expired', mayDecide: false, approvers: [] },
    });
    const { body } = await world.alex.client.get(requested.awaiting);
    expect(body).toMatchObject({ status: 'expired' });
    expect((await world.alex.client.order(requested.orderUrl)).status).toBe('invalid');
  });
});

describe('who may decide is judged when the response is taken', () => {
  it('so an approver who was removed while the page was open does not', async () => {
    const { alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const challenge = await approvalChallenge(kim.client, url);
    setRole(kim, 'approver', false);
    await expectLost(await signByPasskey(kim, challenge), challenge);
    expect((await newApproval(kim.client, url)).status).toBe(404);
    setRole(kim, 'approver', true);
    expect(await decisionsOn(url)).toBe(0);
  });

  it('nor one who was removed while the response was judged', async () => {
    const { ca, alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    const challenge = await approvalChallenge(kim.client, url);
    ca.faults.arm({ kind: 'challengeProcessing', polls: 1 });
    expect((await signByPasskey(kim, challenge)).body).toMatchObject({ status: 'processing' });
    setRole(kim, 'approver', false);
    await kim.client.get(challenge.url);
    expect((await kim.client.get(challenge.url)).body).toMatchObject({ status: 'invalid' });
    setRole(kim, 'approver', true);
    expect(await decisionsOn(url)).toBe(0);
  });

  it('and whoever was removed before others approved does not count among them', async () => {
    const { alex, kim, robin, sam, audrey } = world;
    const { url } = await requestApproval(alex.client);
    await approveByPasskey(kim, url);
    setRole(kim, 'approver', false);
    await approveByPasskey(robin, url);
    expect(await readRequest(audrey, url)).toMatchObject({ status: 'pending' });
    expect(await decisionsOn(url)).toBe(2);
    await approveByPasskey(sam, url);
    expect(await readRequest(audrey, url)).toMatchObject({ status: 'approved' });
    setRole(kim, 'approver', true);
  });

  it('so one of two that race for the last place loses', async () => {
    const { ca, alex, kim, robin, sam, organization } = world;
    const rule = { by: ['ppkp-01'], hardware: true, hours: 24, required: 1 } as const;
    ca.organizations.setRule(organization.id, 'ev-code-signing', rule);
    const { url } = await requestApproval(alex.client);
    ca.organizations.setRule(organization.id, 'ev-code-signing', undefined);
    const racing = await Promise.all(
      [kim, robin, sam].map(async (one) => {
        const challenge = await approvalChallenge(one.client, url);
        return { one, challenge };
      }),
    );
    const replies = await Promise.all(
      racing.map(({ one, challenge }) => signByPasskey(one, challenge)),
    );
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 403, 403]);
    expect(await readRequest(world.audrey, url)).toMatchObject({ status: 'approved' });
    expect(await decisionsOn(url)).toBe(1);
  });

  it('and a declined request takes no approval', async () => {
    const { alex, kim, robin } = world;
    const requested = await requestApproval(alex.client);
    const challenge = await approvalChallenge(kim.client, requested.url);
    const digest = digestOf(challenge.approval);
    const decline = { digest, reason: 'Not this branch' };
    expect((await robin.client.post(requested.url, { decline })).status).toBe(200);
    await expectLost(await signByPasskey(kim, challenge), challenge);
    expect(await readRequest(alex, requested.url)).toMatchObject({
      status: 'declined',
      decisions: [{ decision: 'decline', reason: 'Not this branch' }],
    });
    const order = await alex.client.order(requested.orderUrl);
    expect(order.status).toBe('invalid');
    expect(order.error?.['detail']).toBe('Robin Example has declined: Not this branch');
    expect((await kim.client.post(requested.url, { decline })).problem).toBe('unauthorized');
  });
});

describe('a request is its parties’ alone', () => {
  it('and 404 to everybody else, whatever they are elsewhere', async () => {
    const { ca, alex, kim } = world;
    const { url } = await requestApproval(alex.client);
    await approveByPasskey(kim, url);
    const { decisions } = (await readRequest(kim, url)) as { decisions: { receipt: string }[] };
    const other = ca.organizations.create({ name: 'Other Corp', domains: ['other.example'] });
    const eve = await world.join(world.register('Eve'));
    const subject = `person:${eve.person.id}` as const;
    for (const role of ['requester', 'approver', 'auditor'] as const) {
      ca.organizations.addMember(other.id, subject, role);
    }
    const logs = [world.organization.id, other.id].map(
      (id) => `${ca.origin}/acme/approval-log/${id}`,
    );
    const [receipt = ''] = decisions.map((one) => one.receipt);
    for (const place of [url, receipt, logs[0] ?? '', `${url.slice(0, -22)}${'A'.repeat(22)}`]) {
      expect([place, (await eve.client.get(place)).status]).toEqual([place, 404]);
    }
    expect((await eve.client.get(logs[1] ?? '')).status).toBe(200);
    expect((await newApproval(eve.client, url)).status).toBe(404);
    const decline = { digest: ca.approvals.find(url)?.digest, reason: 'x' };
    expect((await eve.client.post(url, { decline })).status).toBe(404);
    const { body } = await eve.client.get(String(eve.client.directory.meta['approvals']));
    expect(body['approvals']).toEqual([]);
    const order = { identifiers: [corp], profile: 'ev-code-signing' };
    expect((await eve.client.post(eve.client.directory.newOrder, order)).problem).toBe(
      'rejectedIdentifier',
    );
  });

  it('and an authorization that approves says nothing about the domain', async () => {
    const { alex, kim, robin } = world;
    setRole(kim, 'requester', true);
    const requested = await requestApproval(alex.client);
    await approveByPasskey(kim, requested.url);
    await approveByPasskey(robin, requested.url);
    await proveOneself(alex, requested.order);
    const done = await finalizeWith(alex.client, requested);
    const own = await requestApproval(kim.client);
    const first = await kim.client.authorization(own.order.authorizations[0] ?? '');
    expect(first.status).toBe('pending');
    const pem = (await alex.client.get(String(done.body['certificate']))).bytes.toString();
    const [certificate = ''] = pem.split(/-----[A-Z ]+-----/).slice(1);
    const body = Buffer.from(certificate, 'base64').toString('base64url');
    const revoking = await kim.client.post(kim.client.directory.revokeCert, { certificate: body });
    expect(revoking.problem).toBe('unauthorized');
    setRole(kim, 'requester', false);
  });
});
