import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { verifyChain } from '../certificates/chain.ts';
import { derOf } from '../certificates/pem.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import type { Signer } from '../keys/signer.ts';
import { servePort80, startCaddy, type Caddy } from '../testing/caddy.ts';
import { AcmeClient } from './client.ts';
import type { Order } from './order.ts';

const newSigner = (): Signer =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const identifiers = [{ type: 'dns', value: 'localhost' }];

let caddy: Caddy;

beforeAll(async () => {
  caddy = await startCaddy();
});
afterAll(() => caddy.stop());

async function joined(signer = newSigner()): Promise<AcmeClient> {
  const { http, directoryUrl } = caddy;
  const client = await AcmeClient.connect({ http, directoryUrl, signer });
  await client.account.newAccount({ termsOfServiceAgreed: true });
  return client;
}

async function prove(client: AcmeClient, order: Order): Promise<void> {
  const pages = new Map<string, string>();
  const server = await servePort80(pages);
  try {
    for (const url of order.authorizations) {
      const { challenges } = await client.authorizations.fetch(url);
      const challenge = challenges.find(({ type }) => type === 'http-01');
      const token = challenge?.token ?? '';
      pages.set(`/.well-known/acme-challenge/${token}`, client.challenges.keyAuthorization(token));
      const answered = await client.challenges.respond(challenge?.url ?? '', {});
      expect(answered.status).toBe('valid');
    }
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

async function issue(client: AcmeClient, signer: Signer): Promise<readonly string[]> {
  const order = await client.orders.newOrder({ identifiers });
  await prove(client, order);
  const csr = await createCertificateRequest({ signer, purpose: 'client', identifiers });
  const issued = await client.orders.poll(await client.orders.finalize(order, csr));
  return (await client.certificates.download(issued.certificate ?? '')).chain;
}

describe('Caddy', () => {
  test('issues for a name that was proven by http-01', async () => {
    const client = await joined();
    const signer = newSigner();
    const chain = await issue(client, signer);
    verifyChain({
      chain,
      leafSpki: signer.publicSpki,
      now: new Date(),
      identifiers,
      purpose: 'client',
    });
  });

  test('finds an account again by its key', async () => {
    const signer = newSigner();
    const [first, second] = [await joined(signer), await joined(signer)];
    expect(second.accountUrl).toBe(first.accountUrl);
  });

  test('leaves a wrong proof to be tried again', async () => {
    const client = await joined();
    const order = await client.orders.newOrder({ identifiers });
    const { challenges } = await client.authorizations.fetch(order.authorizations[0] ?? '');
    const challenge = challenges.find(({ type }) => type === 'http-01');
    const server = await servePort80(new Map());
    const answered = await client.challenges.respond(challenge?.url ?? '', {});
    await new Promise((resolve) => server.close(resolve));
    expect(answered).toMatchObject({ status: 'pending' });
    expect(answered.error?.type).toMatch(/^urn:ietf:params:acme:error:/);
  });

  test('revokes what it issued', async () => {
    const client = await joined();
    const certificate = derOf((await issue(client, newSigner()))[0] ?? '');
    await client.certificates.revoke({ certificate, reason: 'cessationOfOperation' });
    await expect(client.certificates.revoke({ certificate })).rejects.toMatchObject({
      type: 'alreadyRevoked',
    });
  });

  test('cannot change keys, and goes on with the old one', async () => {
    const client = await joined();
    await expect(client.account.keyChange(newSigner())).rejects.toMatchObject({ status: 501 });
    expect((await client.account.fetch()).status).toBe('valid');
  });
});
