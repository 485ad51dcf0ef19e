import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, AuthorizationObject } from '../testing/acme-client.ts';
import { challengeOf, decide, dns, finalizeOrder, proveByDns } from '../testing/dns-proof.ts';
import { startDnsServer } from '../testing/dns-server.ts';
import type { DnsServer } from '../testing/dns-server.ts';
import {
  alexIdentifier,
  connectBound,
  connectService,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let client: AcmeClient;
let dnsServer: DnsServer;

beforeEach(async () => {
  dnsServer = await startDnsServer();
  await start(true);
});

afterEach(async () => {
  client.close();
  await ca.stop();
  await dnsServer.close();
});

async function start(subdomains: boolean): Promise<void> {
  ca = await startTestCa({
    dnsServer: dnsServer.address,
    caaIdentities: ['ca.example'],
    validationRetrySeconds: [],
    subdomains,
  });
  client = await connectService(ca);
}

async function restart(subdomains: boolean): Promise<void> {
  client.close();
  await ca.stop();
  await start(subdomains);
}

const below = (value: string, subdomainAuthAllowed: unknown = true) => ({
  ...dns(value),
  subdomainAuthAllowed,
});
const child = (value: string, ancestorDomain: unknown) => ({ ...dns(value), ancestorDomain });
const preauthorize = (identifier: object): Promise<AcmeReply> =>
  client.post(client.directory.newAuthz, { identifier });
const order = (...identifiers: object[]): Promise<AcmeReply> =>
  client.post(client.directory.newOrder, { identifiers });
const statusFor = async (...names: string[]): Promise<string> =>
  (await placeOrder(client, { identifiers: names.map(dns) })).order.status;

describe('pre-authorization of the names below a name', () => {
  it('is announced, asked for inside the identifier, and said at the top of the authorization', async () => {
    expect(client.directory.meta['subdomainAuthAllowed']).toBe(true);
    const reply = await preauthorize(below('Example.org'));
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({
      identifier: dns('example.org'),
      subdomainAuthAllowed: true,
    });
    expect(reply.body['identifier']).not.toHaveProperty('subdomainAuthAllowed');
    // RFC 8555 §8.3: what a web server shows says nothing about the names below its own.
    const { challenges } = reply.body as AuthorizationObject;
    expect(challenges.map(({ type }) => type)).toEqual([
      'dns-01',
      'dns-account-01',
      'dns-persist-01',
    ]);
  });

  it('serves orders for names below, by whole labels, and for the name itself', async () => {
    const { location = '' } = await preauthorize(below('oo.example.org'));
    await proveByDns(client, dnsServer, location);
    expect(await statusFor('a.oo.example.org', 'b.c.oo.example.org', 'oo.example.org')).toBe(
      'ready',
    );
    for (const name of ['ooo.example.org', 'example.org', '*.oo.example.org', 'a.example.org']) {
      expect([name, await statusFor(name)]).toEqual([name, 'pending']);
    }
  });

  it('ends in a certificate for the name below alone', async () => {
    const { location = '' } = await preauthorize(below('example.org'));
    await proveByDns(client, dnsServer, location);
    const placed = await placeOrder(client, { identifiers: [dns('sub.example.org')] });
    const { order: done } = await finalizeOrder(client, placed, ['sub.example.org']);
    const { subjectAltName } = new X509Certificate(
      (await client.get(done.certificate ?? '')).bytes,
    );
    expect(subjectAltName).toBe('DNS:sub.example.org');
  });

  it('is not had without asking for it, nor by answering for the name alone', async () => {
    const { location = '', body } = await preauthorize(dns('example.org'));
    expect(body).not.toHaveProperty('subdomainAuthAllowed');
    await proveByDns(client, dnsServer, location);
    // The same question: what was proven is given again.
    const again = await preauthorize(below('example.org', false));
    expect([again.status, again.location]).toEqual([200, location]);
    expect(again.body).not.toHaveProperty('subdomainAuthAllowed');
    expect(await statusFor('example.org')).toBe('ready');
    expect(await statusFor('sub.example.org')).toBe('pending');
  });

  it('takes a persistent record only when its policy covers the names below', async () => {
    const { location = '', body } = await preauthorize(below('example.org'));
    const record = `ca.example; accounturi=${client.kid ?? ''}`;
    dnsServer.texts.set('_validation-persist.example.org', [[record]]);
    const challenge = challengeOf(body as AuthorizationObject, 'dns-persist-01');
    expect((await decide(client, location, challenge)).status).toBe('invalid');
  });

  it.each([
    ['a top-level domain', below('org'), 'rejectedIdentifier'],
    ['a flag that is none', below('example.org', 'yes'), 'malformed'],
    ['a wildcard', below('*.example.org'), 'rejectedIdentifier'],
  ])('is refused for %s', async (_name, identifier, problem) => {
    expect((await preauthorize(identifier)).problem).toBe(problem);
  });

  it('is refused for what has no names below it', async () => {
    const alex = await connectBound(ca);
    const identifier = { ...alexIdentifier, subdomainAuthAllowed: true };
    const reply = await alex.post(alex.directory.newAuthz, { identifier });
    expect(reply.problem).toBe('malformed');
    alex.close();
  });

  it('is for the name alone where policy is against it', async () => {
    await restart(false);
    expect(client.directory.meta).not.toHaveProperty('subdomainAuthAllowed');
    const { status, body } = await preauthorize(below('example.org'));
    expect([status, body['subdomainAuthAllowed']]).toEqual([201, undefined]);
  });
});

describe('an order that names an ancestor', () => {
  it('is authorized by the ancestor, once for all names below it', async () => {
    const identifiers = [
      child('a.b.example.org', 'example.org'),
      child('c.example.org', 'Example.org'),
    ];
    const reply = await order(...identifiers);
    expect(reply.status).toBe(201);
    expect(reply.body['identifiers']).toEqual([
      child('a.b.example.org', 'example.org'),
      child('c.example.org', 'example.org'),
    ]);
    const [url = '', ...others] = reply.body['authorizations'] as string[];
    expect(others).toEqual([]);
    expect(await client.authorization(url)).toMatchObject({
      identifier: dns('example.org'),
      subdomainAuthAllowed: true,
    });
    await proveByDns(client, dnsServer, url);
    const placed = { url: reply.location ?? '', order: await client.order(reply.location ?? '') };
    const done = await finalizeOrder(client, placed, ['a.b.example.org', 'c.example.org']);
    expect(done.order.status).toBe('valid');
  });

  it('proves a wildcard below the asterisk all the same', async () => {
    const reply = await order(child('*.b.example.org', 'example.org'));
    const [url = ''] = reply.body['authorizations'] as string[];
    expect(await client.authorization(url)).toMatchObject({
      identifier: dns('b.example.org'),
      wildcard: true,
    });
  });

  it.each([
    ['the name itself', child('a.example.org', 'a.example.org')],
    ['part of a label', child('ooo.example.org', 'oo.example.org')],
    ['a name beside it', child('a.example.org', 'example.com')],
    ['a top-level domain', child('a.example.org', 'org')],
    ['no text', child('a.example.org', 5)],
    ['nothing', child('a.example.org', '')],
  ])('is refused when the ancestor is %s', async (_name, identifier) => {
    const reply = await order(identifier);
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
  });

  it('is authorized by the name itself where policy is against it', async () => {
    await restart(false);
    const reply = await order(child('a.example.org', 'example.org'));
    const [url = ''] = reply.body['authorizations'] as string[];
    const authorization = await client.authorization(url);
    expect(authorization.identifier).toEqual(dns('a.example.org'));
    expect(authorization).not.toHaveProperty('subdomainAuthAllowed');
  });
});

describe('revocation by an account that did not order the certificate', () => {
  it('takes an authorization for the names below as one for each of them', async () => {
    const { location = '' } = await preauthorize(below('example.org'));
    await proveByDns(client, dnsServer, location);
    const placed = await placeOrder(client, { identifiers: [dns('sub.example.org')] });
    const { order: done } = await finalizeOrder(client, placed, ['sub.example.org']);
    const leaf = new X509Certificate((await client.get(done.certificate ?? '')).bytes);
    const certificate = leaf.raw.toString('base64url');
    const owner = client;
    client = await connectService(ca);
    const revoke = () => client.post(client.directory.revokeCert, { certificate });
    expect((await revoke()).problem).toBe('unauthorized');
    const other = await preauthorize(below('example.org'));
    await proveByDns(client, dnsServer, other.location ?? '');
    expect((await revoke()).status).toBe(200);
    owner.close();
  });
});
