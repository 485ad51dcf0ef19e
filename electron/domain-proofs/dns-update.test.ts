import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { knotKeyName, startKnot, type Knot } from '../testing/knot.ts';
import { DnsClient } from './dns-client.ts';
import { DnsError } from './dns-error.ts';
import type { DnsServer } from './dns-transport.ts';
import { DnsUpdatePublisher, type DnsUpdateOptions } from './dns-update.ts';
import { TsigKey, type TsigAlgorithm } from './tsig.ts';
import { challengeTtl, type TxtRecord } from './txt-record.ts';

let knot: Knot;

beforeAll(async () => {
  knot = await startKnot({
    zones: {
      'example.test': [
        'www A 127.0.0.1',
        'there TXT "was here before"',
        '_acme-challenge.moved CNAME moved.proofs.test.',
        'circle CNAME ring',
        'ring CNAME circle',
      ],
      'deep.example.test': [],
      'proofs.test': [],
    },
  });
});
afterAll(() => knot.stop());

const dns = new DnsClient();

const publisher = (options: Partial<DnsUpdateOptions> = {}): DnsUpdatePublisher =>
  new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key, ...options });

const record = (name: string, value = 'a value'): TxtRecord => ({
  name,
  type: 'TXT',
  value,
  ttl: challengeTtl,
});

async function errorOf(attempt: Promise<unknown>): Promise<DnsError> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (error instanceof DnsError) return error;
  throw new Error('there was no DnsError', { cause: error });
}

describe('an update', () => {
  test.each(['udp', 'tcp'] as const)('by %s adds a record and takes it away', async (transport) => {
    const name = `_acme-challenge.${transport}.example.test`;
    const published = await publisher({ transport }).publish(record(name));
    expect(await knot.texts(name)).toEqual(['a value']);
    await published.remove();
    expect(await knot.texts(name)).toEqual([]);
  });

  test('leaves alone what else is at the name', async () => {
    const name = 'there.example.test';
    const [first, second] = await Promise.all([
      publisher().publish(record(name, 'one')),
      publisher().publish(record(name, 'two')),
    ]);
    expect([...(await knot.texts(name))].sort()).toEqual(['one', 'two', 'was here before']);
    await first.remove();
    expect([...(await knot.texts(name))].sort()).toEqual(['two', 'was here before']);
    await second.remove();
    await second.remove();
    expect(await knot.texts(name)).toEqual(['was here before']);
  });

  test('goes to the nearest zone', async () => {
    const name = '_acme-challenge.a.b.deep.example.test';
    const published = await publisher().publish(record(name));
    expect(await knot.texts(name)).toEqual(['a value']);
    await published.remove();
  });

  test('goes where a CNAME record leads', async () => {
    const published = await publisher().publish(record('_acme-challenge.moved.example.test'));
    expect(await knot.texts('moved.proofs.test')).toEqual(['a value']);
    await published.remove();
    expect(await knot.texts('moved.proofs.test')).toEqual([]);
  });

  test('carries a text of more than 255 octets', async () => {
    const value = `${'long '.repeat(120)}end`;
    const name = '_validation-persist.example.test';
    const published = await publisher().publish(record(name, value));
    expect(await knot.texts(name)).toEqual([value]);
    await published.remove();
    expect(await knot.texts(name)).toEqual([]);
  });

  test('keeps to its zone', async () => {
    const bound = publisher({ zone: 'Proofs.test.' });
    expect(bound.suits('a.proofs.test')).toBe(true);
    expect(bound.suits('_acme-challenge.example.test')).toBe(false);
    const error = await errorOf(bound.publish(record('_acme-challenge.www.example.test')));
    expect(error).toMatchObject({ reason: 'rcode', rcode: 'NOTZONE' });
  });
});

describe.each(['hmac-sha384', 'hmac-sha512'] as const)('a key of %s', (algorithm) => {
  test('is good for an update', async () => {
    const other = await startKnot({ zones: { 'other.test': [] }, algorithm });
    const options = { dns, server: other.server, key: other.key };
    await new DnsUpdatePublisher(options).publish(record('_acme-challenge.other.test'));
    expect(await other.texts('_acme-challenge.other.test')).toEqual(['a value']);
    await other.stop();
  });
});

describe('an update whose answer is lost', () => {
  let deaf: Server;
  let server: DnsServer;

  beforeAll(async () => {
    deaf = createServer((socket) => {
      const { port = 0, host } = knot.server;
      const behind = connect({ port, host }).on('error', () => socket.destroy());
      socket.on('error', () => behind.destroy()).pipe(behind);
      behind.once('data', () => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    server = { host: '127.0.0.1', port: (deaf.address() as AddressInfo).port };
  });
  afterAll(() => deaf.close());

  test.each([
    ['for-now', []],
    ['for-good', ['a value']],
  ] as const)('leaves of a record that is to be there %s: %j', async (stay, left) => {
    const deafly = publisher({ server, resolver: knot.server, zone: 'example.test' });
    const target = record(`_lost-${stay}.example.test`);
    const publishing = deafly.publish(target, undefined, stay);
    expect((await errorOf(publishing)).reason).toBe('unreachable');
    expect(await knot.texts(target.name)).toEqual(left);
  });
});

describe('a server that refuses', () => {
  const secret = Buffer.alloc(32, 7).toString('base64');
  const keyOf = (name: string, algorithm: TsigAlgorithm = 'hmac-sha256'): TsigKey =>
    new TsigKey({ name, algorithm, secret });
  const target = record('_acme-challenge.www.example.test');

  test.each(['udp', 'tcp'] as const)('the key says so by %s', async (transport) => {
    const options = { key: keyOf('unknown.test'), transport };
    expect((await errorOf(publisher(options).publish(target))).reason).toBe('key-unknown');
  });

  test.each(['udp', 'tcp'] as const)('the signature says so by %s', async (transport) => {
    const options = { key: keyOf(knotKeyName), transport };
    const error = await errorOf(publisher(options).publish(target));
    expect(error.reason).toBe('key-wrong');
    expect(JSON.stringify(error) + String(error.stack)).not.toContain(secret);
  });

  test.each([
    ['slow', -3_600],
    ['fast', 3_600],
  ])('our clock, which is %s, says how far it is off', async (_name, seconds) => {
    const now = (): Date => new Date(Date.now() + seconds * 1_000);
    const error = await errorOf(publisher({ dns: new DnsClient({ now }) }).publish(target));
    expect(error.reason).toBe('clock');
    expect(Math.abs((error.clockDifference ?? 0) + seconds)).toBeLessThan(30);
  });

  test('a zone that it does not have says so', async () => {
    const error = await errorOf(publisher({ zone: 'else.test' }).publish(record('a.else.test')));
    expect(error).toMatchObject({ reason: 'rcode', rcode: 'REFUSED' });
  });

  test('to tell where aliases end is not asked for ever', async () => {
    const error = await errorOf(publisher().publish(record('circle.example.test')));
    expect(error.reason).toBe('alias');
  });
});
