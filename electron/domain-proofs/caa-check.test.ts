import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startKnot, type Knot } from '../testing/knot.ts';
import { CaaCheck, type CaaCheckOptions } from './caa-check.ts';
import type { IssuanceWish } from './caa-policy.ts';
import { relevantCaaSet } from './caa-search.ts';
import { DnsClient } from './dns-client.ts';
import {
  classes,
  encodeQuery,
  encodeRecord,
  parseMessage,
  recordTypes,
  uint16,
  type ReceivedRecord,
} from './dns-message.ts';
import { encodeName } from './dns-name.ts';
import type { DnsServer } from './dns-transport.ts';

const account = 'https://ca.example/acct/1';
const records = [
  'names CAA 0 issue "ca.example"',
  'others CAA 0 issue "stranger.example"',
  'nobody CAA 0 issue ";"',
  'wild CAA 0 issue ";"',
  'wild CAA 0 issuewild "ca.example"',
  'tame CAA 0 issue "ca.example"',
  'tame CAA 0 issuewild ";"',
  'critical CAA 0 issue "ca.example"',
  'critical CAA 128 future "who knows"',
  'report CAA 0 iodef "mailto:security@example.test"',
  'report A 127.0.0.1',
  `account CAA 0 issue "ca.example; accounturi=${account}"`,
  'account2 CAA 0 issue "ca.example; accounturi=https://ca.example/acct/2"',
  'method CAA 0 issue "ca.example; validationmethods=http-01"',
  'alias CNAME names',
  'alias-to-others CNAME others',
  'far CNAME host.others',
  'circle CNAME ring',
  'ring CNAME circle',
  ...Array.from({ length: 60 }, (_, index) => `many CAA 0 issue "stranger${index}.example"`),
  'many CAA 0 issue "ca.example"',
];

let resolver: Knot;
let zone: Knot;
const dns = new DnsClient({ timeout: 1_000 });
const closed = { host: '127.0.0.1', port: 1 };

beforeAll(async () => {
  resolver = await startKnot({
    zones: {
      test: [],
      'example.test': [...records, 'cured CAA 0 issue ";"'],
      'top.test': ['@ CAA 0 issue "stranger.example"', 'other CNAME names.example.test.'],
    },
  });
  zone = await startKnot({
    zones: { test: [], 'example.test': [...records, 'cured CAA 0 issue "ca.example"'] },
  });
});
afterAll(async () => {
  await resolver.stop();
  await zone.stop();
});

const wish: IssuanceWish = {
  identities: ['ca.example'],
  accountUrl: account,
  methods: ['dns-01'],
};

const look = (
  domain: string,
  options: Partial<CaaCheckOptions> = {},
  changes: Partial<IssuanceWish> = {},
) =>
  new CaaCheck({
    ...{ dns, resolvers: [resolver.server], port: resolver.server.port ?? 0, leadsHome: true },
    ...options,
  }).lookAt(domain, { ...wish, ...changes });

const allowed = { verdict: 'allowed' };
const refused = (fault: string, at: string, tag = 'issue') => {
  return { verdict: 'refused', fault, at: `${at}.test`, tag };
};

describe('a look at the CAA records of a real name server', () => {
  it.each([
    ['names.example.test', allowed],
    ['NAMES.example.test', allowed],
    ['a.b.names.example.test', allowed],
    ['example.test', allowed],
    ['nothing.example.test', allowed],
    ['report.example.test', allowed],
    ['account.example.test', allowed],
    ['many.example.test', allowed],
    ['others.example.test', refused('issuer', 'others.example')],
    ['a.b.others.example.test', refused('issuer', 'others.example')],
    ['nobody.example.test', refused('issuer', 'nobody.example')],
    ['critical.example.test', refused('critical', 'critical.example')],
    ['account2.example.test', refused('account', 'account2.example')],
    ['method.example.test', refused('method', 'method.example')],
    ['host.top.test', refused('issuer', 'top')],
  ])('finds for %s what counts', async (domain, verdict) => {
    expect(await look(domain)).toEqual(verdict);
  });

  it.each([
    ['*.wild.example.test', allowed],
    ['*.names.example.test', allowed],
    ['*.tame.example.test', refused('issuer', 'tame.example', 'issuewild')],
    ['*.nobody.example.test', refused('issuer', 'nobody.example')],
    ['tame.example.test', allowed],
    ['wild.example.test', refused('issuer', 'wild.example')],
  ])('tells wildcards apart: %s', async (domain, verdict) => {
    expect(await look(domain)).toEqual(verdict);
  });

  it('follows aliases, but does not climb where they lead', async () => {
    expect(await look('alias.example.test')).toEqual(allowed);
    expect(await look('alias-to-others.example.test')).toEqual(refused('issuer', 'others.example'));
    // RFC 8659 §3: above host.others there would be a no; above far there is nothing.
    expect(await look('far.example.test')).toEqual(allowed);
    // The alias is in a zone that forbids, and leads to one that permits.
    expect(await look('other.top.test')).toEqual(allowed);
    expect(await look('circle.example.test')).toMatchObject({
      verdict: 'unknown',
      cause: { reason: 'alias' },
    });
  });

  it('has no account to go by before there is one', async () => {
    const verdict = await look('account.example.test', {}, { accountUrl: undefined });
    expect(verdict).toEqual(refused('account', 'account.example'));
  });

  it('does not take a no from a memory when the zone itself says otherwise', async () => {
    expect(await look('cured.example.test')).toEqual(refused('issuer', 'cured.example'));
    const port = zone.server.port ?? 0;
    expect(await look('cured.example.test', { port })).toEqual(allowed);
  });

  it('takes the memory’s no when the zone’s servers cannot be reached', async () => {
    const verdict = await look('others.example.test', { port: 1 });
    expect(verdict).toEqual(refused('issuer', 'others.example'));
  });

  it('asks the next resolver when one does not answer', async () => {
    const resolvers = [closed, resolver.server];
    expect(await look('others.example.test', { resolvers })).toEqual(
      refused('issuer', 'others.example'),
    );
  });

  it('says when nobody could be asked, and about what no name can be asked', async () => {
    const unknown = { verdict: 'unknown', cause: { code: 'dns' } };
    expect(await look('names.example.test', { resolvers: [closed] })).toMatchObject(unknown);
    expect(await look('names.example.test', { resolvers: [] })).toMatchObject(unknown);
    // The server refuses to speak of what is not its own.
    expect(await look('example.else')).toMatchObject({ ...unknown, cause: { rcode: 'REFUSED' } });
    for (const domain of ['not a name', '', '*.', '*.*.example.test', `${'a'.repeat(64)}.test`])
      expect(await look(domain)).toMatchObject({ ...unknown, cause: { reason: 'name' } });
  });

  it('ends by abort', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const silent: DnsServer = { host: '127.0.0.1', port: socket.address().port };
    const leaving = new AbortController();
    const check = new CaaCheck({ dns, resolvers: [silent] });
    const looking = check.lookAt('names.example.test', wish, leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
    socket.close();
  });
});

describe('what an answer says about other names', () => {
  const answer = (...given: readonly [name: string, type: 'CAA' | 'CNAME', data: Buffer][]) => {
    const question = encodeQuery(4711, 'a.test', 'CAA');
    question.writeUInt16BE(0x8000, 2);
    question.writeUInt16BE(given.length, 6);
    const encoded = given.map(([name, type, data]) =>
      encodeRecord({ name, type: recordTypes[type], class: classes.IN, ttl: 0, data }),
    );
    return parseMessage(Buffer.concat([question, ...encoded])).answers;
  };
  const caa = (value: string): Buffer =>
    Buffer.concat([Buffer.from([0, 5]), Buffer.from(`issue${value}`)]);
  const asking = (answers: (name: string) => readonly ReceivedRecord[]) => {
    const asked: string[] = [];
    const ask = (name: string) => {
      asked.push(name);
      return Promise.resolve(answers(name));
    };
    return { asked, ask };
  };

  it('is passed over', async () => {
    const { ask, asked } = asking(() => answer(['b.test', 'CAA', caa('stranger.example')]));
    expect(await relevantCaaSet(ask, 'a.test')).toBeUndefined();
    expect(asked).toEqual(['a.test', 'test']);
  });

  it('counts where an alias leads there, and only there', async () => {
    const { ask } = asking(() =>
      answer(
        ['a.test', 'CNAME', encodeName('b.test')],
        ['a.test', 'CAA', caa('ca.example')],
        ['b.test', 'CAA', caa('stranger.example')],
      ),
    );
    expect(await relevantCaaSet(ask, 'a.test')).toMatchObject({
      at: 'b.test',
      properties: [{ value: 'stranger.example' }],
    });
  });

  it('never leads on for ever', async () => {
    let step = 0;
    const { ask, asked } = asking((name) =>
      answer([name, 'CNAME', encodeName(`n${(step += 1)}.test`)]),
    );
    await expect(relevantCaaSet(ask, 'a.test')).rejects.toMatchObject({ reason: 'alias' });
    expect(asked.length).toBeLessThan(12);
  });

  it('keeps a record that cannot be read, for it may forbid', async () => {
    const { ask } = asking(() => answer(['a.test', 'CAA', uint16(9)]));
    expect(await relevantCaaSet(ask, 'a.test')).toEqual({ at: 'a.test', properties: [undefined] });
  });
});
