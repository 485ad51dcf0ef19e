import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DomainProof } from '../acme/domain-proof.ts';
import { DomainHolder } from '../testing/domain-holder.ts';
import { startKnot, type Knot } from '../testing/knot.ts';
import { LocalCa, newSigner } from '../testing/local-ca.ts';
import { freePorts } from '../testing/server-program.ts';
import { accountLabel } from './dns-account-01.ts';
import { DnsClient } from './dns-client.ts';
import { DnsProof, type DnsProofOptions, type DnsProofType } from './dns-proof.ts';
import { DnsUpdatePublisher } from './dns-update.ts';
import { Http01Responder } from './http-01.ts';
import type { PublishedRecord, RecordPublisher } from './record-publisher.ts';
import { TlsAlpn01Responder } from './tls-alpn-01.ts';
import type { TxtRecord } from './txt-record.ts';
import { Visibility } from './visibility.ts';

let knot: Knot;
let local: LocalCa;
let port: number;
let tlsPort: number;

const host = '127.0.0.1';
const dns = (value: string) => ({ type: 'dns', value });

beforeAll(async () => {
  [port = 0, tlsPort = 0] = await freePorts(2);
  // The CA looks for CAA records up to the top (RFC 8659 §3).
  knot = await startKnot({ zones: { 'example.test': ['www A 127.0.0.1'], test: [] } });
  local = await LocalCa.start({
    dnsServer: knot.address,
    httpPort: port,
    tlsPort,
    externalAccountRequired: false,
    validationRetrySeconds: [],
  });
});
afterAll(async () => {
  await local.stop();
  await knot.stop();
});

/** Publishes, and remembers what it was. */
class Witness implements RecordPublisher {
  readonly published: TxtRecord[] = [];
  readonly #publisher = new DnsUpdatePublisher({
    dns: new DnsClient(),
    server: knot.server,
    key: knot.key,
  });

  suits(name: string): boolean {
    return this.#publisher.suits(name);
  }

  publish(record: TxtRecord, signal?: AbortSignal): Promise<PublishedRecord> {
    this.published.push(record);
    return this.#publisher.publish(record, signal);
  }
}

const byUpdate = (
  type: DnsProofType,
  publisher: RecordPublisher,
  options: Partial<DnsProofOptions> = {},
): DnsProof => {
  const authorities = [knot.server];
  const client = new DnsClient();
  const visibility = new Visibility({ dns: client, resolvers: [], authorities, interval: 100 });
  return new DnsProof(type, { publisher, visibility, ...options });
};

async function holder(proof: DomainProof, signer = newSigner()): Promise<DomainHolder> {
  const client = await local.connect({ signer });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  return new DomainHolder(client, proof);
}

const obtain = (alex: DomainHolder, ...names: string[]): Promise<readonly string[]> =>
  alex.obtain(names.map(dns), {
    roots: [local.ca.rootPem],
    now: () => local.now,
    profile: 'web-service',
  });

describe.each(['dns-01', 'dns-account-01'] as const)('%s at our CA', (type) => {
  test('ends in a certificate for a name and all names below it', async () => {
    const witness = new Witness();
    const alex = await holder(byUpdate(type, witness));
    await obtain(alex, 'www.example.test', '*.www.example.test');
    const label = type === 'dns-01' ? '' : `${accountLabel(alex.client.accountUrl ?? '')}.`;
    const place = `${label}_acme-challenge.www.example.test`;
    expect(witness.published.map(({ name }) => name)).toEqual([place, place]);
    expect(await knot.texts(place)).toEqual([]);
  });
});

describe('dns-persist-01 at our CA', () => {
  const place = '_validation-persist.example.test';

  test('has a record that stays, and serves the next order too', async () => {
    const witness = new Witness();
    const signer = newSigner();
    const persistUntil = new Date(local.now.getTime() + 86_400_000);
    const proof = byUpdate('dns-persist-01', witness, { persistUntil });
    const alex = await holder(proof, signer);
    await obtain(alex, '*.example.test');
    const value = `localhost; accounturi=${alex.client.accountUrl ?? ''}; policy=wildcard; persistUntil=${Math.floor(persistUntil.getTime() / 1000)}`;
    expect(await knot.texts(place)).toEqual([value]);
    const again = await holder(proof, signer);
    await obtain(again, '*.example.test');
    expect(witness.published).toHaveLength(1);
  });

  test('is of no use to another account', async () => {
    const mallory = await holder(byUpdate('dns-persist-01', new Witness()));
    const order = await mallory.client.orders.newOrder({
      identifiers: [dns('example.test')],
      profile: 'web-service',
    });
    const [url = ''] = order.authorizations;
    const { challenges } = await mallory.client.authorizations.fetch(url);
    const challenge = challenges.find(({ type }) => type === 'dns-persist-01');
    await mallory.client.challenges.respond(challenge?.url ?? '', {});
    const { status } = await mallory.client.authorizations.poll(url);
    expect(status).toBe('invalid');
  });

  test.each([0, 11])('is refused with %d issuers', async (count) => {
    local.ca.faults.arm({ kind: 'issuerDomainNames', count });
    const witness = new Witness();
    const alex = await holder(byUpdate('dns-persist-01', witness));
    await expect(obtain(alex, 'www.example.test')).rejects.toMatchObject({
      code: 'domain-proof',
      reason: 'challenge-malformed',
    });
    expect(witness.published).toEqual([]);
    local.ca.faults.clear();
  });
});

test('http-01 at our CA ends in a certificate', async () => {
  await obtain(await holder(new Http01Responder({ port, host })), 'www.example.test');
});

test('tls-alpn-01 at our CA ends in a certificate', async () => {
  const responder = new TlsAlpn01Responder({ port: tlsPort, host });
  await obtain(await holder(responder), 'www.example.test');
});
