import type { RequestListener } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../http/create-http-client.ts';
import type { HttpClient } from '../http/http-client.ts';
import { errorOf } from '../testing/applicant.ts';
import { newSigner } from '../testing/local-ca.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { AcmeClient } from './client.ts';

interface Page {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A server whose every page a test writes; `%` stands for its origin. */
type Pages = Record<string, Page>;

let root: TestAuthority;
let servers: TestServers;
let http: HttpClient;
let requests: string[] = [];

beforeAll(async () => {
  root = await TestAuthority.root();
  servers = new TestServers(await root.issueServer());
  http = createHttpClient({ rootsFor: () => [root.certificate], timeout: 5_000 });
});
afterEach(async () => {
  requests = [];
  http.close();
  await servers.close();
});

const directory = {
  newNonce: '%/nonce',
  newAccount: '%/account',
  newOrder: '%/order',
  revokeCert: '%/revoke',
  keyChange: '%/key',
};
const order = {
  status: 'pending',
  expires: '2031-01-01T00:00:00Z',
  identifiers: [{ type: 'dns', value: 'a.example' }],
  authorizations: ['%/authorization/1'],
  finalize: '%/finalize/1',
};

async function serve(pages: Pages): Promise<string> {
  let origin = '';
  const listener: RequestListener = (request, response) => {
    const {
      status = 200,
      type = 'application/json',
      headers = {},
      body = '',
    } = pages[request.url ?? ''] ?? { status: 404 };
    requests.push(request.url ?? '');
    const fill = (text: string): string => text.replaceAll('%', origin);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, fill(value));
    response.setHeader('Replay-Nonce', `nonce-${requests.length}`);
    response.writeHead(status, { 'Content-Type': type });
    response.end(fill(typeof body === 'string' ? body : JSON.stringify(body)));
  };
  origin = await servers.serve(listener);
  return origin;
}

async function connect(pages: Pages): Promise<AcmeClient> {
  const origin = await serve({
    '/directory': { body: directory },
    '/nonce': {},
    ...pages,
  });
  return AcmeClient.connect({
    http,
    directoryUrl: `${origin}/directory`,
    signer: newSigner(),
    accountUrl: `${origin}/account/1`,
  });
}

const place = (client: AcmeClient) =>
  client.orders.newOrder({ identifiers: [{ type: 'dns', value: 'a.example' }] });

describe('a directory', () => {
  test.each([
    ['no object', '[]'],
    ['no JSON', '<html>'],
    ['a truncated object', '{"newNonce": "https'],
    ['no newOrder', { newNonce: '%/n', newAccount: '%/a' }],
    ['a resource without TLS', { ...directory, newOrder: 'http://localhost/order' }],
    ['a resource that is a script', { ...directory, newOrder: 'javascript:alert(1)' }],
    ['a resource that is a number', { ...directory, newOrder: 7 }],
    [
      'no readable answer to whether a binding is required',
      { ...directory, meta: { externalAccountRequired: 'yes' } },
    ],
    ['a prototype in place of members', '{"__proto__": {"newNonce": "https://a/"}}'],
    ['ten thousand levels', '['.repeat(10_000)],
    ['octets that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')],
  ])('with %s is refused', async (_title, body) => {
    expect(await errorOf(connect({ '/directory': { body } }))).toMatchObject({
      code: 'acme-protocol',
      reason: expect.stringMatching(/^(directory-malformed|not-json)$/) as string,
    });
  });

  test('with odd members of meta serves all the same', async () => {
    const meta = {
      termsOfService: 5,
      website: 'ftp://a',
      caaIdentities: 'x',
      profiles: [],
      extra: {},
    };
    const client = await connect({ '/directory': { body: { ...directory, meta } } });
    expect(client.directory.meta.termsOfService).toBeUndefined();
    expect(client.directory.meta.profiles).toBeUndefined();
  });

  test('that answers with a redirect is refused', async () => {
    const page = { status: 301, headers: { Location: '%/elsewhere' } };
    expect(await errorOf(connect({ '/directory': page }))).toMatchObject({
      reason: 'unexpected-status',
    });
    expect(requests).toEqual(['/directory']);
  });
});

describe('a URL that leads away from the server', () => {
  const elsewhere = 'https://elsewhere.example/x';

  test.each([
    ['another host', elsewhere],
    ['another port', 'https://localhost:1/x'],
    ['no TLS', 'http://localhost/x'],
    ['a user name', 'https://somebody@localhost/x'],
    ['a file', 'file:///etc/passwd'],
  ])('as the Location of an order is refused (%s)', async (_title, location) => {
    const client = await connect({
      '/order': { status: 201, headers: { Location: location }, body: order },
    });
    expect(await errorOf(place(client))).toMatchObject({ reason: 'foreign-url' });
  });

  test('is never sent a signed request', async () => {
    const client = await connect({
      '/order': {
        status: 201,
        headers: { Location: '%/order/1' },
        body: {
          ...order,
          authorizations: [elsewhere],
          finalize: elsewhere,
          certificate: elsewhere,
        },
      },
    });
    const placed = await place(client);
    for (const attempt of [
      client.authorizations.fetch(placed.authorizations[0] ?? ''),
      client.orders.finalize(placed, new Uint8Array(1)),
      client.certificates.download(placed.certificate ?? ''),
      client.challenges.respond(elsewhere, { otp: '123456' }),
      client.orders.fetch('https://localhost.elsewhere.example/'),
    ]) {
      expect(await errorOf(attempt)).toMatchObject({ reason: 'foreign-url' });
    }
  });

  test('is followed when the directory itself names that origin', async () => {
    const other = await serve({
      '/order': { status: 201, headers: { Location: '%/order/1' }, body: order },
    });
    const client = await connect({
      '/directory': { body: { ...directory, newOrder: `${other}/order` } },
    });
    expect((await place(client)).url).toBe(`${other}/order/1`);
  });
});

describe('an order', () => {
  const located = { status: 201, headers: { Location: '/order/1' } };

  test('may have a relative Location', async () => {
    const client = await connect({ '/order': { ...located, body: order } });
    expect((await place(client)).url).toMatch(/^https:\/\/localhost:\d+\/order\/1$/);
  });

  test.each([
    ['no status', { ...order, status: undefined }],
    ['an unknown status', { ...order, status: 'baked' }],
    ['no identifiers', { ...order, identifiers: [] }],
    ['an identifier that is a text', { ...order, identifiers: ['a.example'] }],
    ['authorizations that are an object', { ...order, authorizations: {} }],
    ['an authorization without TLS', { ...order, authorizations: ['http://a/'] }],
    ['no finalize', { ...order, finalize: undefined }],
    ['an expiry that is no time', { ...order, expires: 'tomorrow' }],
    ['an expiry that is a number', { ...order, expires: 1_900_000_000 }],
    ['thousands of authorizations', { ...order, authorizations: Array(2_000).fill('%/a') }],
  ])('with %s is refused, and where it is stays known', async (_title, body) => {
    const client = await connect({ '/order': { ...located, body } });
    expect(await errorOf(place(client))).toMatchObject({
      reason: expect.stringMatching(/^(order-malformed|not-json)$/) as string,
      location: expect.stringMatching(/\/order\/1$/) as string,
    });
  });

  test('that changes what it is about is given up', async () => {
    const changed = {
      ...order,
      status: 'ready',
      identifiers: [{ type: 'dns', value: 'b.example' }],
    };
    const client = await connect({
      '/order': { ...located, body: order },
      '/order/1': { body: changed },
    });
    const placed = await place(client);
    expect(await errorOf(client.orders.poll(placed))).toMatchObject({ reason: 'order-changed' });
  });

  test('whose list of orders goes round in circles is read once', async () => {
    const next = { Link: '<%/orders>;rel="next"' };
    const client = await connect({
      '/account/1': { body: { status: 'valid', orders: '%/orders' } },
      '/orders': { headers: next, body: { orders: ['%/order/1'] } },
    });
    expect(await client.account.orders()).toHaveLength(1);
  });
});

describe('an authorization', () => {
  const challenge = {
    type: 'totp-01',
    url: '%/challenge/1',
    status: 'pending',
    token: 'x'.repeat(43),
  };
  const authorization = {
    status: 'pending',
    identifier: { type: 'email', value: 'a@b' },
    challenges: [challenge],
  };

  test('keeps known challenges beside ones that make no sense to it', async () => {
    const odd = {
      type: 'odd-99',
      url: '%/challenge/2',
      status: 'pending',
      token: 5,
      digits: 'six',
      period: -1,
      prompt: {},
      display: [],
    };
    const page = { body: { ...authorization, challenges: [odd, challenge] } };
    const client = await connect({ '/authorization/1': page });
    const { challenges } = await client.authorizations.fetch(
      client.accountUrl?.replace('account', 'authorization') ?? '',
    );
    expect(challenges.map(({ type }) => type)).toEqual(['odd-99', 'totp-01']);
    expect(challenges[0]).toMatchObject({
      token: undefined,
      digits: undefined,
      period: undefined,
      prompt: undefined,
      display: undefined,
    });
  });

  test('whose challenge answers for another one is refused', async () => {
    const client = await connect({
      '/challenge/1': { body: { ...challenge, url: '%/challenge/2' } },
    });
    const url = client.accountUrl?.replace('account', 'challenge') ?? '';
    expect(await errorOf(client.challenges.fetch(url))).toMatchObject({
      reason: 'challenge-malformed',
    });
  });
});

describe('a certificate', () => {
  const type = 'application/pem-certificate-chain';
  const download = async (body: string, headers = {}) => {
    const client = await connect({ '/certificate/1': { type, body, headers } });
    return client.certificates.download(client.accountUrl?.replace('account', 'certificate') ?? '');
  };

  test.each([
    ['nothing', ''],
    ['a private key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['a page', '<html></html>'],
  ])('that is %s is refused', async (_title, body) => {
    expect(await errorOf(download(body))).toMatchObject({ reason: 'certificate-malformed' });
  });

  test('with text around it is refused', async () => {
    expect(await errorOf(download(`hello\n${root.certificate}`))).toMatchObject({
      reason: 'certificate-malformed',
    });
  });

  test('offers only the other chains that lie with this server', async () => {
    const Link = '<https://elsewhere.example/c>;rel="alternate", <%/certificate/2>;rel="alternate"';
    const { alternates } = await download(root.certificate, { Link });
    expect(alternates).toEqual([
      expect.stringMatching(/^https:\/\/localhost:\d+\/certificate\/2$/),
    ]);
  });
});

describe('a refusal', () => {
  test.each([
    ['a page of a proxy', { type: 'text/html', body: '<html>502</html>' }],
    ['half an object', { type: 'application/problem+json', body: '{"type":' }],
    ['a list', { type: 'application/problem+json', body: '[]' }],
    [
      'members of other types',
      {
        type: 'application/problem+json',
        body: { type: 5, detail: {}, status: 'x', subproblems: 'y' },
      },
    ],
  ])('that is %s is still a refusal', async (_title, page) => {
    const client = await connect({ '/order': { status: 403, ...page } });
    expect(await errorOf(place(client))).toMatchObject({
      code: 'acme-problem',
      type: 'unknown',
      status: 403,
      document: { type: 'about:blank', detail: '', subproblems: [] },
    });
  });
});
