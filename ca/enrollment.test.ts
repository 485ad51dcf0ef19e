import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient } from './testing/acme-client.ts';
import { connectBound, enroll, startTestCa } from './testing/enrollment.ts';
import type { Issued, TestCa } from './testing/enrollment.ts';

describe('an employee enrolls', () => {
  let ca: TestCa;
  let client: AcmeClient;
  let issued: Issued;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ca-test-'));
    ca = await startTestCa();
    client = await connectBound(ca);
    issued = await enroll(ca, client);
  });

  afterAll(async () => {
    client.close();
    await ca.stop();
    rmSync(folder, { recursive: true });
  });

  function file(name: string, content: string | Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  function openssl(...args: string[]): string {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  it('gets a certificate for the person, good for signing in to servers', () => {
    const certificate = new X509Certificate(issued.chain);
    expect(certificate.subject).toBe('CN=Alex Demo');
    expect(certificate.subjectAltName).toBe('email:alex@example.test');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    const text = openssl('x509', '-in', file('leaf.pem', issued.chain), '-noout', '-text');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toContain('CA:FALSE');
    expect(text).toContain(`URI:${ca.crlUrl}`);
    expect(text).not.toContain('othername');
  });

  it('sends the chain that openssl verifies against the root', () => {
    expect(issued.reply.headers['content-type']).toBe('application/pem-certificate-chain');
    const leaf = file('leaf.pem', issued.chain);
    const root = file('root.pem', ca.rootPem);
    const arguments_ = ['-x509_strict', '-purpose', 'sslclient', '-CAfile', root];
    expect(openssl('verify', ...arguments_, '-untrusted', leaf, leaf)).toContain('OK');
  });

  it('links to a chain that openssl verifies against the second root only', async () => {
    const links = [issued.reply.headers['link'] ?? ''].flat().join(',');
    const alternate = /<([^>]+)>;rel="alternate"/.exec(links)?.[1] ?? '';
    const chain = (await client.get(alternate)).bytes.toString();
    const leaf = file('alternate.pem', chain);
    const second = file('second.pem', ca.alternateRootPem);
    const first = file('root.pem', ca.rootPem);
    expect(chain.slice(0, 200)).toBe(issued.chain.slice(0, 200));
    expect(openssl('verify', '-CAfile', second, '-untrusted', leaf, leaf)).toContain('OK');
    expect(() => openssl('verify', '-CAfile', first, '-untrusted', leaf, leaf)).toThrow();
  });

  it('publishes a revocation list that openssl checks the chain with', async () => {
    const args = async (): Promise<string[]> => {
      const { bytes } = await client.https.send(ca.crlUrl);
      const crl = openssl('crl', '-inform', 'DER', '-in', file('ca.crl', bytes));
      const leaf = file('leaf.pem', issued.chain);
      const root = file('root.pem', ca.rootPem);
      const files = ['-CRLfile', file('crl.pem', crl), '-CAfile', root, '-untrusted', leaf, leaf];
      return ['verify', '-crl_check', ...files];
    };
    expect(openssl(...(await args()))).toContain('OK');
    const certificate = new X509Certificate(issued.chain).raw.toString('base64url');
    const reply = await client.post(client.directory.revokeCert, { certificate, reason: 4 });
    expect(reply.status).toBe(200);
    const revoked = await args();
    expect(() => openssl(...revoked)).toThrow(/certificate revoked/);
    const list = openssl('crl', '-in', join(folder, 'crl.pem'), '-noout', '-text');
    expect(list).toContain('Superseded');
    expect(list).toMatch(/CRL Number:\s+2/);
  });
});
