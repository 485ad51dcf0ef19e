import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pemOf } from '../certificates/pem.ts';
import { Issuer, type IssuedCredential } from '../testing/installable.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { TestServers } from '../testing/test-servers.ts';
import { proveByCurl, storedCertificate } from './curl-handshake-proof.ts';

let issuer: Issuer;
let credential: IssuedCredential;
let directory: string;
let servers: TestServers;
let origin: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-curl-'));
  issuer = await Issuer.create();
  credential = await issuer.credential();
  const ca = issuer.root.certificate;
  servers = new TestServers({ ...(await issuer.root.issueServer()), ca });
  origin = await servers.serve(
    ({ socket }, response) => {
      response.statusCode = socket instanceof TLSSocket && socket.authorized ? 204 : 403;
      response.end();
    },
    { requestCert: true, rejectUnauthorized: false },
  );
  const chain = [credential.certificate, ...credential.chain].map(pemOf);
  writeFileSync(join(directory, 'chain.pem'), chain.join(''));
  writeFileSync(
    join(directory, 'key.pem'),
    credential.privateKey.export({ format: 'pem', type: 'pkcs8' }),
  );
});
afterAll(async () => {
  await servers.close();
  rmSync(directory, { recursive: true, force: true });
});

const shown = () => [
  ...['--cert', join(directory, 'chain.pem'), '--key', join(directory, 'key.pem')],
];

function prove(
  certificate: readonly string[],
  url = origin,
  roots = [issuer.anchor],
  program = '/usr/bin/curl',
) {
  return proveByCurl({
    ...{ target: 'windows-store', program, certificate },
    ...{ probe: { url, roots }, home: directory, environment: {}, temporaryDirectory: directory },
  });
}

describe('the proof by the system’s curl', () => {
  it('is that the page answers to who shows the certificate', async () => {
    await expect(prove(shown())).resolves.toBeUndefined();
  });

  it.each([
    ['refused', () => prove([])],
    ['unreachable', () => prove(shown(), 'https://localhost:9/')],
    ['key', () => prove(['--cert', join(directory, 'nothing.pem')])],
  ] as const)('fails with the link %s', async (link, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ reason: 'proof-failed', link });
  });

  it('does not take a server that other roots vouch for', async () => {
    const { certificate } = await TestAuthority.root({ name: 'Other Root' });
    const other = Buffer.from(certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    await expect(prove(shown(), origin, [other])).rejects.toMatchObject({ link: 'server-ca' });
  });

  it('is no proof where there is no curl', async () => {
    const attempt = prove(shown(), origin, [issuer.anchor], '/nowhere/curl');
    await expect(attempt).rejects.toMatchObject({ reason: 'tool-missing' });
  });

  it('names a certificate in the person’s store by its thumbprint', () => {
    expect(storedCertificate('AB12')).toEqual(['--cert', 'CurrentUser\\MY\\AB12']);
  });
});
