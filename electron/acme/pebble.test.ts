import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import { verifyChain } from '../certificates/chain.ts';
import { derOf } from '../certificates/pem.ts';
import type { HttpClient } from '../http/http-client.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import type { Signer } from '../keys/signer.ts';
import { startPebble, type Pebble } from '../testing/pebble.ts';
import type { Authorization } from './authorization.ts';
import { AcmeClient } from './client.ts';
import type { Order } from './order.ts';
import { AcmeProblem } from './problem.ts';

const p256 = (): Signer =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const p384 = (): Signer =>
  new KeyObjectSigner(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);
const rsa = (): Signer =>
  new KeyObjectSigner(generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey);

let pebble: Pebble;

beforeAll(async () => {
  pebble = await startPebble({ alternateRoots: 1 });
});

afterAll(() => pebble.stop());

const connect = (signer: Signer, http: HttpClient = pebble.http): Promise<AcmeClient> =>
  AcmeClient.connect({ http, directoryUrl: pebble.directoryUrl, signer });

async function joined(signer: Signer = p256(), http?: HttpClient): Promise<AcmeClient> {
  const client = await connect(signer, http);
  await client.account.newAccount({
    termsOfServiceAgreed: true,
    contact: ['mailto:alex@example.test'],
  });
  return client;
}

const dns = (value: string) => ({ type: 'dns', value });

/** Proves every pending authorization of the order by http-01. */
async function prove(client: AcmeClient, order: Order): Promise<readonly Authorization[]> {
  return Promise.all(
    order.authorizations.map(async (url) => {
      const { status, challenges } = await client.authorizations.fetch(url);
      const challenge = challenges.find(({ type }) => type === 'http-01');
      if (status === 'pending' && challenge?.token !== undefined) {
        const path = `/.well-known/acme-challenge/${challenge.token}`;
        pebble.pages.set(path, client.challenges.keyAuthorization(challenge.token));
        await client.challenges.respond(challenge.url, {});
      }
      return client.authorizations.poll(url);
    }),
  );
}

async function issue(client: AcmeClient, signer: Signer, ...names: string[]): Promise<Order> {
  const identifiers = names.map(dns);
  const placed = await client.orders.newOrder({ identifiers });
  await prove(client, placed);
  const ready = await client.orders.poll(placed);
  const csr = await createCertificateRequest({ signer, purpose: 'client', identifiers });
  return client.orders.poll(await client.orders.finalize(ready, csr));
}

async function problemOf(attempt: Promise<unknown>): Promise<AcmeProblem> {
  const error: unknown = await attempt.catch((reason: unknown) => reason);
  if (error instanceof AcmeProblem) return error;
  throw new Error('there was no problem', { cause: error });
}

describe('an order at Pebble', () => {
  test.each([
    ['P-256', p256],
    ['P-384', p384],
    ['RSA-3072', rsa],
  ])('ends in a certificate for a %s key', async (_name, makeKey) => {
    const client = await joined();
    const signer = makeKey();
    const order = await issue(client, signer, 'one.example', 'two.example');
    expect(order.status).toBe('valid');
    const { chain } = await client.certificates.download(order.certificate ?? '');
    verifyChain({
      chain,
      leafSpki: signer.publicSpki,
      roots: [await pebble.root()],
      now: new Date(),
      identifiers: [dns('two.example'), dns('one.example')],
      purpose: 'client',
    });
  });

  test.each([
    ['P-384', p384],
    ['RSA-3072', rsa],
  ])('is accepted from an account with a %s key', async (_name, makeKey) => {
    const client = await joined(makeKey());
    expect((await issue(client, p256(), 'one.example')).status).toBe('valid');
  });

  test('takes one connection and no request too many for a new account', async () => {
    const answered: string[] = [];
    const http: HttpClient = {
      request: async (request) => {
        const response = await pebble.http.request(request);
        const [, resource = ''] = new URL(request.url).pathname.split('/');
        if (response.status < 400) answered.push(resource);
        return response;
      },
      close: () => undefined,
    };
    let connections = 0;
    const count = (): void => void (connections += 1);
    pebble.http.close();
    subscribe('net.client.socket', count);
    const client = await joined(p256(), http);
    const identifiers = [dns('one.example')];
    const order = await client.orders.newOrder({ identifiers });
    await prove(client, order);
    const csr = await createCertificateRequest({ signer: p256(), purpose: 'client', identifiers });
    const { certificate } = await client.orders.poll(await client.orders.finalize(order, csr));
    await client.certificates.download(certificate ?? '');
    unsubscribe('net.client.socket', count);
    expect(connections).toBe(1);
    // Pebble takes its time to validate and to issue: those two are asked for until it is done.
    const polled = ['authZ', 'my-order'];
    expect(answered.filter((resource) => !polled.includes(resource))).toEqual([
      'dir',
      'nonce-plz',
      'sign-me-up',
      'order-plz',
      'chalZ',
      'finalize-order',
      'certZ',
    ]);
    expect(answered.filter((resource) => resource === 'authZ').length).toBeGreaterThanOrEqual(2);
  });

  test('turns invalid with the reason when the proof is wrong', async () => {
    const client = await joined();
    const order = await client.orders.newOrder({ identifiers: [dns('unproven.example')] });
    const [url = ''] = order.authorizations;
    const { challenges } = await client.authorizations.fetch(url);
    const challenge = challenges.find(({ type }) => type === 'http-01');
    await client.challenges.respond(challenge?.url ?? '', {});
    const authorization = await client.authorizations.poll(url);
    expect(authorization.status).toBe('invalid');
    const failed = authorization.challenges.find(({ type }) => type === 'http-01');
    expect(failed).toMatchObject({
      status: 'invalid',
      error: { type: expect.stringContaining('unauthorized') as string },
    });
    expect((await client.orders.poll(order)).status).toBe('invalid');
  });

  test('is refused for finalization before it is ready', async () => {
    const client = await joined();
    const identifiers = [dns('early.example')];
    const order = await client.orders.newOrder({ identifiers });
    const csr = await createCertificateRequest({ signer: p256(), purpose: 'client', identifiers });
    expect((await problemOf(client.orders.finalize(order, csr))).type).toBe('orderNotReady');
  });

  test('is on the list of the account’s orders', async () => {
    const client = await joined();
    const orders = [
      await client.orders.newOrder({ identifiers: [dns('one.example')] }),
      await client.orders.newOrder({ identifiers: [dns('two.example')] }),
    ];
    const list = await client.account.orders();
    for (const { url } of orders) expect(list).toContain(url);
  });

  test('can lead to another root', async () => {
    const client = await joined();
    const order = await issue(client, p256(), 'one.example');
    const roots = [await pebble.root(0), await pebble.root(1)];
    for (const preferredRoot of roots) {
      const policy = { prefer: 'root', certificate: preferredRoot } as const;
      const { chain } = await client.certificates.download(order.certificate ?? '', policy);
      const last = new X509Certificate(chain.at(-1) ?? '');
      expect(last.verify(new X509Certificate(preferredRoot).publicKey)).toBe(true);
    }
  });

  test('that nobody may have is refused with a typed problem', async () => {
    const client = await joined();
    const problem = await problemOf(client.orders.newOrder({ identifiers: [dns('not_a_name!')] }));
    expect(problem.status).toBe(400);
    expect(['malformed', 'rejectedIdentifier']).toContain(problem.type);
    expect(problem.document.detail).not.toBe('');
  });
});

describe('an account at Pebble', () => {
  test('is found again by its key, and not made when it is only looked for', async () => {
    const signer = p256();
    const missing = await connect(signer);
    const problem = await problemOf(missing.account.newAccount({ onlyReturnExisting: true }));
    expect(problem.type).toBe('accountDoesNotExist');
    const made = await joined(signer);
    const found = await missing.account.newAccount({ onlyReturnExisting: true });
    expect(found.url).toBe(made.accountUrl);
  });

  test('is not made without agreement to the terms', async () => {
    const client = await connect(p256());
    expect(client.directory.meta.termsOfService).toMatch(/^data:/);
    expect((await problemOf(client.account.newAccount({}))).status).toBeGreaterThanOrEqual(400);
  });

  test('has its contact changed', async () => {
    const client = await joined();
    await client.account.update({ contact: ['mailto:new@example.test'] });
    expect((await client.account.fetch()).contact).toEqual(['mailto:new@example.test']);
  });

  test('goes on with a new key, and no longer with the old one', async () => {
    const [before, after] = [p256(), p384()];
    const client = await joined(before);
    const oldThumbprint = client.thumbprint;
    await client.account.keyChange(after);
    expect(client.thumbprint).not.toBe(oldThumbprint);
    expect((await issue(client, p256(), 'one.example')).status).toBe('valid');
    const old = await connect(before);
    expect((await problemOf(old.account.newAccount({ onlyReturnExisting: true }))).type).toBe(
      'accountDoesNotExist',
    );
  });

  test('cannot take a key that another account has', async () => {
    const taken = p256();
    const { accountUrl = '' } = await joined(taken);
    const client = await joined();
    // RFC 8555 §7.3.5 says 409; this Pebble says 500, so that it is looked up.
    await expect(client.account.keyChange(taken)).rejects.toMatchObject({
      code: 'acme-key-in-use',
      account: accountUrl,
    });
    expect((await client.account.fetch()).status).toBe('valid');
  });

  test('cannot be used after its end', async () => {
    const client = await joined();
    expect((await client.account.deactivate()).status).toBe('deactivated');
    const problem = await problemOf(client.orders.newOrder({ identifiers: [dns('one.example')] }));
    expect(problem.type).toBe('unauthorized');
  });
});

describe('what was issued by Pebble', () => {
  const issued = async (): Promise<[AcmeClient, Signer, Buffer]> => {
    const client = await joined();
    const signer = p256();
    const order = await issue(client, signer, 'one.example');
    const { chain } = await client.certificates.download(order.certificate ?? '');
    return [client, signer, derOf(chain[0] ?? '')];
  };

  test('is revoked by the account, once', async () => {
    const [client, , certificate] = await issued();
    await client.certificates.revoke({ certificate, reason: 'superseded' });
    const again = await problemOf(client.certificates.revoke({ certificate }));
    expect(again.type).toBe('alreadyRevoked');
  });

  test('is revoked by its own key', async () => {
    const [, signer, certificate] = await issued();
    const stranger = await joined();
    await problemOf(stranger.certificates.revoke({ certificate }));
    await stranger.certificates.revoke({ certificate, reason: 'keyCompromise', signer });
  });
});

test('an authorization can be given back', async () => {
  const client = await joined();
  const order = await client.orders.newOrder({ identifiers: [dns('one.example')] });
  const [url = ''] = order.authorizations;
  expect((await client.authorizations.deactivate(url)).status).toBe('deactivated');
});

describe('Pebble with external accounts', () => {
  const macKey = Buffer.from('a key of thirty-two octets, quite').toString('base64url');
  let strict: Pebble;

  beforeAll(async () => {
    strict = await startPebble({ externalAccounts: { 'kid-1': macKey } });
  });
  afterAll(() => strict.stop());

  const newAccount = async (kid?: string, key = macKey) => {
    const { http, directoryUrl } = strict;
    const client = await AcmeClient.connect({ http, directoryUrl, signer: p256() });
    expect(client.directory.meta.externalAccountRequired).toBe(true);
    const externalAccountBinding =
      kid === undefined ? {} : { externalAccountBinding: { kid, macKey: key } };
    return client.account.newAccount({ termsOfServiceAgreed: true, ...externalAccountBinding });
  };

  test('binds an account by the key that was handed out', async () => {
    expect(await newAccount('kid-1')).toMatchObject({ status: 'valid' });
  });

  test('refuses an account without a binding', async () => {
    expect((await problemOf(newAccount())).type).toBe('externalAccountRequired');
  });

  test('refuses a wrong key and an unknown key id', async () => {
    const wrong = Buffer.alloc(32, 7).toString('base64url');
    expect((await problemOf(newAccount('kid-1', wrong))).type).toBe('unauthorized');
    expect((await problemOf(newAccount('kid-2'))).type).toBe('unauthorized');
  });
});
