import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AcmeClient, AcmeReply, OrderObject } from '../testing/acme-client.ts';
import {
  codeOf,
  connectBound,
  connectService,
  makeRequest,
  placeOrder,
  readyOrder,
  startTestCa,
} from '../testing/enrollment.ts';
import type { PlacedOrder, RequestOptions, TestCa } from '../testing/enrollment.ts';

let ca: TestCa;
let alex: AcmeClient;
let service: AcmeClient;
let placed: PlacedOrder;

beforeAll(async () => {
  ca = await startTestCa();
  alex = await connectBound(ca);
  service = await connectService(ca);
  placed = await readyOrder(ca, alex);
});

afterAll(async () => {
  alex.close();
  service.close();
  await ca.stop();
});

const finalize = (csr: unknown): Promise<AcmeReply> => alex.post(placed.order.finalize, { csr });
const email = { type: 'email', value: 'alex@example.test' } as const;

/** An order for DNS names whose authorizations are valid by a fault. */
async function serverOrder(...names: string[]): Promise<PlacedOrder> {
  ca.faults.arm({ kind: 'validAuthorization' });
  return placeOrder(service, { identifiers: names.map((value) => ({ type: 'dns', value })) });
}

async function expectBadRequest(options: RequestOptions): Promise<void> {
  const { csr } = await makeRequest(options);
  const reply = await finalize(csr);
  expect([reply.status, reply.problem]).toEqual([400, 'badCSR']);
  // RFC 8555 §7.4: so that the client can send a better one.
  expect((await alex.order(placed.url)).status).toBe('ready');
}

describe('a certification request is refused', () => {
  it('when the order is not ready', async () => {
    const { order, url } = await placeOrder(alex);
    const { csr } = await makeRequest();
    const reply = await alex.post(order.finalize, { csr });
    expect([reply.status, reply.problem]).toEqual([403, 'orderNotReady']);
    expect((await alex.order(url)).status).toBe('pending');
  });

  it.each([
    ['missing', undefined],
    ['a number', 5],
    ['empty', ''],
    ['PEM', '-----BEGIN CERTIFICATE REQUEST-----'],
    ['padded', 'AAA='],
  ])('when it is %s', async (_name, csr) => {
    const reply = await finalize(csr);
    expect([reply.status, reply.problem]).toEqual([400, 'malformed']);
  });

  it.each(['AAAA', 'MAA', 'MIIB', Buffer.from('hello').toString('base64url')])(
    'when it is no PKCS#10 (%s)',
    async (csr) => {
      const reply = await finalize(csr);
      expect([reply.status, reply.problem]).toEqual([400, 'badCSR']);
    },
  );

  it('when its signature does not verify', async () => {
    const { csr } = await makeRequest();
    const bytes = Buffer.from(csr, 'base64url');
    const last = bytes.length - 1;
    bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
    const reply = await finalize(bytes.toString('base64url'));
    expect([reply.status, reply.problem]).toEqual([400, 'badCSR']);
  });

  it('when bytes follow it', async () => {
    const { csr } = await makeRequest();
    const bytes = Buffer.concat([Buffer.from(csr, 'base64url'), Buffer.of(0)]);
    const reply = await finalize(bytes.toString('base64url'));
    expect([reply.status, reply.problem]).toEqual([400, 'badCSR']);
  });

  it.each<[string, x509.JsonGeneralNames]>([
    ['nobody', []],
    ['somebody else', [{ type: 'email', value: 'sam@example.test' }]],
    ['one more', [email, { type: 'email', value: 'sam@example.test' }]],
    ['a DNS name too', [email, { type: 'dns', value: 'alex.example.test' }]],
    ['an address too', [email, { type: 'ip', value: '127.0.0.1' }]],
    ['a URI too', [email, { type: 'url', value: 'https://example.test/' }]],
    ['a login name too', [email, { type: 'upn', value: 'alex@example.test' }]],
  ])('when it names %s', async (_name, names) => {
    await expectBadRequest({ names });
  });

  it('when it asks to be a CA', async () => {
    await expectBadRequest({ extensions: [new x509.BasicConstraintsExtension(true, 0, true)] });
  });

  it('when it asks for a usage or purpose that the profile has not', async () => {
    const usage = x509.KeyUsageFlags.keyCertSign;
    await expectBadRequest({ extensions: [new x509.KeyUsagesExtension(usage, true)] });
    const purposes = ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.3'];
    await expectBadRequest({ extensions: [new x509.ExtendedKeyUsageExtension(purposes)] });
  });

  it('when it asks for an extension that the CA does not write', async () => {
    const mustStaple = new x509.Extension(
      '1.3.6.1.5.5.7.1.24',
      false,
      Buffer.from('3003020105', 'hex'),
    );
    await expectBadRequest({ extensions: [mustStaple] });
  });

  it('when an extension in it is malformed', async () => {
    await expectBadRequest({
      extensions: [new x509.Extension('2.5.29.37', false, Buffer.of(0x30, 9))],
    });
  });

  it('when its key is too weak', async () => {
    const { subtle } = webcrypto;
    const publicExponent = Uint8Array.of(1, 0, 1);
    const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent, hash: 'SHA-256' };
    await expectBadRequest({ keys: await subtle.generateKey(rsa, true, ['sign', 'verify']) });
    const fermat = { ...rsa, modulusLength: 2048, publicExponent: Uint8Array.of(3) };
    await expectBadRequest({ keys: await subtle.generateKey(fermat, true, ['sign', 'verify']) });
  });

  it('when its key is the key of an account, this one or another', async () => {
    for (const { keys } of [alex, service]) {
      const { subtle } = webcrypto;
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
      const publicKey = await subtle.importKey('jwk', keys.jwk, algorithm, true, ['verify']);
      await expectBadRequest({ keys: { privateKey: keys.privateKey, publicKey } });
    }
  });
});

describe('a certification request is accepted', () => {
  it.each<[string, webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams | { name: string }]>([
    ['P-384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['P-521', { name: 'ECDSA', namedCurve: 'P-521' }],
    ['Ed25519', { name: 'Ed25519' }],
    ['RSA', rsaOf('RSASSA-PKCS1-v1_5')],
    ['RSA-PSS', rsaOf('RSA-PSS')],
  ])('with a key of kind %s', async (_name, algorithm) => {
    const { order } = await readyOrder(ca, alex);
    const { subtle } = webcrypto;
    const keys = (await subtle.generateKey(algorithm, true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair;
    const { csr } = await makeRequest({ keys });
    const reply = await alex.post(order.finalize, { csr });
    expect([reply.status, reply.body['status']]).toEqual([200, 'valid']);
  });

  it('with whatever subject, which is replaced by the person', async () => {
    const { order } = await readyOrder(ca, alex);
    const { csr } = await makeRequest({ commonName: 'Root Administrator' });
    const done = (await alex.post(order.finalize, { csr })).body as OrderObject;
    const { bytes } = await alex.get(done.certificate ?? '');
    expect(new X509Certificate(bytes).subject).toBe('CN=Alex Demo');
  });

  it('with usages and purposes that the profile has', async () => {
    const { order } = await readyOrder(ca, alex);
    const { csr } = await makeRequest({
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']),
        new x509.BasicConstraintsExtension(false),
      ],
    });
    expect((await alex.post(order.finalize, { csr })).status).toBe(200);
  });

  it('with DNS names in any order and case, one of them in the common name alone', async () => {
    const { order } = await serverOrder('a.example.test', 'b.example.test', '*.example.test');
    const { csr } = await makeRequest({
      commonName: 'B.example.test',
      names: ['*.example.test', 'A.Example.Test'].map((value) => ({ type: 'dns', value })),
    });
    const done = (await service.post(order.finalize, { csr })).body as OrderObject;
    const leaf = new X509Certificate((await service.get(done.certificate ?? '')).bytes);
    expect(leaf.subjectAltName).toBe('DNS:a.example.test, DNS:b.example.test, DNS:*.example.test');
    expect(leaf.subject).toBe('CN=a.example.test');
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('with a name too long for a common name, which then is in the alternative names alone', async () => {
    const name = `${'a'.repeat(60)}.example.test`;
    const { order } = await serverOrder(name);
    const { csr } = await makeRequest({ names: [{ type: 'dns', value: name }] });
    const done = (await service.post(order.finalize, { csr })).body as OrderObject;
    const { bytes } = await service.get(done.certificate ?? '');
    expect(new X509Certificate(bytes).subjectAltName).toBe(`DNS:${name}`);
    expect(opensslText(bytes)).toMatch(/Subject Alternative Name: critical/);
  });

  it('for a device, which the certificate names even when the request does not', async () => {
    const identifiers = [{ type: 'permanent-identifier', value: 'SN-4711/1.3.6.1.4.1.5' }];
    const { order } = await placeOrder(alex, { identifiers });
    const { url } = await alex.challenge(order, 'totp-01');
    await alex.post(url, { otp: codeOf(ca) });
    ca.clock.advance(60);
    const { csr } = await makeRequest({ names: [] });
    const done = (await alex.post(order.finalize, { csr })).body as OrderObject;
    const { bytes } = await alex.get(done.certificate ?? '');
    const parsed = new x509.X509Certificate(new X509Certificate(bytes).raw);
    const value = parsed.getExtension('2.5.29.17')?.value ?? new ArrayBuffer();
    // RFC 4043: an otherName 1.3.6.1.5.5.7.8.3 of the text "SN-4711" and the assigner.
    expect(Buffer.from(value).toString('hex')).toBe(
      '3021a01f06082b06010505070803a01330110c07534e2d3437313106062b0601040105',
    );
  });

  it('once, when two finalize at the same time', async () => {
    const { order, url } = await readyOrder(ca, alex);
    const [one, two] = [await makeRequest(), await makeRequest()];
    const nonces = [await alex.nonce(), await alex.nonce()];
    const replies = await Promise.all(
      [one, two].map(({ csr }, index) =>
        alex.post(order.finalize, { csr }, { header: { nonce: nonces[index] } }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect((await alex.order(url)).status).toBe('valid');
  });
});

function rsaOf(name: string): webcrypto.RsaHashedKeyGenParams {
  return { name, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
}

function opensslText(pem: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'ca-test-'));
  try {
    const file = join(folder, 'leaf.pem');
    writeFileSync(file, pem);
    return execFileSync('openssl', ['x509', '-in', file, '-noout', '-text'], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
