import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../certificates/certificate-request.ts';
import type { HttpClient } from '../http/http-client.ts';
import { KeyObjectSigner } from '../keys/key-object-signer.ts';
import { errorOf } from '../testing/applicant.ts';
import { newSigner } from '../testing/local-ca.ts';
import { startPebble, type Pebble } from '../testing/pebble.ts';
import { AcmeClient, type AcmeClientOptions } from './client.ts';
import type { CachedDirectory } from './directory-cache.ts';
import type { DomainProof } from './domain-proof.ts';
import { obtainCertificate, type CertificateWish } from './obtain-certificate.ts';

const dns = (value: string) => ({ type: 'dns', value });
const silent = { report: () => undefined };

describe('at Pebble', () => {
  let pebble: Pebble;
  beforeAll(async () => {
    pebble = await startPebble();
  });
  afterAll(() => pebble.stop());

  /** Answers http-01 where this Pebble looks; `held` is what is up at the moment. */
  const webServer = (held = new Set<string>()): DomainProof => ({
    type: 'http-01',
    suits: ({ wildcard }) => !wildcard,
    prepare: ({ challenge, keyAuthorization = '' }) => {
      const path = `/.well-known/acme-challenge/${challenge.token}`;
      pebble.pages.set(path, keyAuthorization);
      held.add(path);
      return Promise.resolve(() => {
        pebble.pages.delete(path);
        held.delete(path);
        return Promise.resolve();
      });
    },
  });

  const joined = async (options: Partial<AcmeClientOptions> = {}): Promise<AcmeClient> => {
    const { http, directoryUrl } = pebble;
    const client = await AcmeClient.connect({
      http,
      directoryUrl,
      signer: newSigner(),
      ...options,
    });
    if (client.accountUrl === undefined) {
      await client.account.newAccount({ termsOfServiceAgreed: true });
    }
    return client;
  };

  const wish = (...names: string[]): CertificateWish => ({
    identifiers: names.map(dns),
    key: { signer: newSigner() },
    proofs: [webServer()],
    ...silent,
  });

  test('several names are proven at once, and nothing is left up', async () => {
    const held = new Set<string>();
    const made: string[] = [];
    const { chain, order, choice } = await obtainCertificate(await joined(), {
      ...wish('one.example', 'two.example', 'three.example'),
      proofs: [webServer(held)],
      key: {
        signer: () => {
          made.push('key');
          return Promise.resolve(newSigner());
        },
        purpose: 'service',
      },
      roots: [await pebble.root()],
      placed: ({ status }) => void made.push(status),
    });
    expect(new X509Certificate(chain[0] ?? '').subjectAltName).toContain('DNS:two.example');
    expect({ status: order.status, choice }).toEqual({ status: 'valid', choice: 'default' });
    expect(made).toEqual(['key', 'pending']);
    expect(held.size).toBe(0);
  });

  test('a request of one’s own is served, too', async () => {
    const signer = new KeyObjectSigner(
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    );
    const identifiers = [dns('own.example')];
    const csr = await createCertificateRequest({ signer, identifiers });
    const { chain, certificateIdentifier } = await obtainCertificate(await joined(), {
      ...wish('own.example'),
      key: { csr },
    });
    expect(new X509Certificate(chain[0] ?? '').publicKey.asymmetricKeyType).toBe('rsa');
    expect(certificateIdentifier).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  describe('one name takes', () => {
    let answered: string[];
    let connections: number;
    const count = (): void => void (connections += 1);
    const http: HttpClient = {
      request: async (request) => {
        const response = await pebble.http.request(request);
        const [, resource = ''] = new URL(request.url).pathname.split('/');
        // Pebble refuses some nonces at random; each costs one more request.
        if (response.status < 400) answered.push(resource);
        return response;
      },
      close: () => undefined,
    };
    beforeEach(() => {
      answered = [];
      connections = 0;
      pebble.http.close();
      subscribe('net.client.socket', count);
    });
    afterEach(() => {
      unsubscribe('net.client.socket', count);
    });

    // Pebble takes its time to validate and to issue: what it was asked more than once is not ours to count.
    const least = (): readonly string[] => {
      const polled = answered.filter((resource) => resource === 'authZ');
      const orders = answered.filter((resource) => resource === 'my-order');
      const rest = answered.filter((resource) => !['authZ', 'my-order'].includes(resource));
      return [...rest, ...polled.slice(0, 2), ...orders.slice(0, 1)];
    };
    const issuance = [
      'order-plz',
      'chalZ',
      'finalize-order',
      'certZ',
      'authZ',
      'authZ',
      'my-order',
    ];

    test('10 requests on one connection with a new account', async () => {
      await obtainCertificate(await joined({ http }), wish('new.example'));
      expect(least()).toEqual(['dir', 'nonce-plz', 'sign-me-up', ...issuance]);
      expect(least()).toHaveLength(10);
      expect(connections).toBe(1);
    });

    test('9 with an account, and 8 when the directory is remembered', async () => {
      const signer = newSigner();
      const { accountUrl = '' } = await joined({ signer });
      const directories = new Map<string, CachedDirectory>();
      pebble.http.close();
      for (const first of [['dir'], []]) {
        answered = [];
        connections = 0;
        pebble.http.close();
        const client = await joined({ http, signer, accountUrl, directories });
        await obtainCertificate(client, wish('again.example'));
        expect(least()).toEqual([...first, 'nonce-plz', ...issuance]);
        expect(connections).toBe(1);
      }
    });
  });

  test('a name that cannot be proven ends with the reason, and the others are stopped', async () => {
    const held = new Set<string>();
    const good = webServer(held);
    const wrong: DomainProof = {
      ...good,
      prepare: (request) =>
        good.prepare(
          request.identifier.value === 'wrong.example'
            ? { ...request, keyAuthorization: 'wrong' }
            : request,
        ),
    };
    const attempt = obtainCertificate(await joined(), {
      ...wish('wrong.example', 'right.example'),
      proofs: [wrong],
    });
    expect(await errorOf(attempt)).toMatchObject({
      code: 'acme-authorization-failed',
      authorization: {
        identifier: dns('wrong.example'),
        type: 'http-01',
        problem: { type: expect.stringContaining('unauthorized') as string },
      },
    });
    expect(held.size).toBe(0);
  });

  test('a wildcard is not tried over http, whatever the proof says', async () => {
    const attempt = obtainCertificate(await joined(), {
      ...wish('*.wild.example'),
      proofs: [{ ...webServer(), suits: () => true }],
    });
    expect(await errorOf(attempt)).toMatchObject({
      code: 'acme-no-proof',
      identifier: dns('wild.example'),
    });
  });
});
