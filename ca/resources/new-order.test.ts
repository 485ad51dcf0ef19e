import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient } from '../testing/acme-client.ts';
import type { AcmeReply, OrderObject } from '../testing/acme-client.ts';
import {
  alexIdentifier,
  codeOf,
  connectBound,
  connectService,
  enroll,
  makeRequest,
  placeOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let alex: AcmeClient;
let service: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa({ ordersPerPage: 3 });
  alex = await connectBound(ca);
  service = await connectService(ca);
});

afterAll(async () => {
  alex.close();
  service.close();
  await ca.stop();
});

const dns = (value: string) => ({ type: 'dns', value });
const order = (client: AcmeClient, payload: object): Promise<AcmeReply> =>
  client.post(client.directory.newOrder, payload);

describe('newOrder', () => {
  it('answers with the order, its URL and one authorization for each identifier', async () => {
    const identifiers = [dns('WWW.example.test'), dns('example.test'), dns('*.example.test')];
    const reply = await order(service, { identifiers });
    expect(reply.status).toBe(201);
    expect(reply.location).toMatch(new RegExp(`^${ca.origin}/acme/order/[\\w-]{22}$`));
    const body = reply.body as OrderObject;
    expect(body).toMatchObject({
      status: 'pending',
      profile: 'server',
      identifiers: [dns('www.example.test'), dns('example.test'), dns('*.example.test')],
      finalize: `${reply.location ?? ''}/finalize`,
    });
    expect(body.certificate).toBeUndefined();
    const authorizations = await Promise.all(
      body.authorizations.map((url) => service.authorization(url)),
    );
    expect(authorizations.map(({ identifier, wildcard }) => [identifier, wildcard])).toEqual([
      [dns('www.example.test'), undefined],
      [dns('example.test'), undefined],
      [dns('example.test'), true],
    ]);
    const offered = authorizations.map(({ challenges }) => challenges.map(({ type }) => type));
    expect(offered).toEqual([
      ['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'],
      ['http-01', 'dns-01', 'tls-alpn-01', 'dns-account-01', 'dns-persist-01'],
      ['dns-01', 'dns-account-01', 'dns-persist-01'],
    ]);
  });

  it('names an identifier once, however often it was asked for', async () => {
    const { order: placed } = await placeOrder(service, {
      identifiers: [dns('a.test'), dns('A.TEST')],
    });
    expect(placed.identifiers).toEqual([dns('a.test')]);
    expect(placed.authorizations).toHaveLength(1);
  });

  it('offers a person a code and nothing weaker beside it', async () => {
    const { order: placed } = await placeOrder(alex, { identifiers: [alexIdentifier] });
    expect(placed.profile).toBe('employee');
    const { challenges } = await alex.authorization(placed.authorizations[0] ?? '');
    expect(challenges).toHaveLength(1);
    expect(challenges[0]).toMatchObject({
      type: 'totp-01',
      status: 'pending',
      digits: 6,
      period: 30,
      prompt: 'Authenticator app code for alex@example.test',
    });
    expect(challenges[0]?.token).toMatch(/^[\w-]{43}$/);
  });

  it.each(['employee', 'wifi'])('follows the profile %s and echoes it', async (profile) => {
    const { order: placed } = await placeOrder(alex, { identifiers: [alexIdentifier], profile });
    expect(placed.profile).toBe(profile);
  });

  it('lets a person vouch for a device', async () => {
    const identifiers = [{ type: 'permanent-identifier', value: 'SN-4711/1.2.3' }];
    const { order: placed } = await placeOrder(alex, { identifiers, profile: 'device' });
    expect(placed).toMatchObject({ identifiers, profile: 'device' });
  });

  it.each([
    ['unheard of', 'gold'],
    ['for other identifiers', 'server'],
    ['no text', 5],
  ])('refuses a profile that is %s', async (_name, profile) => {
    const reply = await order(alex, { identifiers: [alexIdentifier], profile });
    expect([reply.status, reply.problem]).toEqual([400, 'invalidProfile']);
  });

  it.each([
    ['no identifiers', undefined],
    ['an empty list', []],
    ['an object', {}],
    ['a text in the list', ['a.test']],
    ['an identifier without a value', [{ type: 'dns' }]],
    ['a value that is no text', [{ type: 'dns', value: 5 }]],
    ['too many', Array.from({ length: 101 }, (_, index) => dns(`a${index}.test`))],
    ['types that do not go together', [alexIdentifier, dns('a.test')]],
    ['two people', [alexIdentifier, { type: 'email', value: 'b@example.test' }]],
  ])('refuses %s', async (_name, identifiers) => {
    const reply = await order(alex, { identifiers });
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
  });

  it('names each identifier that it refuses in a subproblem', async () => {
    const bad = [dns('a_b.test'), { type: 'ip', value: '127.0.0.1' }];
    const reply = await order(service, { identifiers: [dns('good.test'), ...bad] });
    expect([reply.status, reply.problem]).toEqual([403, 'compound']);
    expect(reply.body['subproblems']).toMatchObject([
      { type: 'urn:ietf:params:acme:error:malformed', identifier: bad[0] },
      { type: 'urn:ietf:params:acme:error:unsupportedIdentifier', identifier: bad[1] },
    ]);
    expect(reply.body).not.toHaveProperty('identifier');
  });

  it.each(['host.invalid', '*.test', 'x.onion'])('rejects %s', async (name) => {
    const reply = await order(service, { identifiers: [dns(name)] });
    expect([reply.status, reply.problem]).toEqual([403, 'rejectedIdentifier']);
  });

  it('rejects the address of anybody but the person the account is bound to', async () => {
    ca.people.register({ name: 'Sam Second', email: 'sam@example.test' });
    const reply = await order(alex, {
      identifiers: [{ type: 'email', value: 'sam@example.test' }],
    });
    expect([reply.status, reply.problem]).toEqual([403, 'rejectedIdentifier']);
  });

  it('refuses people and devices to an account that is bound to nobody', async () => {
    const device = { type: 'permanent-identifier', value: 'SN-4711' };
    for (const identifier of [alexIdentifier, device]) {
      const reply = await order(service, { identifiers: [identifier] });
      expect([reply.status, reply.problem]).toEqual([403, 'unauthorized']);
    }
  });

  it('refuses more open orders than an account may have', async () => {
    const greedy = await connectService(ca);
    let reply = await order(greedy, { identifiers: [dns('a.test')] });
    for (let count = 1; count <= 100 && reply.status === 201; count += 1) {
      reply = await order(greedy, { identifiers: [dns('a.test')] });
    }
    expect([reply.status, reply.problem]).toEqual([429, 'rateLimited']);
    expect(reply.headers['retry-after']).toBe('60');
    ca.clock.advance(8 * 24 * 3600);
    expect((await order(greedy, { identifiers: [dns('a.test')] })).status).toBe(201);
    greedy.close();
  });
});

describe('the dates of an order', () => {
  const at = (days: number): string =>
    new Date(ca.clock().getTime() + days * 86_400_000).toISOString();

  it('are echoed and become those of the certificate', async () => {
    const [notBefore, notAfter] = ['2031-01-02T03:04:05+01:00', '2031-01-09T03:04:05Z'];
    ca.clock.advance((Date.parse('2031-01-01T00:00:00Z') - ca.clock().getTime()) / 1000);
    const placed = await placeOrder(alex, { identifiers: [alexIdentifier], notBefore, notAfter });
    const dates = { notBefore: '2031-01-02T02:04:05Z', notAfter: '2031-01-09T03:04:05Z' };
    expect(placed.order).toMatchObject(dates);
    const { url } = await alex.challenge(placed.order, 'totp-01');
    await alex.post(url, { otp: codeOf(ca) });
    ca.clock.advance(60);
    const { csr } = await makeRequest();
    const done = (await alex.post(placed.order.finalize, { csr })).body as OrderObject;
    expect(done).toMatchObject({ status: 'valid', ...dates });
    const chain = (await alex.get(done.certificate ?? '')).bytes;
    const { validFromDate, validToDate } = new X509Certificate(chain);
    expect(validFromDate).toEqual(new Date(dates.notBefore));
    expect(validToDate).toEqual(new Date(dates.notAfter));
  });

  it.each([
    ['a text that is no date', () => ({ notAfter: 'tomorrow' })],
    ['a number', () => ({ notAfter: 1_900_000_000 })],
    ['a date without a zone', () => ({ notBefore: '2031-01-02T03:04:05' })],
    ['a day that does not exist', () => ({ notAfter: '2031-02-30T00:00:00Z' })],
    ['an end in the past', () => ({ notAfter: at(-1) })],
    ['a start long ago', () => ({ notBefore: at(-1) })],
    ['a start far away', () => ({ notBefore: at(31) })],
    ['an end before the start', () => ({ notBefore: at(3), notAfter: at(2) })],
    ['a life longer than the profile allows', () => ({ notAfter: at(91) })],
  ])('are refused with %s', async (name, dates) => {
    const reply = await order(alex, { identifiers: [alexIdentifier], ...dates() });
    expect([name, reply.status, reply.problem]).toEqual([name, 400, 'malformed']);
  });
});

describe('newAuthz', () => {
  const preauthorize = (client: AcmeClient, identifier: unknown): Promise<AcmeReply> =>
    client.post(client.directory.newAuthz, { identifier });

  it('serves a later order, for a day', async () => {
    const reply = await preauthorize(alex, alexIdentifier);
    expect([reply.status, reply.body['status']]).toEqual([201, 'pending']);
    const [challenge] = (reply.body as { challenges: { url: string }[] }).challenges;
    await alex.post(challenge?.url ?? '', { otp: codeOf(ca) });
    ca.clock.advance(60);
    const { order: placed } = await placeOrder(alex);
    expect(placed).toMatchObject({ status: 'ready', authorizations: [reply.location] });
    ca.clock.advance(24 * 3600);
    const later = await placeOrder(alex);
    expect(later.order.status).toBe('pending');
    expect(later.order.authorizations).not.toContain(reply.location);
  });

  it('gives what waits or is good again, and another once it is over', async () => {
    const first = await preauthorize(alex, alexIdentifier);
    expect(first.status).toBe(201);
    const again = await preauthorize(alex, alexIdentifier);
    expect([again.status, again.location, again.body]).toEqual([200, first.location, first.body]);
    const other = await connectBound(ca);
    expect((await preauthorize(other, alexIdentifier)).status).toBe(201);
    other.close();
    const [challenge] = (first.body as { challenges: { url: string }[] }).challenges;
    await alex.post(challenge?.url ?? '', { otp: codeOf(ca) });
    ca.clock.advance(60);
    const proven = await preauthorize(alex, alexIdentifier);
    expect([proven.status, proven.location]).toEqual([200, first.location]);
    expect(proven.body['status']).toBe('valid');
    await alex.post(first.location ?? '', { status: 'deactivated' });
    const fresh = await preauthorize(alex, alexIdentifier);
    expect([fresh.status, fresh.body['status']]).toEqual([201, 'pending']);
  });

  it('serves no other account', async () => {
    const reply = await preauthorize(alex, alexIdentifier);
    const [challenge] = (reply.body as { challenges: { url: string }[] }).challenges;
    await alex.post(challenge?.url ?? '', { otp: codeOf(ca) });
    ca.clock.advance(60);
    const other = await connectBound(ca);
    expect((await placeOrder(other)).order.status).toBe('pending');
    other.close();
  });

  it('is not made by the authorizations of an order', async () => {
    const client = await connectBound(ca);
    await enroll(ca, client);
    expect((await placeOrder(client)).order.status).toBe('pending');
    client.close();
  });

  it.each([
    [dns('*.example.test'), 403, 'rejectedIdentifier'],
    [dns('host.invalid'), 403, 'rejectedIdentifier'],
    [{ type: 'ip', value: '::1' }, 403, 'unsupportedIdentifier'],
    [alexIdentifier, 403, 'unauthorized'],
    [{ type: 'dns' }, 400, 'malformed'],
    [undefined, 400, 'malformed'],
  ])('refuses %j', async (identifier, status, problem) => {
    const reply = await preauthorize(service, identifier);
    expect([reply.status, reply.problem]).toEqual([status, problem]);
    expect(reply.body).not.toHaveProperty('identifier');
  });
});
