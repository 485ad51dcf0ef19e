import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AuthorizationObject, Json } from '../testing/acme-client.ts';
import { challengeOf, decide, digestFor, dns } from '../testing/dns-proof.ts';
import { startDnsServer } from '../testing/dns-server.ts';
import type { DnsServer } from '../testing/dns-server.ts';
import { connectService, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import { accountLabel } from './dns-account-01.ts';

let ca: TestCa;
let client: AcmeClient;
let dnsServer: DnsServer;

beforeEach(async () => {
  dnsServer = await startDnsServer();
  ca = await startTestCa({
    dnsServer: dnsServer.address,
    caaIdentities: ['ca.example', 'authority.example'],
    validationRetrySeconds: [0.01],
  });
  client = await connectService(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
  await dnsServer.close();
});

type Opened = { readonly url: string; readonly authorization: AuthorizationObject };

async function open(name: string, by: AcmeClient = client): Promise<Opened> {
  const { order } = await placeOrder(by, { identifiers: [dns(name)] });
  const [url = ''] = order.authorizations;
  return { url, authorization: await by.authorization(url) };
}

function respond({ url, authorization }: Opened, type: string): Promise<AuthorizationObject> {
  return decide(client, url, challengeOf(authorization, type));
}

function errorOf({ status, challenges }: AuthorizationObject): Json {
  expect(status).toBe('invalid');
  return challenges[0]?.error ?? {};
}

const urn = (type: string): string => `urn:ietf:params:acme:error:${type}`;

describe('dns-account-01', () => {
  const placeFor = (name: string): string =>
    `${accountLabel(client.kid ?? '')}._acme-challenge.${name}`;

  it('finds the digest at the name that belongs to the account', async () => {
    const opened = await open('www.example.test');
    const { token } = challengeOf(opened.authorization, 'dns-account-01');
    dnsServer.texts.set(placeFor('www.example.test'), [[await digestFor(client, token)]]);
    const decided = await respond(opened, 'dns-account-01');
    expect(decided).toMatchObject({ status: 'valid', challenges: [{ type: 'dns-account-01' }] });
  });

  it('proves a wildcard', async () => {
    const opened = await open('*.example.test');
    const { token } = challengeOf(opened.authorization, 'dns-account-01');
    dnsServer.texts.set(placeFor('example.test'), [[await digestFor(client, token)]]);
    expect(await respond(opened, 'dns-account-01')).toMatchObject({ status: 'valid' });
  });

  it('does not look where dns-01 does, nor where another account would publish', async () => {
    const opened = await open('www.example.test');
    const { token } = challengeOf(opened.authorization, 'dns-account-01');
    const digest = await digestFor(client, token);
    const other = `${accountLabel(`${client.kid ?? ''}x`)}._acme-challenge.www.example.test`;
    dnsServer.texts.set('_acme-challenge.www.example.test', [[digest]]);
    dnsServer.texts.set(other, [[digest]]);
    expect(errorOf(await respond(opened, 'dns-account-01'))['type']).toBe(urn('dns'));
  });

  it('is not satisfied by another digest', async () => {
    const opened = await open('www.example.test');
    dnsServer.texts.set(placeFor('www.example.test'), [['x']]);
    const error = errorOf(await respond(opened, 'dns-account-01'));
    expect(error['type']).toBe(urn('incorrectResponse'));
  });
});

describe('dns-persist-01', () => {
  const publish = (name: string, ...strings: readonly string[]): void =>
    void dnsServer.texts.set(`_validation-persist.${name}`, [strings]);

  it('names its issuers and the account, and has no token', async () => {
    const { authorization } = await open('www.example.test');
    const challenge = challengeOf(authorization, 'dns-persist-01');
    expect(challenge).toMatchObject({
      'issuer-domain-names': ['ca.example', 'authority.example'],
      accounturi: client.kid,
    });
    expect(challenge).not.toHaveProperty('token');
  });

  it('is proven by one record again and again, even one in pieces', async () => {
    publish('www.example.test', 'authority.example;', ` accounturi=${client.kid ?? ''}`);
    for (let count = 0; count < 2; count += 1) {
      const decided = await respond(await open('www.example.test'), 'dns-persist-01');
      expect(decided.status).toBe('valid');
    }
  });

  it('survives a change of the account key, since the account stays', async () => {
    publish('www.example.test', `ca.example; accounturi=${client.kid ?? ''}`);
    await client.rollover();
    const decided = await respond(await open('www.example.test'), 'dns-persist-01');
    expect(decided.status).toBe('valid');
  });

  it('proves a wildcard only with policy=wildcard', async () => {
    const record = `ca.example; accounturi=${client.kid ?? ''}`;
    publish('example.test', record);
    const refused = errorOf(await respond(await open('*.example.test'), 'dns-persist-01'));
    expect(refused['type']).toBe(urn('unauthorized'));
    publish('example.test', `${record}; policy=wildcard`);
    const decided = await respond(await open('*.example.test'), 'dns-persist-01');
    expect(decided.status).toBe('valid');
  });

  it('goes by the clock of the CA', async () => {
    const until = Math.floor(ca.clock().getTime() / 1000) + 100;
    publish(
      'www.example.test',
      `ca.example; accounturi=${client.kid ?? ''}; persistUntil=${until}`,
    );
    const decided = await respond(await open('www.example.test'), 'dns-persist-01');
    expect(decided.status).toBe('valid');
    ca.clock.advance(101);
    const late = errorOf(await respond(await open('www.example.test'), 'dns-persist-01'));
    expect(late['type']).toBe(urn('unauthorized'));
  });

  it('tells bad syntax from a record for somebody else', async () => {
    publish('www.example.test', 'ca.example; policy=wildcard');
    const malformed = errorOf(await respond(await open('www.example.test'), 'dns-persist-01'));
    expect(malformed['type']).toBe(urn('malformed'));
    const stranger = await connectService(ca);
    publish('www.example.test', `ca.example; accounturi=${stranger.kid ?? ''}`);
    const foreign = errorOf(await respond(await open('www.example.test'), 'dns-persist-01'));
    expect(foreign['type']).toBe(urn('unauthorized'));
    stranger.close();
  });

  it.each([0, 11])('names %i issuers while that fault is armed', async (count) => {
    const { url, authorization } = await open('www.example.test');
    const challenge = challengeOf(authorization, 'dns-persist-01');
    const fault = { kind: 'issuerDomainNames', count } as const;
    ca.faults.arm(fault);
    const odd = challengeOf(await client.authorization(url), 'dns-persist-01');
    ca.faults.arm(fault);
    const alone = await client.get(challenge.url);
    for (const shown of [odd, alone.body]) {
      expect((shown as Json)['issuer-domain-names']).toHaveLength(count);
    }
  });
});

describe('a challenge that was answered before the account changed its key', () => {
  it('is judged by the key of its time', async () => {
    const opened = await open('www.example.test');
    const challenge = challengeOf(opened.authorization, 'dns-01');
    const digest = await digestFor(client, challenge.token);
    dnsServer.texts.set('_acme-challenge.www.example.test', [[digest]]);
    const release = dnsServer.hold();
    expect((await client.post(challenge.url, {})).body['status']).toBe('processing');
    await client.rollover();
    expect(await digestFor(client, challenge.token)).not.toBe(digest);
    // Asking for another look with the new key does not make it another proof.
    expect((await client.post(challenge.url, {})).body['status']).toBe('processing');
    release();
    await expect
      .poll(async () => (await client.authorization(opened.url)).status)
      .not.toBe('pending');
    expect((await client.authorization(opened.url)).status).toBe('valid');
  });
});
