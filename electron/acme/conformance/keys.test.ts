import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateRequest } from '../../certificates/certificate-request.ts';
import { KeyObjectSigner } from '../../keys/key-object-signer.ts';
import { reached, startProving, World, type Process } from '../../testing/enrollment-world.ts';
import { errorOf } from '../../testing/applicant.ts';
import { newSigner } from '../../testing/local-ca.ts';
import { RecordedHttp } from '../../testing/recorded-http.ts';
import { acmeError, ScriptedAcme } from '../../testing/scripted-acme.ts';
import { openProcess } from '../../testing/wallet-process.ts';
import { thumbprintOf } from '../key-authorization.ts';

describe('a wallet', () => {
  let world: World;
  let http: RecordedHttp;
  let process: Process;

  beforeEach(async () => {
    world = await World.start();
    const { walletDirectory: directory, secrets, target, clock } = world;
    http = new RecordedHttp(world.http);
    process = openProcess({ directory, secrets, target, http, clock });
    await world.join(process);
  });
  afterEach(async () => {
    await world.kill(process);
    await world.stop();
  });

  const enrol = async (): Promise<void> => {
    world.advance(60);
    const { enrollmentId, answer } = await startProving(process);
    await answer(world.code());
    await reached(process, enrollmentId, 'done');
  };

  /** The public keys that accounts were asked for with, as SPKI in hexadecimal. */
  const accountKeys = (): readonly string[] =>
    http.posts
      .filter(({ request }) => request.url.endsWith('/new-account'))
      .map(({ header }) => spkiOf(createPublicKey({ key: jwkOf(header['jwk']), format: 'jwk' })));

  const certifiedKeys = (): readonly string[] =>
    http.posts.flatMap(({ payload }) => {
      const { csr } = JSON.parse(payload || '{}') as { readonly csr?: string };
      if (csr === undefined) return [];
      const read = new x509.Pkcs10CertificateRequest(Buffer.from(csr, 'base64url'));
      return [Buffer.from(read.publicKey.rawData).toString('hex')];
    });

  test('makes a key of its own for each account, and none of them is ever certified', async () => {
    await enrol();
    await enrol();
    // Another person's computer: an account of its own.
    const other = await World.start();
    const others = new RecordedHttp(other.http);
    const { walletDirectory: directory, secrets, target, clock } = other;
    const second = openProcess({ directory, secrets, target, http: others, clock });
    await other.join(second);
    const { enrollmentId, answer } = await startProving(second);
    await answer(other.code());
    await reached(second, enrollmentId, 'done');
    await other.kill(second);
    await other.stop();
    http.requests.push(...others.requests);
    expect([accountKeys().length, certifiedKeys().length]).toEqual([2, 3]);
    expect(new Set([...accountKeys(), ...certifiedKeys()]).size).toBe(5);
  });

  // The account is registered with the key that it had.
  test.fails('makes a new key for an account that the CA has lost', async () => {
    await enrol();
    const account = process.wallet.accounts.find('org.example', world.ca.directoryUrl);
    if (account === undefined) throw new Error('there is no account');
    const accountUrl = `${account.accountUrl ?? ''}0`;
    process.wallet.accounts.save({ ...account, accountUrl });
    await world.join(process);
    await enrol();
    expect(new Set(accountKeys()).size).toBe(2);
  });
});

describe('an account key', () => {
  let acme: ScriptedAcme;
  beforeEach(async () => {
    acme = await ScriptedAcme.create();
  });
  afterEach(() => acme.close());

  const finalize = async (certified: 'account' | 'former account') => {
    const first = newSigner();
    const client = await acme.connect(
      ({ path }) => {
        if (path === '/new-order') {
          return { status: 201, headers: { Location: '%/order/1' }, body: order };
        }
        if (path === '/key-change') return { body: { status: 'valid' } };
        return path === '/finalize/1' ? { body: { ...order, status: 'processing' } } : undefined;
      },
      {},
      { signer: first },
    );
    const placed = await client.orders.newOrder({ identifiers: order.identifiers });
    if (certified === 'former account') await client.account.keyChange(newSigner());
    const { identifiers } = order;
    const csr = await createCertificateRequest({ signer: first, purpose: 'service', identifiers });
    return errorOf(client.orders.finalize(placed, csr));
  };
  const order = {
    status: 'ready',
    identifiers: [{ type: 'dns', value: 'a.example' }],
    authorizations: ['%/authorization/1'],
    finalize: '%/finalize/1',
  };
  const finalized = () => acme.requests.filter(({ path }) => path === '/finalize/1');

  test('in a certificate request is found before the request is sent', async () => {
    expect(await finalize('account')).toMatchObject({ code: 'acme-request' });
    expect(finalized()).toEqual([]);
  });

  test('that was changed is not certified either', async () => {
    expect(await finalize('former account')).toMatchObject({ code: 'acme-request' });
    expect(finalized()).toEqual([]);
  });

  test('is not changed for itself', async () => {
    const signer = newSigner();
    const client = await acme.connect(
      ({ path }) =>
        path === '/key-change' ? { status: 400, body: acmeError('malformed') } : undefined,
      {},
      { signer },
    );
    await errorOf(client.account.keyChange(signer));
    expect(acme.requests.filter(({ path }) => path === '/key-change')).toEqual([]);
  });
});

describe('the thumbprint of a key', () => {
  test.each(['P-256', 'P-384'])(
    'of %s with a coordinate that begins with zero is that of another library',
    async (namedCurve) => {
      const found = Array.from({ length: 20_000 }).some(() => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve });
        const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
        if (![x, y].some((each) => Buffer.from(each, 'base64url')[0] === 0)) return false;
        key = privateKey;
        return true;
      });
      expect(found).toBe(true);
      await compare(key);
    },
  );

  test('of RSA has no zero in front of its numbers, unlike DER', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n = '', e = '' } = new KeyObjectSigner(privateKey).publicJwk;
    for (const number of [n, e]) expect(Buffer.from(number, 'base64url')[0]).not.toBe(0);
    await compare(privateKey);
  });

  let key: KeyObject;
  const compare = async (privateKey: KeyObject): Promise<void> => {
    const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
    const expected = await calculateJwkThumbprint(jwk);
    expect(thumbprintOf(new KeyObjectSigner(privateKey))).toBe(expected);
  };
});

const jwkOf = (value: unknown): JsonWebKey => value as JsonWebKey;
const spkiOf = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'spki' }).toString('hex');
