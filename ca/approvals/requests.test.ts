import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient, Json, OrderObject } from '../testing/acme-client.ts';
import {
  approveByPasskey,
  corp,
  createApprovalWorld,
  finalizeWith,
  newApproval,
  orderedKey,
  proveOneself,
  readRequest,
  requestApproval,
  spkiOf,
} from '../testing/approval-world.ts';
import type { ApprovalWorld } from '../testing/approval-world.ts';
import { newKeys } from '../testing/foreign-ca.ts';
import { connectBuild } from '../testing/standing-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await createApprovalWorld();
});

afterAll(() => world.stop());

const orderWith = (client: AcmeClient, approval: unknown, members: Json = {}) =>
  client.post(client.directory.newOrder, {
    ...{ identifiers: [corp], profile: 'ev-code-signing', approval, ...members },
  });

describe('what is asked for', () => {
  it.each<[string, Json, string]>([
    ['in software', { place: 'software' }, 'unauthorized'],
    ['in the store of a system', { place: 'os' }, 'unauthorized'],
    ['that can be taken out', { neverExtractable: false }, 'unauthorized'],
    ['that was made elsewhere', { local: false }, 'unauthorized'],
    ['nowhere', { place: 'pocket' }, 'malformed'],
    ['of which the token says nothing', { local: undefined }, 'malformed'],
    ['on a token that turns its name round', { token: tokenOf('a\u202eb') }, 'malformed'],
    ['on a token with a long name', { token: tokenOf('a'.repeat(65)) }, 'malformed'],
    ['on a token that says more', { token: { ...tokenOf('a'), pin: '1' } }, 'malformed'],
    ['of which more is said', { pin: '1234' }, 'malformed'],
    ['that is none', { spki: 'AAAA' }, 'malformed'],
    ['that is no base64url', { spki: 'A+/=' }, 'malformed'],
  ])('is no key %s', async (_what, details, problem) => {
    const { key } = await orderedKey(details);
    const reply = await orderWith(world.alex.client, { reason: '', key });
    expect([reply.status === 201, reply.problem]).toEqual([false, problem]);
  });

  function tokenOf(manufacturer: string) {
    return { manufacturer, model: 'x', serial: '1' };
  }

  it.each([
    ['P-384', 'P-384'],
    ['RSA-2048', 'RSA-2048'],
    ['Ed25519', 'Ed25519'],
  ] as const)('may be a key %s in a TPM', async (kind, algorithm) => {
    const { alex } = world;
    const ordered = await orderedKey({ place: 'tpm', token: undefined }, kind);
    const { url } = await requestApproval(alex.client, {}, ordered);
    expect((await readRequest(alex, url))['approval']).toMatchObject({
      key: { algorithm, place: 'tpm', neverExtractable: true },
    });
    expect((await readRequest(alex, url))['approval']).not.toHaveProperty('key.token');
    await alex.client.post(url, { withdraw: { reason: '' } });
  });

  it('is no key of a kind that is not listed, and no account’s', async () => {
    const { alex } = world;
    const keys = await newKeys('P-521');
    const { key } = await orderedKey();
    const curve = await orderWith(alex.client, { key: { ...key, spki: await spkiOf(keys) } });
    expect(curve.problem).toBe('malformed');
    const { jwk } = alex.client.keys;
    const account = await crypto.subtle.importKey(
      ...(['jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']] as const),
    );
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', account)).toString('base64url');
    expect((await orderWith(alex.client, { key: { ...key, spki } })).problem).toBe('malformed');
  });

  it.each<[string, unknown]>([
    ['long', 'a'.repeat(401)],
    ['of two lines', 'a\nb'],
    ['turned round', 'abc\u202egnp'],
    ['half a character', 'a\ud800'],
    ['invisible', 'a\u200bb'],
    ['no text', 7],
  ])('has no reason that is %s', async (_what, reason) => {
    const { key } = await orderedKey();
    expect((await orderWith(world.alex.client, { reason, key })).problem).toBe('malformed');
  });

  it.each<[string, Json]>([
    ['their name', { requestedBy: { name: 'The Board', email: 'board@corp.example' } }],
    ['the organisation', { organization: 'Other Corp' }],
    ['what it allows', { usages: ['2.5.29.37.0'] }],
    ['how long it lasts', { lifetime: 1 }],
    ['the rule', { rule: { approvals: 1, by: ['ppkp-01'], hardware: false } }],
    ['the digest', { digest: 'A'.repeat(43) }],
  ])('is never described by who asks: %s', async (_what, members) => {
    const { key } = await orderedKey();
    const reply = await orderWith(world.alex.client, { reason: '', key, ...members });
    expect(reply.problem).toBe('malformed');
  });

  it('is told by the CA from its own register, but for the key’s place and the reason', async () => {
    const { alex, kim } = world;
    const { url, orderUrl } = await requestApproval(alex.client);
    const { approval } = await readRequest(kim, url);
    expect(approval).toMatchObject({
      ...{ url, order: orderUrl, organization: 'Example Corp', profile: 'ev-code-signing' },
      requestedBy: { name: 'Alex Example', email: 'alex@corp.example' },
      ...{ usages: ['1.3.6.1.5.5.7.3.3'], identifiers: [corp] },
    });
    await alex.client.post(url, { withdraw: { reason: '' } });
  });

  it('is asked for by requesters of the organisation, for its domain to the letter', async () => {
    const { alex, kim } = world;
    const approval = { reason: '', key: (await orderedKey()).key };
    expect((await orderWith(kim.client, approval)).problem).toBe('rejectedIdentifier');
    for (const value of ['a.corp.example', '*.corp.example', 'example']) {
      const identifiers = [{ type: 'dns', value }];
      const reply = await orderWith(alex.client, approval, { identifiers });
      expect([value, reply.problem]).toEqual([value, 'rejectedIdentifier']);
    }
    const build = await connectBuild(world);
    expect((await orderWith(build, approval)).problem).toBe('unauthorized');
    build.close();
  });

  it('needs "approval", and nothing else takes it', async () => {
    const { client } = world.alex;
    expect((await orderWith(client, undefined)).problem).toBe('malformed');
    expect((await orderWith(client, {})).problem).toBe('malformed');
    const { key } = await orderedKey();
    const members = {
      ...{ profile: 'employee', identifiers: [{ type: 'email', value: 'alex@corp.example' }] },
    };
    expect((await orderWith(client, { key }, members)).problem).toBe('malformed');
  });
});

describe('what was approved', () => {
  it('is this key and no other, and the order stays ready', async () => {
    const { alex, kim, robin } = world;
    const requested = await requestApproval(alex.client);
    await proveOneself(alex, requested.order);
    await approveByPasskey(kim, requested.url);
    await approveByPasskey(robin, requested.url);
    const other = { ...requested, keys: await newKeys() };
    expect((await finalizeWith(alex.client, other)).problem).toBe('badCSR');
    expect((await alex.client.order(requested.orderUrl)).status).toBe('ready');
    expect((await finalizeWith(alex.client, requested)).body).toMatchObject({ status: 'valid' });
  });

  it('stays what it was, whatever becomes of rules and roles', async () => {
    const { ca, alex, kim, organization } = world;
    const { url } = await requestApproval(alex.client);
    const before = await readRequest(kim, url);
    const rule = { required: 1, by: ['cert-01'], hardware: false, hours: 1 } as const;
    ca.organizations.setRule(organization.id, 'ev-code-signing', rule);
    await approveByPasskey(kim, url);
    const after = await readRequest(kim, url);
    expect(after['approval']).toEqual(before['approval']);
    expect(after['status']).toBe('pending');
    ca.organizations.setRule(organization.id, 'ev-code-signing', undefined);
    await alex.client.post(url, { withdraw: { reason: '' } });
  });
});

describe('a request that is withdrawn', () => {
  const statusOf = async (order: string): Promise<string> =>
    (await world.alex.client.order(order)).status;

  it('by giving up the authorization that waits ends the order', async () => {
    const { alex, kim } = world;
    const { url, awaiting, orderUrl } = await requestApproval(alex.client);
    const { body } = await alex.client.post(awaiting, { status: 'deactivated' });
    expect(body).toMatchObject({ status: 'deactivated' });
    expect(await readRequest(kim, url)).toMatchObject({
      status: 'withdrawn',
      withdrawn: { by: { email: 'alex@corp.example' } },
    });
    expect(await statusOf(orderUrl)).toBe('invalid');
    expect((await newApproval(kim.client, url)).problem).toBe('unauthorized');
  });

  it('by its requester ends it as well, and nobody else withdraws it', async () => {
    const { alex, kim } = world;
    const { url, awaiting, orderUrl } = await requestApproval(alex.client);
    const withdraw = { reason: 'Not needed' };
    expect((await kim.client.post(url, { withdraw })).problem).toBe('unauthorized');
    expect((await alex.client.post(url, { withdraw })).body).toMatchObject({
      ...{ status: 'withdrawn', withdrawn: { reason: 'Not needed' } },
    });
    expect((await alex.client.get(awaiting)).body).toMatchObject({ status: 'deactivated' });
    expect(await statusOf(orderUrl)).toBe('invalid');
    expect((await alex.client.post(url, { withdraw })).problem).toBe('unauthorized');
  });

  it('by deactivating the account is one that nobody need decide', async () => {
    const { alex, kim } = world;
    const device = await world.join(alex.person);
    const { url } = await requestApproval(device.client);
    const other = await requestApproval(alex.client);
    const { kid = '' } = device.client;
    const { body } = await device.client.post(kid, { status: 'deactivated' });
    expect(body).toMatchObject({ status: 'deactivated' });
    expect(await readRequest(kim, url)).toMatchObject({
      ...{ status: 'withdrawn', mayDecide: false, approvers: [] },
    });
    expect(await readRequest(kim, other.url)).toMatchObject({ status: 'pending' });
  });

  it('while it is finalized is not issued', async () => {
    const { ca, alex, kim, robin } = world;
    const requested = await requestApproval(alex.client);
    await proveOneself(alex, requested.order);
    await approveByPasskey(kim, requested.url);
    await approveByPasskey(robin, requested.url);
    ca.faults.arm({ kind: 'orderProcessing', polls: 1 });
    const held = await finalizeWith(alex.client, requested);
    expect(held.body).toMatchObject({ status: 'processing' });
    await alex.client.post(requested.awaiting, { status: 'deactivated' });
    await alex.client.get(requested.orderUrl);
    const order = (await alex.client.get(requested.orderUrl)).body as OrderObject;
    expect([order.status, order.certificate]).toEqual(['invalid', undefined]);
    expect(await readRequest(kim, requested.url)).toMatchObject({
      ...{ status: 'withdrawn', certificates: [] },
    });
  });
});
