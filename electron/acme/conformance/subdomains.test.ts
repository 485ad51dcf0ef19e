import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DnsClient } from '../../domain-proofs/dns-client.ts';
import { DnsProof } from '../../domain-proofs/dns-proof.ts';
import { DnsUpdatePublisher } from '../../domain-proofs/dns-update.ts';
import { Visibility } from '../../domain-proofs/visibility.ts';
import { DomainHolder } from '../../testing/domain-holder.ts';
import { startKnot, type Knot } from '../../testing/knot.ts';
import { LocalCa } from '../../testing/local-ca.ts';

let knot: Knot;
let local: LocalCa;
beforeAll(async () => {
  knot = await startKnot({ zones: { 'example.test': [], test: [] } });
  local = await LocalCa.start({
    dnsServer: knot.address,
    externalAccountRequired: false,
    subdomains: true,
    validationRetrySeconds: [],
  });
});
afterAll(async () => {
  await local.stop();
  await knot.stop();
});

async function holder(): Promise<DomainHolder> {
  const client = await local.connect();
  await client.account.newAccount({ termsOfServiceAgreed: true });
  const dns = new DnsClient();
  const { server, key } = knot;
  const publisher = new DnsUpdatePublisher({ dns, server, key });
  const look = { dns, resolvers: [], authorities: [server], interval: 100 };
  const proof = new DnsProof('dns-01', { publisher, visibility: new Visibility(look) });
  return new DomainHolder(client, proof);
}

const obtaining = () => ({
  roots: [local.ca.rootPem],
  now: () => local.now,
  profile: 'web-service',
});

describe('an ancestor domain (RFC 9444 §4.3)', () => {
  test('that an order names is the one that is proven', async () => {
    const alex = await holder();
    const { client } = alex;
    const host = { type: 'dns', value: 'a.b.example.test', ancestorDomain: 'example.test' };
    const order = await client.orders.newOrder({ identifiers: [host], profile: 'web-service' });
    const [url = '', ...others] = order.authorizations;
    const authorization = await client.authorizations.fetch(url);
    expect(others).toEqual([]);
    expect(authorization.identifier).toEqual({ type: 'dns', value: 'example.test' });
    expect((await alex.prove(authorization)).status).toBe('valid');
    expect((await client.orders.poll(order)).status).toBe('ready');
  });

  test('that was proven ahead serves a name below it, whose order does not name it', async () => {
    const alex = await holder();
    const ahead = { type: 'dns', value: 'example.test', subdomainAuthAllowed: true } as const;
    const authorization = await alex.client.authorizations.newAuthz(ahead);
    expect((await alex.prove(authorization)).status).toBe('valid');
    const identifiers = [{ type: 'dns', value: 'c.example.test' }];
    const { orders } = alex.client;
    expect((await orders.newOrder({ identifiers, profile: 'web-service' })).status).toBe('ready');
    await alex.obtain(identifiers, obtaining());
  });
});
