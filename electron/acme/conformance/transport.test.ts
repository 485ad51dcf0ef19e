import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../http/create-http-client.ts';
import { errorOf } from '../../testing/applicant.ts';
import { newSigner } from '../../testing/local-ca.ts';
import { RecordedHttp, type SentJws } from '../../testing/recorded-http.ts';
import { acmeError, ScriptedAcme, type Script } from '../../testing/scripted-acme.ts';
import { TestAuthority } from '../../testing/test-authority.ts';
import { TestServers } from '../../testing/test-servers.ts';
import { AcmeClient } from '../client.ts';

let acme: ScriptedAcme;
beforeAll(async () => {
  acme = await ScriptedAcme.create();
});
afterEach(() => acme.close());

const identifiers = [{ type: 'permanent-identifier', value: 'Gerät 7, 東京' }];
const order = {
  status: 'pending',
  identifiers,
  authorizations: ['%/authorization/1'],
  finalize: '%/finalize/1',
};
const located = { status: 201, headers: { Location: '%/order/1' } };
const placing: Script = ({ path }) =>
  path === '/new-order' ? { ...located, body: order } : undefined;

/** A client whose messages can be looked at as they were sent. */
async function recorded(script: Script) {
  const http = new RecordedHttp(acme.http);
  const client = await acme.connect(script, {}, { http });
  return { http, client, origin: new URL(client.accountUrl ?? '').origin };
}

describe('characters', () => {
  test('beyond ASCII are sent in UTF-8', async () => {
    const { http, client } = await recorded(placing);
    await client.orders.newOrder({ identifiers });
    const [post] = http.posts;
    const octets = Buffer.from(String(post?.body['payload']), 'base64url');
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    expect(JSON.parse(text)).toEqual({ identifiers });
  });

  test('in anything but UTF-8 are not read', async () => {
    const latin1 = JSON.stringify({ status: 'valid' }).replace('}', ',"x":"\u00e4"}');
    const root = await TestAuthority.root();
    const servers = new TestServers(await root.issueServer());
    const http = createHttpClient({ rootsFor: () => [root.certificate], timeout: 5_000 });
    const directoryUrl = `${await servers.serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(Buffer.from(latin1, 'latin1'));
    })}/directory`;
    const attempt = AcmeClient.connect({ http, directoryUrl, signer: newSigner() });
    expect(await errorOf(attempt)).toMatchObject({ reason: 'not-json' });
    http.close();
    await servers.close();
  });
});

describe('a server', () => {
  test('without TLS is asked for nothing', async () => {
    let asked = 0;
    const http = {
      request: (request: Parameters<typeof acme.http.request>[0]) => {
        asked += 1;
        return acme.http.request(request);
      },
      close: () => undefined,
    };
    const directoryUrl = 'http://localhost:1/directory';
    await expect(
      AcmeClient.connect({ http, directoryUrl, signer: newSigner() }),
    ).rejects.toBeInstanceOf(TypeError);
    expect(asked).toBeLessThanOrEqual(1);
    const client = await acme.connect(placing, {}, { http });
    asked = 0;
    for (const url of ['http://localhost/order/1', 'ftp://localhost/', 'data:,{}']) {
      expect(await errorOf(client.orders.fetch(url))).toMatchObject({ reason: 'foreign-url' });
    }
    expect(asked).toBe(0);
  });

  test('hears from every request which program it is', async () => {
    const heard: [string, IncomingHttpHeaders][] = [];
    await withSmallServer(({ method = '', url, headers }) => {
      heard.push([method, headers]);
      return url === '/directory' ? undefined : `nonce-${heard.length}`;
    });
    expect(heard.map(([method]) => method)).toEqual(['GET', 'GET', 'POST', 'POST']);
    for (const [, headers] of heard) {
      // RFC 9110 §10.1.5: a product first, with or without a version.
      expect(headers['user-agent']).toMatch(/^[\w!#$%&'*+.^|~-]+(\/[\w!#$%&'*+.^|~-]+)?( |$)/);
    }
  });

  test('hears in which languages problems should be told, and no nonce in a header', async () => {
    const heard: IncomingHttpHeaders[] = [];
    await withSmallServer(({ headers }) => `nonce-${heard.push(headers)}`);
    expect(heard.length).toBeGreaterThan(2);
    for (const headers of heard) {
      expect(headers['accept-language']).toBe('de-AT, de, en');
      expect(headers).not.toHaveProperty('replay-nonce');
    }
  });
});

describe('a URL of the server', () => {
  // Each is changed by whoever takes it apart and writes it anew.
  const odd = ['%/order/../order/{1}', '%/./order/1?a=b&&c=|', '%/order/1?q=~^`'];

  test('is signed as the server wrote it', async () => {
    const answer: Script = ({ path }) => {
      if (path === '/new-order') return { ...located, body: { ...order, authorizations: odd } };
      return path.startsWith('/order') ? { body: {} } : undefined;
    };
    const { http, client, origin } = await recorded(answer);
    const { authorizations } = await client.orders.newOrder({ identifiers });
    for (const url of authorizations) await errorOf(client.authorizations.fetch(url));
    const signed = http.posts.slice(1).map(({ header }) => header['url']);
    expect(signed).toEqual(odd.map((url) => url.replace('%', origin)));
  });

  test('is the account’s key id as the server wrote it', async () => {
    const Location = '%/./account/{1}?x=|';
    const answer: Script = ({ path }) =>
      path === '/new-account' || path.startsWith('/account/')
        ? { status: 201, headers: { Location }, body: { status: 'valid' } }
        : undefined;
    const { http, client, origin } = await recorded(answer);
    await client.account.newAccount({});
    await client.account.fetch();
    const url = Location.replace('%', origin);
    expect(http.posts.at(-1)?.header).toMatchObject({ kid: url, url });
  });
});

describe('a nonce', () => {
  const refuse = acmeError('badNonce');
  const type = 'application/problem+json';

  test('that came with a badNonce is the one of the next try, whatever else there is', async () => {
    const tries: unknown[] = [];
    const { http, client } = await recorded(({ path, protected: { nonce } }) => {
      if (path !== '/new-order')
        return path === '/account/1' ? { body: { status: 'valid' } } : undefined;
      return tries.push(nonce) < 3
        ? { status: 400, type, body: refuse }
        : { ...located, body: order };
    });
    // Several at once leave several nonces behind.
    await Promise.all([1, 2, 3].map(() => client.account.fetch()));
    await client.orders.newOrder({ identifiers });
    const refused = http.requests.filter(({ response }) => response.status === 400);
    const given = refused.map(({ response }) => response.headers.get('replay-nonce'));
    expect(tries.slice(1)).toEqual(given);
  });

  test.each(['', '=', 'a b', 'a+b/c', 'YWJj=', 'ä', '"abc"', 'a,b'])(
    'that is not base64url is not used (%j)',
    async (bad) => {
      const octets = Buffer.from(bad).toString('latin1');
      const posts = await withSmallServer(({ url }) => (url === '/nonce' ? 'good' : octets));
      expect(posts.map(({ header }) => header['nonce'])).toEqual(['good', 'good']);
    },
  );
});

/** Fetches an account twice from a server whose every answer has the nonce that a test gives it, as it is. */
async function withSmallServer(
  nonceFor: (request: IncomingMessage) => string | undefined,
): Promise<readonly SentJws[]> {
  const root = await TestAuthority.root();
  const servers = new TestServers(await root.issueServer());
  const served = { origin: '' };
  served.origin = await servers.serve((request, response) => {
    const nonce = nonceFor(request);
    if (nonce !== undefined) response.setHeader('Replay-Nonce', nonce);
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const [newNonce, newAccount, newOrder] = ['nonce', 'new-account', 'new-order'].map(
      (name) => `${served.origin}/${name}`,
    );
    const directory = { newNonce, newAccount, newOrder };
    response.end(JSON.stringify(request.url === '/directory' ? directory : { status: 'valid' }));
  });
  const rootsFor = () => [root.certificate];
  const http = new RecordedHttp(createHttpClient({ rootsFor, timeout: 5_000 }));
  const { origin } = served;
  const [directoryUrl, accountUrl] = [`${origin}/directory`, `${origin}/account/1`];
  const signer = newSigner();
  const languages = ['de-AT', 'de', 'en'];
  const client = await AcmeClient.connect({ http, directoryUrl, signer, accountUrl, languages });
  await client.account.fetch();
  await client.account.fetch();
  http.close();
  await servers.close();
  return http.posts;
}
