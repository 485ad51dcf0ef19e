import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Server as TlsServer } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeClient, AuthorizationObject, Json } from '../testing/acme-client.ts';
import { startDnsServer } from '../testing/dns-server.ts';
import type { DnsServer } from '../testing/dns-server.ts';
import { connectService, placeOrder, privateKeyPem, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let client: AcmeClient;
let web: Server;
let dnsServer: DnsServer;
let tls: TlsServer;
let answer: RequestListener;
const asked: { url: string; host: string }[] = [];

beforeEach(async () => {
  asked.length = 0;
  answer = (_request, response) => response.writeHead(404).end();
  web = createServer((request, response) => {
    asked.push({ url: request.url ?? '', host: request.headers.host ?? '' });
    answer(request, response);
  }).listen(0, '127.0.0.1');
  tls = createTlsServer({ ALPNProtocols: ['acme-tls/1'] }).listen(0, '127.0.0.1');
  await Promise.all([once(web, 'listening'), once(tls, 'listening')]);
  dnsServer = await startDnsServer();
  ca = await startTestCa({
    httpPort: (web.address() as AddressInfo).port,
    tlsPort: (tls.address() as AddressInfo).port,
    dnsServer: dnsServer.address,
    hosts: { 'www.example.test': '127.0.0.1' },
    validationRetrySeconds: [0.01, 0.01],
  });
  client = await connectService(ca);
});

afterEach(async () => {
  client.close();
  await ca.stop();
  web.closeAllConnections();
  web.close();
  tls.close();
  await dnsServer.close();
});

type Opened = {
  readonly url: string;
  readonly token: string;
  readonly keyAuthorization: string;
  readonly authorization: string;
};

async function open(type: string, name = 'www.example.test'): Promise<Opened> {
  const { order } = await placeOrder(client, { identifiers: [{ type: 'dns', value: name }] });
  const { url, token } = await client.challenge(order, type);
  const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
  const [authorization = ''] = order.authorizations;
  return { url, token, keyAuthorization: `${token}.${thumbprint}`, authorization };
}

/** Responds, and polls until the authorization is decided. */
async function decide({ url, authorization }: Opened): Promise<AuthorizationObject> {
  const reply = await client.post(url, {});
  expect([reply.status, reply.body['status']]).toEqual([200, 'processing']);
  expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  for (;;) {
    const found = await client.authorization(authorization);
    if (found.status !== 'pending') return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function errorOf(authorization: AuthorizationObject): Json {
  expect(authorization.status).toBe('invalid');
  return authorization.challenges[0]?.error ?? {};
}

const urn = (type: string): string => `urn:ietf:params:acme:error:${type}`;

describe('http-01', () => {
  it('finds the key authorization at the well-known place of the name', async () => {
    const opened = await open('http-01');
    answer = (_request, response) => response.end(`${opened.keyAuthorization}\r\n `);
    const authorization = await decide(opened);
    expect(authorization).toMatchObject({ status: 'valid' });
    expect(authorization.challenges).toMatchObject([{ type: 'http-01', status: 'valid' }]);
    const port = String((web.address() as AddressInfo).port);
    const url = `/.well-known/acme-challenge/${opened.token}`;
    expect(asked).toEqual([{ url, host: `www.example.test:${port}` }]);
  });

  it('asks the configured resolver for the address', async () => {
    dnsServer.addresses.set('resolved.example.test', '127.0.0.1');
    const opened = await open('http-01', 'resolved.example.test');
    answer = (_request, response) => response.end(opened.keyAuthorization);
    expect((await decide(opened)).status).toBe('valid');
  });

  it.each<[string, RequestListener, string]>([
    ['another text', (_request, response) => response.end('x'), 'incorrectResponse'],
    ['nothing', (_request, response) => response.end(), 'incorrectResponse'],
    ['a failure', (_request, response) => response.writeHead(500).end(), 'incorrectResponse'],
    [
      'too long a body',
      (_request, response) => response.end('x'.repeat(100_000)),
      'incorrectResponse',
    ],
    [
      'a body without end',
      (_request, response) => {
        const more = setInterval(() => response.write('x'.repeat(1000)), 1);
        response.once('close', () => clearInterval(more));
      },
      'incorrectResponse',
    ],
    ['a broken connection', (request) => request.socket.destroy(), 'connection'],
    [
      'a redirect to a file',
      (_request, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end(),
      'connection',
    ],
  ])('is not satisfied by %s', async (_name, listener, problem) => {
    const opened = await open('http-01');
    answer = listener;
    const error = errorOf(await decide(opened));
    expect(error['type']).toBe(urn(problem));
    // RFC 8555 §8.2: one entry for each of the three queries.
    expect(error['subproblems']).toHaveLength(3);
  });

  it('succeeds when a later query finds what the first did not', async () => {
    const opened = await open('http-01');
    answer = (_request, response) => {
      if (asked.length < 3) response.writeHead(404).end();
      else response.end(opened.keyAuthorization);
    };
    const authorization = await decide(opened);
    expect(authorization.status).toBe('valid');
    expect(authorization.challenges[0]).not.toHaveProperty('error');
    expect(asked).toHaveLength(3);
  });

  it('fails for a name without an address', async () => {
    const opened = await open('http-01', 'nowhere.example.test');
    expect(errorOf(await decide(opened))['type']).toBe(urn('dns'));
  });

  it('leaves no way to respond once it has failed', async () => {
    const opened = await open('http-01');
    await decide(opened);
    const again = await client.post(opened.url, {});
    expect([again.status, again.problem]).toEqual([400, 'malformed']);
  });
});

describe('dns-01', () => {
  const digestOf = ({ keyAuthorization }: Opened): string =>
    createHash('sha256').update(keyAuthorization).digest('base64url');

  it('finds the digest among the TXT records, even in pieces', async () => {
    const opened = await open('dns-01');
    const digest = digestOf(opened);
    const records = [['unrelated'], [digest.slice(0, 10), digest.slice(10)]];
    dnsServer.texts.set('_acme-challenge.www.example.test', records);
    expect((await decide(opened)).status).toBe('valid');
  });

  it('proves a wildcard at the name below the asterisk', async () => {
    const opened = await open('dns-01', '*.example.test');
    dnsServer.texts.set('_acme-challenge.example.test', [[digestOf(opened)]]);
    expect(await decide(opened)).toMatchObject({ status: 'valid', wildcard: true });
  });

  it('pre-authorizes a name, and nothing below it', async () => {
    const name = 'pre.example.test';
    const identifier = { type: 'dns', value: name };
    const { body, location } = await client.post(client.directory.newAuthz, { identifier });
    const { challenges } = body as AuthorizationObject;
    const { url = '', token } = challenges.find(({ type }) => type === 'dns-01') ?? {};
    const thumbprint = await calculateJwkThumbprint(client.keys.jwk);
    const keyAuthorization = `${token ?? ''}.${thumbprint}`;
    const opened = { url, token: '', keyAuthorization, authorization: location ?? '' };
    dnsServer.texts.set(`_acme-challenge.${name}`, [[digestOf(opened)]]);
    expect((await decide(opened)).status).toBe('valid');
    const statuses = [];
    for (const value of [name, `*.${name}`, `below.${name}`]) {
      const { order } = await placeOrder(client, { identifiers: [{ type: 'dns', value }] });
      statuses.push(order.status);
    }
    expect(statuses).toEqual(['ready', 'pending', 'pending']);
  });

  it('is not satisfied by other records, nor by none', async () => {
    const opened = await open('dns-01');
    dnsServer.texts.set('_acme-challenge.www.example.test', [[opened.keyAuthorization]]);
    expect(errorOf(await decide(opened))['type']).toBe(urn('incorrectResponse'));
    const other = await open('dns-01', 'other.example.test');
    expect(errorOf(await decide(other))['type']).toBe(urn('dns'));
  });
});

describe('tls-alpn-01', () => {
  type CertificateOptions = { readonly critical?: boolean; readonly name?: string };

  async function present(keyAuthorization: string, options: CertificateOptions = {}) {
    const { critical = true, name = 'www.example.test' } = options;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const digest = createHash('sha256').update(keyAuthorization).digest();
    const value = Buffer.concat([Buffer.of(4, 32), digest]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=acme',
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        new x509.Extension('1.3.6.1.5.5.7.1.31', critical, value),
      ],
    });
    tls.setSecureContext({ cert: certificate.toString('pem'), key: await privateKeyPem(keys) });
  }

  it('finds the digest in the certificate of the handshake', async () => {
    const opened = await open('tls-alpn-01');
    await present(opened.keyAuthorization);
    expect((await decide(opened)).status).toBe('valid');
  });

  it.each<[string, CertificateOptions & { readonly text?: string }]>([
    ['another digest', { text: 'x' }],
    ['an extension that is not critical', { critical: false }],
    ['another name', { name: 'other.example.test' }],
  ])('is not satisfied by %s', async (_name, { text, ...options }) => {
    const opened = await open('tls-alpn-01');
    await present(text ?? opened.keyAuthorization, options);
    expect(errorOf(await decide(opened))['type']).toBe(urn('incorrectResponse'));
  });

  it('fails without a handshake', async () => {
    const opened = await open('tls-alpn-01');
    expect(errorOf(await decide(opened))['type']).toBe(urn('tls'));
  });
});
