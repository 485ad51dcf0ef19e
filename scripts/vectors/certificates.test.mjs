import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVectors } from './read.mjs';

const run = promisify(execFile);
const { byId, given } = readVectors('certificates');

const pem = (name, base64) =>
  `-----BEGIN ${name}-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END ${name}-----\n`;

let place;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'vectors-'));
  for (const [id, { output }] of Object.entries(byId)) {
    writeFileSync(join(place, `${id}.pem`), pem('CERTIFICATE', output.certificate));
  }
  const lists = ['root', 'people-ca'].map((id) => pem('X509 CRL', byId[id].output.revocationList));
  writeFileSync(join(place, 'lists.pem'), lists.join(''));
});
afterAll(() => rmSync(place, { recursive: true }));

const openssl = (...parameters) => run('openssl', parameters, { cwd: place });

/** RFC 5280 §6, with revocation, for TLS clients, at the moment that the file names. */
const verify = (id) =>
  openssl(
    ...['verify', '-x509_strict', '-CAfile', 'root.pem', '-untrusted', 'people-ca.pem'],
    ...['-CRLfile', 'lists.pem', '-crl_check_all', '-purpose', 'sslclient'],
    ...['-attime', String(Date.parse(given.now) / 1000), `${id}.pem`],
  );

describe('OpenSSL', () => {
  const good = ['es256', 'es384', 'es512', 'eddsa', 'rsa'].map((name) => `leaf-${name}`);
  // Whose they are is no question of a path.
  it.each([...good, 'of-somebody-else', 'of-account-key'])(
    'takes the certificate %s',
    async (id) => {
      expect((await verify(id)).stdout).toBe(`${id}.pem: OK\n`);
    },
  );

  it.each([
    ['expired', 'has expired'],
    ['not-yet-valid', 'not yet valid'],
    ['revoked', 'revoked'],
    ['for-servers', 'unsuitable certificate purpose'],
    ['for-encryption', 'unsuitable certificate purpose'],
    ['of-stranger', 'unable to get local issuer'],
  ])('refuses the certificate %s: %s', async (id, because) => {
    await expect(verify(id)).rejects.toMatchObject({ stderr: expect.stringContaining(because) });
  });

  it('reads the parts of a name for renewal information', async () => {
    const { output } = readVectors('renewal-info').byId['leaf-es256'];
    const { stdout } = await openssl(
      'x509',
      '-in',
      'leaf-es256.pem',
      '-noout',
      '-serial',
      '-ext',
      'authorityKeyIdentifier',
    );
    const serial = /^serial=(\w+)$/m.exec(stdout)[1];
    const keyIdentifier = /^ +([0-9A-F:]{59})$/m.exec(stdout)[1].replaceAll(':', '');
    const parts = [keyIdentifier, `00${serial}`].map((hex) =>
      Buffer.from(hex, 'hex').toString('base64url'),
    );
    expect(output.certificateId).toBe(parts.join('.'));
  });
});
