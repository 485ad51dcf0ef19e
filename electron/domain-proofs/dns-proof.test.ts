import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Challenge } from '../acme/challenge.ts';
import type { ProofRequest } from '../acme/domain-proof.ts';
import { startKnot, type Knot } from '../testing/knot.ts';
import { DnsClient } from './dns-client.ts';
import { DnsProof, recordFor, type DnsProofType } from './dns-proof.ts';
import type { DnsServer } from './dns-transport.ts';
import { DnsUpdatePublisher } from './dns-update.ts';
import { readServer, systemResolvers } from './system-resolvers.ts';
import { Visibility } from './visibility.ts';

let knot: Knot;
let empty: Knot;

beforeAll(async () => {
  knot = await startKnot({ zones: { 'example.test': [] } });
  empty = await startKnot({ zones: { 'example.test': [] } });
});
afterAll(async () => {
  await knot.stop();
  await empty.stop();
});

const dns = new DnsClient();
const place = '_acme-challenge.www.example.test';

/** Publishes at one server, and looks at both: one of them never has the record. */
const neverSeen = (
  type: DnsProofType = 'dns-01',
  authorities: readonly DnsServer[] = [knot.server, empty.server],
): DnsProof =>
  new DnsProof(type, {
    publisher: new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key }),
    visibility: new Visibility({
      ...{ dns, resolvers: [], authorities },
      ...{ interval: 50, patience: 200 },
    }),
  });

const asking = (changes: Partial<ProofRequest> = {}): ProofRequest => ({
  identifier: { type: 'dns', value: 'www.example.test' },
  wildcard: false,
  challenge: { type: 'dns-01', url: 'https://ca.example/1', token: 'x' } as Challenge,
  keyAuthorization: 'token.thumbprint',
  accountUrl: 'https://ca.example/acct/1',
  newAccountUrl: 'https://ca.example/new-acct',
  expires: undefined,
  ...changes,
});

const dnsPersistRequest = (): ProofRequest => {
  const challenge = { type: 'dns-persist-01', url: 'https://ca.example/1' } as Challenge;
  return asking({ challenge: { ...challenge, issuerDomainNames: ['ca.example'] } });
};

describe('a proof by record', () => {
  test('that was not seen in time leaves nothing behind', async () => {
    await expect(neverSeen().prepare(asking())).rejects.toMatchObject({ reason: 'not-visible' });
    expect(await knot.texts(place)).toEqual([]);
  });

  test('that is given up leaves nothing behind', async () => {
    const leaving = new AbortController();
    const proof = new DnsProof('dns-01', {
      publisher: new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key }),
      visibility: new Visibility({ dns, resolvers: [], authorities: [empty.server] }),
    });
    const prepared = proof.prepare(asking({ signal: leaving.signal }));
    prepared.catch(() => undefined);
    await expect.poll(() => knot.texts(place)).toHaveLength(1);
    leaving.abort(new Error('enough'));
    await expect(prepared).rejects.toThrow('enough');
    expect(await knot.texts(place)).toEqual([]);
  });

  test('that was to stay is there as before when it was not seen in time', async () => {
    const persistent = dnsPersistRequest();
    const record = recordFor('dns-persist-01', persistent);
    await new DnsUpdatePublisher({ dns, server: knot.server, key: knot.key }).publish(record);
    const fault = { reason: 'not-visible' };
    const closed = { host: '127.0.0.1', port: 1 };
    // One server lags; nobody can be asked.
    for (const authorities of [[knot.server, empty.server], [closed]]) {
      const proof = neverSeen('dns-persist-01', authorities);
      await expect(proof.prepare(persistent)).rejects.toMatchObject(fault);
      expect(await knot.texts(record.name)).toEqual([record.value]);
    }
  });

  test('without a key authorization is none', async () => {
    await expect(
      neverSeen().prepare(asking({ keyAuthorization: undefined })),
    ).rejects.toMatchObject({ code: 'domain-proof', reason: 'challenge-malformed' });
  });

  test.each([
    ['dns', 'www.example.test', true],
    ['dns', 'not a name', false],
    ['dns', `${'long.'.repeat(49)}test`, false],
    ['ip', '192.0.2.1', false],
    ['email', 'alex@example.test', false],
  ])('for %s %s: %s', (type, value, suits) => {
    expect(neverSeen().suits({ identifier: { type, value }, wildcard: true })).toBe(suits);
  });
});

test('the resolvers of this computer are read as Node writes them', () => {
  expect(readServer('192.0.2.1')).toEqual({ host: '192.0.2.1' });
  expect(readServer('192.0.2.1:5353')).toEqual({ host: '192.0.2.1', port: 5353 });
  expect(readServer('2001:db8::1')).toEqual({ host: '2001:db8::1' });
  expect(readServer('[2001:db8::1]:5353')).toEqual({ host: '2001:db8::1', port: 5353 });
  expect(systemResolvers().every(({ host }) => host !== '')).toBe(true);
});
