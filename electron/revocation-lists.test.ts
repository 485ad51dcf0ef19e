import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedExchange } from './http/signed-exchange.ts';
import { ownLook } from './install/network/own-look.ts';
import { revocationListsBy } from './revocation-lists.ts';
import { startTinyproxy, type RunningProxy } from './testing/proxies.ts';
import { TestAuthority } from './testing/test-authority.ts';
import { TestServers } from './testing/test-servers.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = publicKey.export({ type: 'spki', format: 'der' });
const der = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');

let root: TestAuthority;
let servers: TestServers;
let proxy: RunningProxy;

beforeAll(async () => {
  root = await TestAuthority.root();
  servers = new TestServers(await root.issueServer());
  proxy = await startTinyproxy();
});
afterEach(() => servers.close());
afterAll(() => proxy.stop());

/** The address of a list that is published in clear. */
const inClear = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await servers.listen(createServer(listener))}/ca.crl`;

/** For an organisation on this computer itself. */
const here = { mayStayHere: true };
const readAny = revocationListsBy(signedExchange());
const read = (url: string) => readAny(url, here);

describe('lists of revoked certificates', () => {
  it('are fetched in clear, and nothing goes with the question', async () => {
    const seen: IncomingMessage[] = [];
    const url = await inClear((request, response) => {
      seen.push(request);
      response.setHeader('Set-Cookie', 'a=b').end('list');
    });
    await read(url);
    expect(Buffer.from(await read(url)).toString()).toBe('list');
    for (const { method, headers } of seen) {
      expect(method).toBe('GET');
      expect(Object.keys(headers).sort()).toEqual(['accept-encoding', 'connection', 'host']);
    }
    expect(seen).toHaveLength(2);
  });

  it('are fetched by https, whoever is there, and through the proxy where there is one', async () => {
    const url = `${await servers.serve((_request, response) => response.end('list'))}/ca.crl`;
    expect(Buffer.from(await read(url)).toString()).toBe('list');
    const open = await inClear((_request, response) => response.end('list'));
    const throughProxy = signedExchange(() => Promise.resolve([proxy.proxy]));
    expect(Buffer.from(await revocationListsBy(throughProxy)(open, here)).toString()).toBe('list');
    expect(await proxy.passed(new URL(open).host)).toBe(1);
  });

  it('are no pages of errors, do not lead elsewhere, and do not go on for ever', async () => {
    let elsewhere = 0;
    const other = await inClear((_request, response) => {
      elsewhere += 1;
      response.end('list');
    });
    const leading = await inClear((_request, response) =>
      response.writeHead(302, { Location: other }).end(),
    );
    const missing = await inClear((_request, response) => response.writeHead(404).end('list'));
    for (const url of [leading, missing]) {
      await expect(read(url)).rejects.toMatchObject({ reason: 'response-malformed' });
    }
    expect(elsewhere).toBe(0);
    const long = await inClear((_request, response) => response.end(Buffer.alloc(4_200_000)));
    await expect(read(long)).rejects.toMatchObject({ reason: 'response-too-large' });
    const odd = await inClear((request) => request.socket.end('220 mail.example ESMTP\r\n'));
    await expect(read(odd)).rejects.toMatchObject({ reason: 'response-malformed' });
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'ldap://127.0.0.1/', 'http://a:b@127.0.0.1/'])(
    'are not at %s',
    async (url) => {
      await expect(read(url)).rejects.toMatchObject({ code: 'http-request', part: 'url' });
    },
  );

  it('count in clear when the issuer has signed them, and not when somebody on the way has', async () => {
    const stranger = await TestAuthority.root();
    const published: { list: Buffer; asked: number } = { list: Buffer.alloc(0), asked: 0 };
    const url = await inClear((_request, response) => {
      published.asked += 1;
      response.end(published.list);
    });
    const pem = await root.issue({ spki, revocationListUrl: url });
    const credential = {
      certificate: new X509Certificate(pem).raw,
      issuers: [new X509Certificate(root.certificate).raw],
      askedFor: [],
    };
    const look = () => ownLook(credential, { now: () => new Date(), readRevocationList: read });
    published.list = der(await stranger.revocationList(pem));
    expect(await look()).toBeNull();
    published.list = Buffer.from('<html>');
    expect(await look()).toBeNull();
    published.list = der(await root.revocationList());
    expect(await look()).toBeNull();
    published.list = der(await root.revocationList(pem));
    expect(await look()).toBe('revoked');
    expect(published.asked).toBe(4);
  });
});
