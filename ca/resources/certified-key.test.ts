import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as x509 from '@peculiar/x509';
import type { AcmeClient, OrderObject } from '../testing/acme-client.ts';
import { alexIdentifier, connectBound, readyOrder, startTestCa } from '../testing/enrollment.ts';
import type { TestCa } from '../testing/enrollment.ts';
import * as der from '../x509/der.ts';
import { encodeExtension, subjectAltName } from '../x509/extensions.ts';
import { encodeName } from '../x509/names.ts';

let ca: TestCa;
let alex: AcmeClient;

beforeAll(async () => {
  ca = await startTestCa();
  alex = await connectBound(ca);
});

afterAll(async () => {
  alex.close();
  await ca.stop();
});

const oid = (dotted: string): Buffer => der.objectIdentifier(dotted);
const rsaSignature = der.sequence(oid('1.2.840.113549.1.1.11'), der.encode(5));
const ecdsaSignature = der.sequence(oid('1.2.840.10045.4.3.2'));

/** A request whose SubjectPublicKeyInfo is worded as given. */
function requestOf(publicKeyInfo: Buffer, privateKey: KeyObject): string {
  const names = encodeExtension(subjectAltName([alexIdentifier], false));
  const wanted = der.sequence(oid('1.2.840.113549.1.9.14'), der.set(der.sequence(names)));
  const info = der.sequence(
    der.smallInteger(0),
    encodeName({}),
    publicKeyInfo,
    der.explicit(0, wanted),
  );
  const algorithm = privateKey.asymmetricKeyType === 'rsa' ? rsaSignature : ecdsaSignature;
  const signature = der.bitString(sign('sha256', info, privateKey));
  return der.sequence(info, algorithm, signature).toString('base64url');
}

/** What the certificate says of the key, hex. */
async function certified(publicKeyInfo: Buffer, privateKey: KeyObject): Promise<string> {
  const { order } = await readyOrder(ca, alex);
  const csr = requestOf(publicKeyInfo, privateKey);
  const done = (await alex.post(order.finalize, { csr })).body as OrderObject;
  const { bytes } = await alex.get(done.certificate ?? '');
  const { publicKey } = new x509.X509Certificate(new X509Certificate(bytes).raw);
  return Buffer.from(publicKey.rawData).toString('hex');
}

const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

describe('the key in a certificate', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaBits = der.bitString(rsa.publicKey.export({ format: 'der', type: 'pkcs1' }));

  it.each([
    ['properly', der.encode(5)],
    ['without its parameters', Buffer.alloc(0)],
    ['with other words for its parameters', der.utf8String('CA:TRUE, for everybody')],
  ])('of RSA is in its proper form when it comes %s', async (_name, parameters) => {
    const worded = der.sequence(der.sequence(oid('1.2.840.113549.1.1.1'), parameters), rsaBits);
    expect(await certified(worded, rsa.privateKey)).toBe(spki(rsa.publicKey).toString('hex'));
  });

  it('of a named curve is so when the curve comes spelt out', async () => {
    const options = { namedCurve: 'P-256', paramEncoding: 'explicit' } as const;
    const { privateKey, publicKey } = generateKeyPairSync('ec', options);
    const jwk = createPublicKey({ key: publicKey.export({ format: 'jwk' }), format: 'jwk' });
    expect(spki(publicKey).length).toBeGreaterThan(300);
    expect(await certified(spki(publicKey), privateKey)).toBe(spki(jwk).toString('hex'));
  });

  it('of a named curve is so when the point comes compressed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const proper = spki(publicKey);
    const point = proper.subarray(-65);
    const compressed = Buffer.concat([
      Buffer.of(2 + (point.readUInt8(64) % 2)),
      point.subarray(1, 33),
    ]);
    const curve = der.sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'));
    const worded = der.sequence(curve, der.bitString(compressed));
    expect(await certified(worded, privateKey)).toBe(proper.toString('hex'));
  });
});
