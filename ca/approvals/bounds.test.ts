import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../testing/acme-client.ts';
import type { AcmeClient, OrderObject } from '../testing/acme-client.ts';
import {
  approveByCard,
  approveByPasskey,
  corp,
  corpNames,
  createApprovalWorld,
  finalizeWith,
  proveOneself,
  requestApproval,
} from '../testing/approval-world.ts';
import type { ApprovalWorld } from '../testing/approval-world.ts';
import { makeRequest, placeOrder } from '../testing/enrollment.ts';
import { ForeignCa } from '../testing/foreign-ca.ts';
import { credentialsUrl, keyRegistration } from '../testing/passkeys.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await createApprovalWorld();
});

afterAll(() => world.stop());

async function certificateOf(client: AcmeClient, { certificate = '' }: OrderObject) {
  const pem = (await client.get(certificate)).bytes.toString();
  const [body = ''] = pem.split(/-----[A-Z ]+-----/).slice(1);
  return Buffer.from(body, 'base64').toString('base64url');
}

const revoke = async (client: AcmeClient, certificate: string): Promise<string | undefined> =>
  (await client.post(client.directory.revokeCert, { certificate })).problem;

describe('what somebody approved or proved for approvals', () => {
  it('lets nobody revoke what another was issued', async () => {
    const { ca, organization, alex, kim, robin } = world;
    const requested = await requestApproval(alex.client);
    await approveByPasskey(kim, requested.url);
    await approveByPasskey(robin, requested.url);
    await proveOneself(alex, requested.order);
    const done = await finalizeWith(alex.client, requested);
    const ev = await certificateOf(alex.client, done.body as OrderObject);
    const subject = `person:${kim.person.id}` as const;
    ca.organizations.addMember(organization.id, subject, 'requester');
    const own = await requestApproval(kim.client);
    expect((await proveOneself(kim, own.order)).status).toBe(200);
    expect(await revoke(kim.client, ev)).toBe('unauthorized');
    ca.organizations.removeMember(organization.id, subject, 'requester');
  });

  it('is no proof of control of the domain either', async () => {
    const { ca, alex, robin } = world;
    const role = { role: 'administrator' } as const;
    const details = { name: 'Ada Example', email: 'ada@corp.example', ...role };
    const ada = await world.join(ca.people.register(details));
    ca.registry.addDomain('organization', corp.value);
    ca.faults.arm({ kind: 'validAuthorization' });
    const { order } = await placeOrder(ada.client, {
      ...{ profile: 'code-signing', identifiers: [corp] },
    });
    const { csr } = await makeRequest({ names: [...corpNames] });
    const done = (await ada.client.post(order.finalize, { csr })).body as OrderObject;
    const plain = await certificateOf(ada.client, done);
    const { url } = await requestApproval(alex.client);
    expect((await approveByPasskey(robin, url)).status).toBe(200);
    expect(await revoke(robin.client, plain)).toBe('unauthorized');
    expect(await revoke(ada.client, plain)).toBeUndefined();
  });

  it('is no proof of who they are, for registering another key', async () => {
    const { alex, sam } = world;
    const { url } = await requestApproval(alex.client);
    expect((await approveByPasskey(sam, url)).status).toBe(200);
    const payload = await keyRegistration(sam.client, await newKeyPair());
    const reply = await sam.client.post(credentialsUrl(sam.client), { ...payload, name: 'Key' });
    expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
  });
});

describe('a certificate', () => {
  it('whose key may be anywhere counts only where the rule does not ask for hardware', async () => {
    const anywhere = await ForeignCa.create(() => new Date(), 'Anywhere');
    const other = await createApprovalWorld({
      challengeAnchors: [{ pem: anywhere.pem, maps: 'person-email' }],
    });
    const { ca, organization, alex, kim } = other;
    const soft = await anywhere.issue({ names: [{ type: 'email', value: kim.person.email }] });
    const first = await requestApproval(alex.client);
    await expect(approveByCard(kim, first.url, soft)).rejects.toThrow(/no cert-01/);
    const rule = { required: 2, by: ['cert-01'], hours: 24 } as const;
    for (const [hardware, problem] of [
      [true, 'unauthorized'],
      [false, undefined],
    ] as const) {
      ca.organizations.setRule(organization.id, 'ev-code-signing', { ...rule, hardware });
      const { url } = await requestApproval(alex.client);
      expect([hardware, (await approveByCard(kim, url, soft)).problem]).toEqual([
        hardware,
        problem,
      ]);
    }
    await other.stop();
  });
});
