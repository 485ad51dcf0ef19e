import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { connect as connectTcp, createServer } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Challenge } from '../acme/challenge.ts';
import type { ProofRequest } from '../acme/domain-proof.ts';
import { freePorts } from '../testing/server-program.ts';
import { acmeTlsCertificate } from './acme-tls-certificate.ts';
import { Http01Responder } from './http-01.ts';
import { TlsAlpn01Responder } from './tls-alpn-01.ts';

const host = '127.0.0.1';
const token = 'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA';
const otherToken = 'DGyRejmCefe7v4NfDGDKfA_evaGxfADs6pSRb2LAv9I';

const asking = (given: string | undefined, value = 'example.test', type = 'dns'): ProofRequest => ({
  identifier: { type, value },
  wildcard: false,
  challenge: { type: 'http-01', url: 'https://ca.example/1', token: given } as Challenge,
  keyAuthorization: `${given ?? ''}.thumbprint`,
  accountUrl: 'https://ca.example/acct/1',
  newAccountUrl: 'https://ca.example/new-acct',
  expires: undefined,
});

let port: number;

beforeEach(async () => {
  [port = 0] = await freePorts(1);
});

const isOpen = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp({ host, port }, () => resolve(true));
    socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
  });

const fetchPath = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://${host}:${port}${path}`, init);

const pathOf = (each: string): string => `/.well-known/acme-challenge/${each}`;

/** Octets, as they are, to the server and back: `fetch` would tidy up the path. */
const raw = (request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket = connectTcp({ host, port }, () => socket.write(request));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text)).on('error', reject);
  });

describe('the responder for http-01', () => {
  test('serves the key authorization, and is gone afterwards', async () => {
    const responder = new Http01Responder({ port, host });
    expect(await isOpen()).toBe(false);
    const cleanup = await responder.prepare(asking(token));
    const response = await fetchPath(pathOf(token));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(await response.text()).toBe(`${token}.thumbprint`);
    const head = await fetchPath(pathOf(token), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    await cleanup();
    expect(await isOpen()).toBe(false);
  });

  test('serves nothing else', async () => {
    const cleanup = await new Http01Responder({ port, host }).prepare(asking(token));
    const paths = [
      '/',
      pathOf(''),
      pathOf(otherToken),
      `${pathOf(token)}/`,
      `${pathOf(token)}?a=b`,
    ];
    for (const path of paths) {
      const response = await fetchPath(path);
      expect([path, response.status, await response.text()]).toEqual([path, 404, '']);
    }
    expect((await fetchPath(pathOf(token), { method: 'POST', body: 'x' })).status).toBe(404);
    const traversal = await raw(`GET ${pathOf(`x/../${token}`)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(traversal).toMatch(/^HTTP\/1\.1 404 /);
    await cleanup();
  });

  test('serves several at a time, on one port', async () => {
    const responder = new Http01Responder({ port, host });
    const requests = [asking(token), asking(otherToken)];
    const [first, second] = await Promise.all(requests.map((each) => responder.prepare(each)));
    await first?.();
    expect((await fetchPath(pathOf(token))).status).toBe(404);
    expect((await fetchPath(pathOf(otherToken))).status).toBe(200);
    await second?.();
    const again = await responder.prepare(asking(token));
    expect((await fetchPath(pathOf(token))).status).toBe(200);
    await again();
  });

  test('says when the port is taken, and can try again', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, host, resolve));
    const responder = new Http01Responder({ port, host });
    await expect(responder.prepare(asking(token))).rejects.toMatchObject({ reason: 'port' });
    await new Promise((resolve) => other.close(resolve));
    const cleanup = await responder.prepare(asking(token));
    await cleanup();
  });

  test.each([
    undefined,
    '',
    'short',
    '../../../../etc/passwd-and-more',
    `${token}/x`,
    `${token}\r\n`,
  ])('takes no token like %j', async (bad) => {
    const responder = new Http01Responder({ port, host });
    await expect(responder.prepare(asking(bad))).rejects.toMatchObject({
      reason: 'challenge-malformed',
    });
    expect(await isOpen()).toBe(false);
  });

  test('suits names and addresses, but no wildcard', () => {
    const responder = new Http01Responder({ port });
    const dns = { identifier: { type: 'dns', value: 'example.test' }, wildcard: false };
    expect(responder.suits(dns)).toBe(true);
    expect(responder.suits({ ...dns, wildcard: true })).toBe(false);
    expect(responder.suits({ ...dns, identifier: { type: 'ip', value: '192.0.2.1' } })).toBe(true);
    expect(responder.suits({ ...dns, identifier: { type: 'email', value: 'a@b' } })).toBe(false);
  });

  test('opens nothing after an abort', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const responder = new Http01Responder({ port, host });
    await expect(responder.prepare({ ...asking(token), signal })).rejects.toThrow('enough');
    expect(await isOpen()).toBe(false);
  });
});

describe('the certificate for tls-alpn-01', () => {
  const digest = createHash('sha256').update('key.authorization').digest('hex');

  test('is what RFC 8737 says, as openssl reads it', () => {
    const { cert } = acmeTlsCertificate({ dns: 'example.test' }, 'key.authorization', new Date());
    const options = { input: cert, encoding: 'utf8' } as const;
    const text = execFileSync('openssl', ['x509', '-noout', '-text'], options);
    expect(text).toContain('DNS:example.test');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('1.3.6.1.5.5.7.1.31: critical');
    const asn1 = execFileSync('openssl', ['asn1parse'], options);
    expect(asn1).toContain(`[HEX DUMP]:0420${digest.toUpperCase()}`);
    const parsed = new X509Certificate(cert);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.subjectAltName).toBe('DNS:example.test');
    expect(parsed.checkHost('example.test')).toBe('example.test');
    expect(parsed.validFromDate.getTime()).toBeLessThan(Date.now());
    expect(parsed.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  test('names an address as one', () => {
    const ip = Buffer.from([192, 0, 2, 1]);
    const { cert } = acmeTlsCertificate({ ip }, 'key.authorization', new Date());
    expect(new X509Certificate(cert).subjectAltName).toBe('IP Address:192.0.2.1');
  });
});

describe('the responder for tls-alpn-01', () => {
  const handshake = (options: ConnectionOptions): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host, port, rejectUnauthorized: false, ...options });
      socket.once('secureConnect', () => resolve(socket.destroy()));
      socket.once('error', reject);
    });
  const acme = { ALPNProtocols: ['acme-tls/1'], servername: 'example.test' };

  test('shows the certificate, and is gone afterwards', async () => {
    const responder = new TlsAlpn01Responder({ port, host });
    const cleanup = await responder.prepare(asking(token));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake({ ...acme, maxVersion });
      expect(socket.alpnProtocol).toBe('acme-tls/1');
    }
    await cleanup();
    expect(await isOpen()).toBe(false);
  });

  test.each([
    ['another protocol', { ...acme, ALPNProtocols: ['http/1.1'] }],
    ['another name', { ...acme, servername: 'else.test' }],
    ['no name', { ALPNProtocols: ['acme-tls/1'], servername: '' }],
  ])('has nothing for %s', async (_name, options) => {
    const cleanup = await new TlsAlpn01Responder({ port, host }).prepare(asking(token));
    await expect(handshake(options)).rejects.toThrow();
    await cleanup();
  });

  test('answers for an address by its reverse name', async () => {
    const responder = new TlsAlpn01Responder({ port, host });
    const cleanup = await responder.prepare(asking(token, '192.0.2.1', 'ip'));
    const socket = await handshake({ ...acme, servername: '1.2.0.192.in-addr.arpa' });
    expect(socket.alpnProtocol).toBe('acme-tls/1');
    await cleanup();
  });

  /** Somebody who shakes hands and never leaves. */
  const stay = (): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const to = { host, port, rejectUnauthorized: false, allowHalfOpen: true, ...acme };
      const socket = connect(to, () => resolve(socket));
      socket.once('error', reject);
    });

  test('closes although a stranger stays', async () => {
    const cleanup = await new TlsAlpn01Responder({ port, host }).prepare(asking(token));
    const [silent, stranger] = [connectTcp({ host, port }), await stay()];
    await cleanup();
    expect(await isOpen()).toBe(false);
    silent.destroy();
    stranger.destroy();
  });

  test('leaves a stranger who stays', async () => {
    const cleanup = await new TlsAlpn01Responder({ port, host }).prepare(asking(token));
    const stranger = await stay();
    stranger.on('error', () => stranger.destroy());
    const isLeft = (): boolean => {
      stranger.write('?');
      return stranger.destroyed;
    };
    await expect.poll(isLeft).toBe(true);
    await cleanup();
  });

  test('answers for several names at a time', async () => {
    const responder = new TlsAlpn01Responder({ port, host });
    const first = await responder.prepare(asking(token, 'One.test'));
    const second = await responder.prepare(asking(otherToken, 'two.test'));
    await first();
    await expect(handshake({ ...acme, servername: 'one.test' })).rejects.toThrow();
    await handshake({ ...acme, servername: 'two.test' });
    await second();
    expect(await isOpen()).toBe(false);
  });
});
