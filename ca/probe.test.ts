import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient } from './testing/acme-client.ts';
import type { Reply } from './testing/https.ts';
import { connectBound, enroll, privateKeyPem, startTestCa } from './testing/enrollment.ts';
import type { Issued, TestCa } from './testing/enrollment.ts';

describe('the probe', () => {
  let ca: TestCa;
  let alex: AcmeClient;
  let issued: Issued;

  beforeAll(async () => {
    ca = await startTestCa();
    alex = await connectBound(ca);
    issued = await enroll(ca, alex);
  });

  afterAll(async () => {
    alex.close();
    await ca.stop();
  });

  async function visit(path: string, { chain, keys } = issued): Promise<Reply> {
    const identity = { cert: chain, key: await privateKeyPem(keys) };
    return alex.https.send(`${ca.probeUrl}${path}`, { identity });
  }

  it('greets who comes with a certificate of this CA', async () => {
    const page = await visit('/');
    expect(page.status).toBe(200);
    expect(page.bytes.toString()).toContain('Signed in as Alex Demo alex@example.test');
    const { serialNumber } = new X509Certificate(issued.chain);
    expect(JSON.parse((await visit('/whoami')).bytes.toString())).toEqual({
      authorized: true,
      subject: 'CN=Alex Demo',
      name: 'Alex Demo',
      email: 'alex@example.test',
      serial: serialNumber.toLowerCase(),
    });
  });

  it('greets who comes with the leaf alone', async () => {
    const leaf = new X509Certificate(issued.chain).toString();
    expect((await visit('/', { ...issued, chain: leaf })).status).toBe(200);
  });

  it('turns away who comes without', async () => {
    const page = await alex.https.send(`${ca.probeUrl}/`);
    expect(page.status).toBe(403);
    expect(page.bytes.toString()).toContain('No certificate was presented.');
    const answer = await alex.https.send(`${ca.probeUrl}/whoami`);
    expect(JSON.parse(answer.bytes.toString())).toEqual({
      authorized: false,
      reason: 'noCertificate',
    });
  });

  it('turns away who comes with a certificate of another CA for the same name', async () => {
    const stranger = await startTestCa();
    const client = await connectBound(stranger);
    const foreign = await enroll(stranger, client);
    const answer = await visit('/whoami', foreign);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ reason: 'untrusted' });
    client.close();
    await stranger.stop();
  });

  it('turns away who comes with a certificate that was revoked', async () => {
    const other = await enroll(ca, alex);
    expect((await visit('/', other)).status).toBe(200);
    const certificate = new X509Certificate(other.chain).raw.toString('base64url');
    await alex.post(alex.directory.revokeCert, { certificate });
    const answer = await visit('/whoami', other);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ reason: 'revoked' });
  });

  it('turns away the key of the document signer, which is for documents', async () => {
    const { privateKey, chain } = ca.documentSigner;
    const cert = chain.map((der) => new X509Certificate(der).toString()).join('');
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const answer = await alex.https.send(`${ca.probeUrl}/whoami`, { identity: { cert, key } });
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ reason: 'untrusted' });
  });

  it('shows a name as text, whatever is in it', async () => {
    const name = '<b>Eve</b> & "Co"';
    const eve = ca.people.register({ name, email: 'eve@example.test' });
    const client = await connectBound(ca, eve);
    const theirs = await enroll(ca, client, eve);
    const page = (await visit('/', theirs)).bytes.toString();
    expect(page).not.toContain('<b>');
    expect(page).toContain('&#60;b&#62;Eve&#60;/b&#62; &#38; &#34;Co&#34;');
    client.close();
  });
});
