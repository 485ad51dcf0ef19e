import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchVerified, type VerifyProc } from './verified-fetch.ts';

type Asked = Parameters<VerifyProc>[0];

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
let server: Server;
let origin: string;
let root: string;
const heard: string[] = [];

async function makeChain() {
  const rootKeys = await generateKeys();
  const leafKeys = await generateKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: 'CN=Test Root', keys: rootKeys, signingAlgorithm: algorithm },
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...{ subject: 'CN=localhost', issuer: authority.subject, publicKey: leafKeys.publicKey },
    ...{ signingKey: rootKeys.privateKey, signingAlgorithm: algorithm },
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  });
  const key = Buffer.from(await globalThis.crypto.subtle.exportKey('pkcs8', leafKeys.privateKey));
  return { root: authority.toString('pem'), leaf: leaf.toString('pem'), key };
}

const generateKeys = () =>
  globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

beforeAll(async () => {
  const chain = await makeChain();
  root = chain.root;
  const base64 = chain.key.toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
  server = createServer({ key, cert: `${chain.leaf}\n${chain.root}` }, (request, response) => {
    void text(request).then((body) => {
      heard.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
      response.setHeader('Set-Cookie', ['one=1', 'two=2']);
      if (request.url === '/away') response.writeHead(302, { Location: '/elsewhere' }).end();
      else response.writeHead(201, 'Made').end('hello');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return () => new Promise((resolve) => server.close(resolve));
});
afterAll(() => server.closeAllConnections());

describe('a certificate verify proc', () => {
  it('is asked with the chain that the server shows, as Electron has it', async () => {
    const asked: Asked[] = [];
    const response = await fetchVerified(new Request(`${origin}/here?x#y`), (request, decide) => {
      asked.push(request);
      decide(0);
    });
    expect([response.status, response.statusText, await response.text()]).toStrictEqual([
      ...[201, 'Made', 'hello'],
    ]);
    expect(response.headers.getSetCookie()).toStrictEqual(['one=1', 'two=2']);
    expect(heard.at(-1)).toBe('GET /here?x ');
    const [request] = asked;
    expect(request).toMatchObject({
      ...{ hostname: 'localhost', errorCode: -202, isIssuedByKnownRoot: false },
      verificationResult: 'net::ERR_CERT_AUTHORITY_INVALID',
      certificate: { subjectName: 'localhost', issuerName: 'Test Root' },
    });
    const { issuerCert } = request?.certificate ?? {};
    expect(new X509Certificate(issuerCert?.data ?? '').raw).toStrictEqual(
      new X509Certificate(root).raw,
    );
    expect(issuerCert?.issuerCert).toBeUndefined();
  });

  it('keeps a server that it refuses from hearing anything', async () => {
    const before = heard.length;
    for (const answer of [-2, -3, 1]) {
      const failing = fetchVerified(new Request(`${origin}/secret`), (_request, decide) =>
        decide(answer),
      );
      await expect(failing).rejects.toMatchObject({ reason: 'Failed' });
    }
    expect(heard).toHaveLength(before);
  });

  it('lets what a page sends through, and leaves redirects to the page', async () => {
    const accept: VerifyProc = (_request, decide) => decide(0);
    const posted = new Request(`${origin}/post`, { method: 'POST', body: 'text' });
    await fetchVerified(posted, accept);
    expect(heard.at(-1)).toBe('POST /post text');
    const away = await fetchVerified(new Request(`${origin}/away`), accept);
    expect([away.status, away.headers.get('location')]).toStrictEqual([302, '/elsewhere']);
  });

  it('is not asked about a server that is not there', async () => {
    const never: VerifyProc = () => expect.unreachable('nobody is there');
    await expect(fetchVerified(new Request('https://localhost:1/'), never)).rejects.toMatchObject({
      reason: 'ConnectionRefused',
    });
  });
});
