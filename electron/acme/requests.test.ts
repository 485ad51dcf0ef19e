import * as fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../testing/applicant.ts';
import { ImpatientClock, newSigner } from '../testing/local-ca.ts';
import { acmeError, ScriptedAcme, type ScriptedAnswer } from '../testing/scripted-acme.ts';
import { AcmeClient } from './client.ts';
import type { CachedDirectory } from './directory-cache.ts';
import { isAncestorDomain } from './identifier.ts';
import { AcmeProblem } from './problem.ts';
import { refusalOf, type Refusal } from './refusal.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

const dns = (value: string) => ({ type: 'dns', value });
const order = {
  status: 'pending',
  identifiers: [dns('a.b.example.org')],
  authorizations: ['%/authorization/1'],
  finalize: '%/finalize/1',
};
const located = { status: 201, headers: { Location: '%/order/1' } };
const payloadsOf = (path: string) =>
  acme.requests.filter((request) => request.path === path).map(({ payload }) => payload);

describe('a new order', () => {
  const connect = (meta: object, answered: object = {}, changes = {}) =>
    acme.connect(
      ({ path }) =>
        path === '/new-order' ? { ...located, body: { ...order, ...answered } } : undefined,
      { meta, ...changes },
    );

  test('names a proven ancestor inside the identifier (RFC 9444 §4.3)', async () => {
    const client = await connect({ subdomainAuthAllowed: true });
    const identifiers = [{ ...dns('a.b.example.org'), ancestorDomain: 'example.org' }];
    await client.orders.newOrder({ identifiers });
    expect(payloadsOf('/new-order')).toEqual([{ identifiers }]);
  });

  test.each(['a.b.example.org', 'b.example.com', 'ample.org', 'x.a.b.example.org', '', 'org.'])(
    'is not sent with "%s" as an ancestor',
    async (ancestorDomain) => {
      const client = await connect({});
      const identifiers = [{ ...dns('a.b.example.org'), ancestorDomain }];
      expect(await errorOf(client.orders.newOrder({ identifiers }))).toMatchObject({
        code: 'acme-request',
        reason: 'not-an-ancestor',
      });
      expect(payloadsOf('/new-order')).toEqual([]);
    },
  );

  test.each([{}, { profiles: { other: 'x' } }, { profiles: { toStringy: '' } }])(
    'for a profile that is not listed is not sent (%j)',
    async (meta) => {
      const client = await connect(meta);
      const { identifiers } = order;
      for (const profile of ['short', 'toString', '__proto__']) {
        expect(await errorOf(client.orders.newOrder({ identifiers, profile }))).toMatchObject({
          reason: 'profile-not-listed',
        });
      }
    },
  );

  test.each([undefined, 'long'])(
    'that became one for the profile %s is given up, and where it is stays known',
    async (profile) => {
      const client = await connect({ profiles: { short: 'six days', long: '' } }, { profile });
      const details = { identifiers: order.identifiers, profile: 'short' };
      expect(await errorOf(client.orders.newOrder(details))).toMatchObject({
        reason: 'profile-changed',
        location: expect.stringMatching(/\/order\/1$/) as string,
      });
    },
  );

  test('for a listed profile is what was asked for', async () => {
    const client = await connect({ profiles: { short: 'six days' } }, { profile: 'short' });
    const details = { identifiers: order.identifiers, profile: 'short' };
    expect((await client.orders.newOrder(details)).profile).toBe('short');
  });

  test('says what it replaces, but not to a server without renewalInfo (RFC 9773 §5)', async () => {
    const details = { identifiers: order.identifiers, replaces: 'aYhb.AIdl' };
    await (await connect({})).orders.newOrder(details);
    await (await connect({}, {}, { renewalInfo: undefined })).orders.newOrder(details);
    const { identifiers } = order;
    expect(payloadsOf('/new-order')).toEqual([details, { identifiers }]);
  });

  test('says what others are to approve, but only to a server that knows approvals', async () => {
    const { identifiers } = order;
    const key = { spki: 'AAAA', place: 'software', neverExtractable: false, local: false } as const;
    const details = { identifiers, approval: { reason: 'Release', key } };
    await (await connect({ approvals: '%/approvals' })).orders.newOrder(details);
    await (await connect({})).orders.newOrder(details);
    expect(payloadsOf('/new-order')).toEqual([details, { identifiers }]);
  });
});

describe('a pre-authorization', () => {
  test('asks for the names below inside the identifier (RFC 9444 §4.2)', async () => {
    const client = await acme.connect(({ path }) =>
      path === '/new-authz'
        ? {
            status: 201,
            headers: { Location: '%/authorization/1' },
            body: {
              status: 'pending',
              identifier: dns('example.org'),
              challenges: [],
              subdomainAuthAllowed: true,
            },
          }
        : undefined,
    );
    const identifier = { ...dns('example.org'), subdomainAuthAllowed: true } as const;
    const authorization = await client.authorizations.newAuthz(identifier);
    expect(authorization.subdomainAuthAllowed).toBe(true);
    expect(payloadsOf('/new-authz')).toEqual([{ identifier }]);
  });

  test('is never asked for a wildcard (RFC 8555 §7.4.1)', async () => {
    const client = await acme.connect(() => undefined);
    expect(await errorOf(client.authorizations.newAuthz(dns('*.example.org')))).toMatchObject({
      code: 'acme-request',
      reason: 'wildcard',
    });
    expect(payloadsOf('/new-authz')).toEqual([]);
  });
});

test('an ancestor is above a name by whole labels, and never itself', () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  fc.assert(
    fc.property(name, name, (above, below) => {
      expect(isAncestorDomain(above, `${below}.${above}`)).toBe(true);
      expect(isAncestorDomain(above.toUpperCase(), `*.${above}`)).toBe(true);
      expect(isAncestorDomain(above, above)).toBe(false);
      expect(isAncestorDomain(`${below}.${above}`, above)).toBe(false);
      expect(isAncestorDomain(above, `${below}${above}`)).toBe(false);
    }),
  );
});

describe('what can be done about a refusal', () => {
  const refused = async (answer: ScriptedAnswer): Promise<Refusal> => {
    const type = 'application/problem+json';
    const client = await acme.connect(({ path }) =>
      path === '/new-order' ? { type, ...answer } : undefined,
    );
    const error = await errorOf(client.orders.newOrder({ identifiers: order.identifiers }));
    if (error instanceof AcmeProblem) return refusalOf(error);
    throw new Error('it was not refused', { cause: error });
  };

  test('is to read new terms and to agree where the CA says (RFC 8555 §7.3.3)', async () => {
    const instance = 'https://ca.example/agree?token=1';
    expect(
      await refused({
        status: 403,
        headers: { Link: '<%/terms>;rel="terms-of-service", <%/directory>;rel="index"' },
        body: acmeError('userActionRequired', { instance }),
      }),
    ).toEqual({
      kind: 'user-action-required',
      instance,
      termsOfService: expect.stringMatching(/^https:.*\/terms$/) as string,
    });
  });

  test('is to wait, and to read about the limit (RFC 8555 §6.6)', async () => {
    const found = await refused({
      status: 429,
      headers: { Link: '<https://ca.example/limits>;rel="help"', 'Retry-After': '3600' },
      body: acmeError('rateLimited'),
    });
    expect(found).toMatchObject({ kind: 'rate-limited', help: 'https://ca.example/limits' });
    expect(found.kind === 'rate-limited' && found.retryAt).toBeInstanceOf(Date);
  });

  test.each([
    ['invalidProfile', { kind: 'invalid-profile' }],
    ['alreadyReplaced', { kind: 'already-replaced' }],
    ['rejectedIdentifier', { kind: 'other', type: 'rejectedIdentifier' }],
  ])('is told for %s', async (type, expected) => {
    expect(await refused({ status: 409, body: acmeError(type) })).toEqual(expected);
  });

  test('is told for each identifier (RFC 8555 §6.7.1)', async () => {
    const subproblems = [
      acmeError('caa', { identifier: dns('a.example') }),
      { type: 'https://ca.example/odd', detail: 'odd' },
      'no object',
    ];
    const found = await refused({ status: 400, body: acmeError('compound', { subproblems }) });
    expect(found).toEqual({
      kind: 'compound',
      subproblems: [
        { type: 'caa', detail: 'caa', identifier: dns('a.example') },
        { type: 'unknown', detail: 'odd', identifier: undefined },
      ],
    });
  });
});

test('agreeing to changed terms is an update of the account', async () => {
  const client = await acme.connect(({ path }) =>
    path === '/account/1' ? { body: { status: 'valid' } } : undefined,
  );
  await client.account.update({ termsOfServiceAgreed: true });
  await client.account.update({ contact: [] });
  expect(payloadsOf('/account/1')).toEqual([{ termsOfServiceAgreed: true }, { contact: [] }]);
});

describe('a remembered directory', () => {
  const world = async (headers: Readonly<Record<string, string>> = {}, gone = false) => {
    const clock = new ImpatientClock();
    const directories = new Map<string, CachedDirectory>();
    const origin = await acme.serve(({ path }) => {
      if (path === '/nonce' && gone) return { status: 404 };
      if (path === '/account/1') return { body: { status: 'valid' } };
      return path === '/directory'
        ? {
            headers,
            body: { newNonce: '%/nonce', newAccount: '%/a', newOrder: '%/o', revokeCert: '%/r' },
          }
        : undefined;
    });
    const connect = () =>
      AcmeClient.connect({
        http: acme.http,
        directoryUrl: `${origin}/directory`,
        signer: newSigner(),
        accountUrl: `${origin}/account/1`,
        clock,
        directories,
      });
    const read = () => acme.requests.filter(({ path }) => path === '/directory').length;
    return { clock, connect, directories, read, url: `${origin}/directory` };
  };

  test('is used for an hour', async () => {
    const { clock, connect, read } = await world();
    await connect();
    const again = await connect();
    expect(again.directory.newOrder).toMatch(/\/o$/);
    await again.account.fetch();
    expect(read()).toBe(1);
    await clock.sleep(3_600_001);
    await connect();
    expect(read()).toBe(2);
  });

  test.each([
    ['no-store', 0, 2],
    ['no-store, max-age=600', 0, 2],
    // What Pebble and Boulder say with every answer.
    ['public, max-age=0, no-cache', 9, 1],
    ['public, max-age=0, no-cache', 11, 2],
    ['public, max-age=86400', 1_439, 1],
    ['private="x", max-age="7200"', 119, 1],
    ['private="x", max-age="7200"', 121, 2],
    ['max-age=99999999999', 59, 1],
    ['max-age=9999999999', 1_441, 2],
  ])(
    'by a server that says "%s" is good for %d minutes: %d reads',
    async (said, minutes, reads) => {
      const { clock, connect, read } = await world({ 'Cache-Control': said });
      await connect();
      await clock.sleep(minutes * 60_000);
      await connect();
      expect(read()).toBe(reads);
    },
  );

  test('is forgotten when the clock was put back by years', async () => {
    const { clock, connect, read } = await world();
    await connect();
    clock.set(new Date('2001-01-01T00:00:00Z'));
    await connect();
    expect(read()).toBe(2);
  });

  test('is forgotten when a resource is not where it was', async () => {
    const { connect, directories } = await world({}, true);
    await connect();
    const client = await connect();
    expect(directories.size).toBe(1);
    await errorOf(client.account.fetch());
    expect(directories.size).toBe(0);
  });

  test('is read as strictly as one from the network', async () => {
    const { clock, connect, directories, url } = await world();
    const freshUntil = clock.now().getTime() + 1_000;
    directories.set(url, { json: { newNonce: 'http://evil.example/' }, freshUntil });
    expect(await errorOf(connect())).toMatchObject({ reason: 'directory-malformed' });
  });
});
