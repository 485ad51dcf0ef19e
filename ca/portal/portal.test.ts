import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { compactVerify, importX509 } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf, withColons } from './fingerprint.ts';
import { startLocalCa, type LocalCa } from './local-ca.ts';

let localCa: LocalCa;
let cookie: string;
const logged: string[] = [];

beforeAll(async () => {
  localCa = await startLocalCa({ demoPerson: true, log: (line) => logged.push(line) });
  const { status, headers } = await get(new URL(localCa.portalAddress));
  expect(status).toBe(303);
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
});

afterAll(async () => {
  await localCa.ca.stop();
});

type Page = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** Sends a path exactly as given, which `fetch` would tidy up. */
async function send(path: string, options: RequestOptions, body?: string): Promise<Page> {
  const { hostname, port } = new URL(localCa.ca.origin);
  const target = { hostname, port, path, ca: localCa.ca.rootPem, agent: false };
  return new Promise((resolve, reject) => {
    const request = httpsRequest({ ...target, ...options }, (response) => {
      text(response).then(
        (content) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: content }),
        reject,
      );
    });
    request.once('error', reject).end(body);
  });
}

const get = (url: URL | string, headers: Record<string, string> = {}) => {
  const path = typeof url === 'string' ? url : url.pathname + url.search;
  return send(path, { method: 'GET', headers });
};
const visit = (path: string, headers: Record<string, string> = {}) =>
  get(path, { cookie, ...headers });

function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const form = {
    cookie,
    origin: localCa.ca.origin,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const own = Object.fromEntries(Object.entries({ ...form, ...headers }).filter(([, v]) => v));
  return send(path, { method: 'POST', headers: own }, new URLSearchParams(fields).toString());
}

const demoPerson = () => {
  const person = localCa.ca.people.findByEmail('alex@example.test');
  if (person === undefined) throw new Error('the demo person is missing');
  return person;
};

describe('the portal key', () => {
  test('is taken out of the address at once and kept by a cookie that only this origin gets', async () => {
    const { status, headers } = await get(new URL(localCa.portalAddress));
    expect(status).toBe(303);
    expect(headers.location).toBe('/portal/');
    expect(headers['set-cookie']?.[0]).toMatch(
      /^__Host-portal=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    expect(headers['set-cookie']?.[0]).not.toContain(
      new URL(localCa.portalAddress).searchParams.get('key'),
    );
  });

  const guarded = ['/portal/', '/portal/people', '/portal/invitations', '/portal/services'];
  test.each(guarded)('is needed for %s', async (path) => {
    expect((await get(path)).status).toBe(403);
    expect((await get(path, { cookie: '__Host-portal=' })).status).toBe(403);
    expect((await get(path, { cookie: `__Host-portal=${'A'.repeat(43)}` })).status).toBe(403);
    expect((await get(`${path}?key=`)).status).toBe(403);
    expect((await get(`${path}?key=${'A'.repeat(22)}`)).status).toBe(403);
    expect((await visit(path)).status).toBe(200);
  });

  test('is needed for forms too, and without it nothing changes', async () => {
    const before = localCa.ca.people.list().length;
    const fields = { name: 'Mallory', email: 'mallory@example.test', role: 'employee' };
    expect((await post('/portal/people', fields, { cookie: '' })).status).toBe(403);
    expect(localCa.ca.people.list()).toHaveLength(before);
  });

  test('never reaches the log', () => {
    const key = new URL(localCa.portalAddress).searchParams.get('key') ?? '';
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.filter((line) => line.includes(key))).toEqual([]);
  });
});

describe('forms', () => {
  test.each([
    ['another site', 'https://evil.example'],
    ['another port', 'https://localhost:1'],
    ['plain http', 'http://localhost'],
    ['a sandbox', 'null'],
    ['nobody', ''],
  ])('from %s are refused', async (_who, origin) => {
    const before = localCa.ca.people.invitations().length;
    const fields = { credential: 'wifi-vpn', lifetime: 'day' };
    const path = `/portal/people/${demoPerson().id}/invitations`;
    expect((await post(path, fields, { origin })).status).toBe(403);
    expect(localCa.ca.people.invitations()).toHaveLength(before);
  });

  test('that are too long or no forms are refused, and the server goes on', async () => {
    const long = { name: 'x'.repeat(100_000), email: 'long@example.test' };
    expect((await post('/portal/people', long)).status).toBe(413);
    const json = { 'content-type': 'application/json' };
    expect((await post('/portal/people', { name: 'x' }, json)).status).toBe(415);
    expect((await visit('/portal/people')).status).toBe(200);
  });

  test.each([
    ['an empty name', { name: '  ', email: 'a@example.test' }],
    ['a name with line breaks', { name: 'a\nb', email: 'a@example.test' }],
    ['a name that turns the direction of writing', { name: 'a\u202eb', email: 'a@example.test' }],
    ['an overlong name', { name: 'n'.repeat(65), email: 'a@example.test' }],
    ['an address that is not ASCII', { name: 'A', email: 'ü@example.test' }],
    ['no address', { name: 'A', email: '' }],
    ['an address with markup', { name: 'A', email: '"<b>"@example.test' }],
    ['an address of two', { name: 'A', email: 'a@example.test,b@example.test' }],
    ['an address that is taken', { name: 'A', email: 'ALEX@example.test' }],
  ])('do not register a person with %s', async (_what, fields) => {
    const before = localCa.ca.people.list().length;
    const { status, body } = await post('/portal/people', fields);
    expect(status).toBe(422);
    expect(body).toContain('role="alert"');
    expect(localCa.ca.people.list()).toHaveLength(before);
  });

  test.each([
    ['an unknown credential', { credential: 'root', lifetime: 'day' }],
    ['an unknown period', { credential: 'wifi-vpn', lifetime: 'century' }],
    ['a period by its prototype', { credential: 'wifi-vpn', lifetime: 'constructor' }],
  ])('do not invite with %s', async (_what, fields) => {
    const before = localCa.ca.people.invitations().length;
    const { status } = await post(`/portal/people/${demoPerson().id}/invitations`, fields);
    expect(status).toBe(422);
    expect(localCa.ca.people.invitations()).toHaveLength(before);
  });
});

describe('paths', () => {
  test.each([
    '/static/../portal.ts',
    '/static/..%2fportal.ts',
    '/static/%2e%2e/access.ts',
    '/static/portal.css/',
    '/static/',
    '/../../etc/passwd',
    '//evil.example/portal/',
    '/portal/people/%',
    '/portal/people/%00',
    '/portal/people/__proto__',
    '/portal/people/nobody',
    '/portal/nothing',
    '/join/../portal/people',
  ])('%s leads nowhere', async (path) => {
    const { status, body } = await visit(path);
    expect([403, 404]).toContain(status);
    expect(body).not.toContain('root:');
    expect(body).not.toContain('createPortalAccess');
  });

  test('an absolute address in the request line is no page of ours', async () => {
    const { status } = await visit('https://evil.example/portal/');
    expect(status).toBe(404);
  });

  test('only GET, HEAD and POST mean anything', async () => {
    const { status } = await send('/portal/people', { method: 'DELETE', headers: { cookie } });
    expect(status).toBe(404);
    const head = await send('/portal/people', { method: 'HEAD', headers: { cookie } });
    expect(head).toMatchObject({ status: 200, body: '' });
  });
});

describe('pages', () => {
  test('load nothing from elsewhere, run no script and are not kept', async () => {
    const { headers, body } = await visit('/portal/');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none';/);
    expect(headers['content-security-policy']).not.toContain('script-src');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).not.toContain('<script');
    expect(body).not.toMatch(/\sstyle=/);
  });

  test('show a name as text, whatever it is', async () => {
    const name = `<img src=x onerror=alert(1)>"'&`;
    const added = await post('/portal/people', { name, email: 'img@example.test' });
    expect(added.status).toBe(303);
    const escaped = '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;';
    for (const path of ['/portal/people', added.headers.location ?? '']) {
      const { body } = await visit(path);
      expect(body).toContain(escaped);
      expect(body).not.toContain('<img');
    }
  });

  test('speak German to who prefers it', async () => {
    const { body } = await visit('/portal/people', { 'accept-language': 'de-AT,de;q=0.9' });
    expect(body).toContain('<html lang="de">');
    expect(body).toContain('Person anlegen');
  });

  test('name the directory and the root', async () => {
    const { body } = await visit('/portal/');
    expect(body).toContain(localCa.ca.directoryUrl);
    const root = await get('/portal/root.pem');
    expect(root.body).toBe(localCa.ca.rootPem);
  });
});

describe('an invitation', () => {
  const invite = () =>
    post(`/portal/people/${demoPerson().id}/invitations`, {
      credential: 'wifi-vpn',
      lifetime: 'hour',
    });

  test('is shown once, as link, code and web page', async () => {
    const { status, body } = await invite();
    expect(status).toBe(200);
    const link = /href="(countersign:[^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const { searchParams, hash } = new URL(link);
    const fragment = new URLSearchParams(hash.slice(1));
    expect(searchParams.get('from')).toBe(`${localCa.ca.origin}/profile.enroll`);
    expect([...searchParams.keys()]).toEqual(['from']);
    expect(Object.fromEntries(fragment)).toMatchObject({
      credential: 'wifi-vpn',
      email: 'alex@example.test',
    });
    const macKey = fragment.get('mac') ?? '';
    expect(Buffer.from(macKey, 'base64url')).toHaveLength(32);
    expect(body).toContain('<svg');

    const [newest] = localCa.ca.people.invitations();
    expect(newest).toMatchObject({ kid: fragment.get('kid'), personId: demoPerson().id });
    for (const path of ['/portal/invitations', `/join/${fragment.get('kid') ?? ''}`]) {
      expect((await visit(path)).body).not.toContain(macKey);
    }
  });

  test('can be withdrawn, and its web page says so', async () => {
    await invite();
    const { kid } = localCa.ca.people.invitations()[0] ?? { kid: '' };
    expect((await get(`/join/${kid}`)).status).toBe(200);
    expect((await post(`/portal/invitations/${kid}/withdraw`, {})).status).toBe(303);
    expect((await get(`/join/${kid}`)).status).toBe(410);
    expect((await get('/join/unknown')).status).toBe(404);
    expect((await post('/portal/invitations/unknown/withdraw', {})).status).toBe(303);
  });
});

describe('the enrollment profile', () => {
  test('is signed by a certificate under the root, and its words are on the portal', async () => {
    const { headers, body } = await get('/profile.enroll');
    expect(headers['content-type']).toBe('application/enrollment-profile+jws');
    const [leaf = Buffer.alloc(0)] = localCa.ca.documentSigner.chain;
    const pem = `-----BEGIN CERTIFICATE-----\n${leaf.toString('base64')}\n-----END CERTIFICATE-----`;
    const { payload, protectedHeader } = await compactVerify(body, await importX509(pem, 'ES256'));
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'enrollment-profile+jws' });
    expect(protectedHeader.x5c?.[0]).toBe(leaf.toString('base64'));
    expect(JSON.parse(Buffer.from(payload).toString())).toMatchObject({
      version: 1,
      directory: localCa.ca.directoryUrl,
      externalAccount: 'required',
    });
    const { body: home } = await visit('/portal/');
    for (const word of fingerprintOf(leaf).words) expect(home).toContain(`<li>${word}</li>`);
  });

  test('stays the same from one request to the next', async () => {
    expect((await get('/profile.enroll')).body).toBe(await localCa.profile());
  });
});

describe('a service key', () => {
  test('is shown once, with commands for other clients', async () => {
    const { status, body } = await post('/portal/services', {
      service: 'web server',
      lifetime: 'day',
      reusable: 'yes',
    });
    expect(status).toBe(200);
    const [newest] = localCa.ca.people.invitations();
    expect(newest).toMatchObject({ service: 'web server', reusable: true, personId: undefined });
    expect(body).toContain(`--eab-kid ${newest?.kid ?? ''} --eab-hmac-key `);
    expect(body).toContain('lego --server ');
    const from = encodeURIComponent(`${localCa.ca.origin}/profile.enroll`);
    expect(body).toContain(`countersign://join?from=${from}#kid=${newest?.kid ?? ''}&amp;mac=`);
    const [signer] = localCa.ca.documentSigner.chain;
    if (signer === undefined) throw new Error('nobody signs the profile');
    expect(body).toContain(withColons(fingerprintOf(signer).hex));
  });
});
