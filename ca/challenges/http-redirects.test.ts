import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaOptions } from '../running-ca.ts';
import type { AcmeClient, AuthorizationObject } from '../testing/acme-client.ts';
import { connectService, placeOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

type Web = { readonly server: Server; readonly port: number; readonly asked: string[] };

let web: Web;
/** What is none of the CA's business. */
let inside: Web;
let answer: RequestListener;
let ca: TestCa | undefined;
let client: AcmeClient | undefined;
/** When the client responded; milliseconds. */
let respondedAt: number;

const hosts = { 'www.example.test': '127.0.0.1' };
/** Enough for what is on this computer. */
const validationSeconds = 2;

beforeEach(async () => {
  web = await listen((request, response) => answer(request, response));
  inside = await listen((_request, response) => response.writeHead(418).end('inside'));
});

afterEach(async () => {
  client?.close();
  await ca?.stop();
  web.server.closeAllConnections();
  web.server.close();
  inside.server.close();
});

async function listen(listener: RequestListener): Promise<Web> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, asked };
}

const redirectTo =
  (target: string): RequestListener =>
  (request, response) => {
    if (request.url?.startsWith('/.well-known/') === true) {
      response.writeHead(302, { Location: target }).end();
    } else if (request.url === '/text') {
      response.end('inside');
    } else if (request.url !== '/silence') {
      response.writeHead(503).end('inside');
    }
  };

/** Opens http-01 for a name, responds, and polls until it is decided. */
async function decide(
  name = 'www.example.test',
  options: CaOptions = { hosts },
): Promise<AuthorizationObject> {
  ca = await startTestCa({ httpPort: web.port, validationRetrySeconds: [], ...options });
  client = await connectService(ca);
  const { order } = await placeOrder(client, { identifiers: [{ type: 'dns', value: name }] });
  const { url, token } = await client.challenge(order, 'http-01');
  const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
  const inner = answer;
  answer = (request, response) => {
    if (request.url === '/proof') response.end(`${token}.${thumbprint}`);
    else inner(request, response);
  };
  respondedAt = performance.now();
  await client.post(url, {});
  for (;;) {
    const found = await client.authorization(order.authorizations[0] ?? '');
    if (found.status !== 'pending') return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const urn = (type: string): string => `urn:ietf:params:acme:error:${type}`;

describe('a redirect of http-01', () => {
  it('is followed to the configured port, of whatever name', async () => {
    answer = redirectTo(`http://other.example.test:${web.port}/proof`);
    const both = { ...hosts, 'other.example.test': '127.0.0.1' };
    expect((await decide('www.example.test', { hosts: both })).status).toBe('valid');
  });

  it.each(['http', 'https'])('is not followed to other ports by %s', async (scheme) => {
    answer = redirectTo(`${scheme}://www.example.test:${inside.port}/`);
    const { status, challenges } = await decide();
    expect(status).toBe('invalid');
    expect(challenges[0]?.error).toMatchObject({ type: urn('connection') });
    expect(inside.asked).toEqual([]);
  });

  it.each([
    [10, 'valid'],
    [11, 'invalid'],
  ])('is followed by others, until there are %d: %s', async (hops, status) => {
    answer = (request, response) => {
      const hop = Number(new URL(request.url ?? '', 'http://x').searchParams.get('hop'));
      const next = hop + 1 === hops ? '/proof' : `/there?hop=${hop + 1}`;
      response.writeHead(302, { Location: next }).end();
    };
    expect((await decide('www.example.test', { hosts, validationSeconds })).status).toBe(status);
  });

  // Each of them waits for real.
  const targets = [
    ['silence', 'www.example.test', '/silence', []],
    ['something else', 'www.example.test', '/status', ['deep']],
    ['another text', 'www.example.test', '/text', ['deep']],
    ['no address', 'nowhere.invalid', '/', ['deep']],
    ['nobody', '127.0.0.3', '/', ['deep']],
    ['a circle', 'www.example.test', '/.well-known/again', ['deep']],
  ] as const;
  for (const [name, host, path, tags] of targets)
    it(
      `to ${name} says the same as to any other target, and no sooner`,
      { tags: [...tags] },
      async () => {
        answer = redirectTo(`http://${host}:${web.port}${path}`);
        const { challenges } = await decide('www.example.test', { hosts, validationSeconds });
        const place = `http://www.example.test:${web.port}/.well-known/acme-challenge/`;
        const { type, detail } = challenges[0]?.error ?? {};
        expect([type, String(detail).replace(/(challenge\/)[\w-]+/, '$1')]).toEqual([
          urn('incorrectResponse'),
          `${place} redirects to where the key authorization is not.`,
        ]);
        // Timers count whole milliseconds.
        expect(performance.now() - respondedAt).toBeGreaterThan(validationSeconds * 1000 - 5);
      },
    );
});

describe('the computer that the CA runs on', () => {
  const open = { host: '0.0.0.0' };

  it('is looked at while only this computer can ask for it', async () => {
    answer = (_request, response) => response.writeHead(302, { Location: '/proof' }).end();
    expect((await decide('localhost', {})).status).toBe('valid');
  });

  it('is not looked at once others can ask for it', async () => {
    answer = (_request, response) => response.writeHead(302, { Location: '/proof' }).end();
    const { challenges } = await decide('localhost', open);
    expect(challenges[0]?.error).toMatchObject({ type: urn('dns') });
    expect(web.asked).toEqual([]);
  });

  const names = ['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433'];
  for (const [index, host] of names.entries())
    it(
      `is not redirected to either, as ${host}`,
      { tags: index === 0 ? [] : ['deep'] },
      async () => {
        answer = redirectTo(`http://${host}:${web.port}/proof`);
        const options = { ...open, hosts, validationSeconds };
        expect((await decide('www.example.test', options)).status).toBe('invalid');
        expect(web.asked).toHaveLength(1);
      },
    );
});
