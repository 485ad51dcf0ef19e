import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readSignedRequest } from './certification-request.ts';

const directory = mkdtempSync(join(tmpdir(), 'certification-request-'));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const request = requestByOpenssl();

function requestByOpenssl(): Buffer {
  const key = join(directory, 'key.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const parameters = ['req', '-new', '-key', key, '-subj', '/CN=nonce', '-outform', 'DER'];
  return execFileSync('openssl', parameters);
}

afterAll(() => rmSync(directory, { recursive: true }));

test('takes a request of OpenSSL apart so that its signature verifies', () => {
  const read = readSignedRequest(request);
  expect(read && Buffer.from(read.signed).includes('nonce')).toBe(true);
  expect(read && verify('sha256', read.signed, createPublicKey(privateKey), read.signature)).toBe(
    true,
  );
});

test('takes no cut, extended or otherwise wrapped request', () => {
  for (const length of request.keys()) {
    expect(readSignedRequest(request.subarray(0, length)), `${length} octets`).toBeNull();
  }
  expect(readSignedRequest(Buffer.concat([request, Buffer.of(0)]))).toBeNull();
  expect(readSignedRequest(Buffer.concat([Buffer.of(0x31), request.subarray(1)]))).toBeNull();
});

test.each([
  ['an indefinite length', [0x30, 0x80, 0x30, 0x00, 0x00, 0x00]],
  ['a length of lengths that is reserved', [0x30, 0xff, 0x00]],
  ['a length beyond any memory', [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]],
  ['a bit string without its first octet', [0x30, 0x06, 0x30, 0x00, 0x30, 0x00, 0x03, 0x00]],
  ['unused bits', [0x30, 0x08, 0x30, 0x00, 0x30, 0x00, 0x03, 0x02, 0x01, 0xff]],
])('takes no %s', (_title, octets) => {
  expect(readSignedRequest(Uint8Array.from(octets))).toBeNull();
});

test('answers anything at all with a request or with none', () => {
  const der = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .tuple(fc.nat(request.length - 1), fc.nat(255))
      .map(([at, octet]) =>
        Uint8Array.from(request, (each, index) => (index === at ? octet : each)),
      ),
  );
  fc.assert(
    fc.property(der, (octets) => {
      const read = readSignedRequest(octets);
      if (read) expect(read.signed.length + read.signature.length).toBeLessThan(octets.length);
    }),
    { numRuns: 2000 },
  );
});
