import { spawn } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPkcs12 } from '../certificates/pkcs12.ts';
import { everyNth } from '../testing/made-up.ts';
import { NssPerson, type TestCredential } from '../testing/nss-person.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import type { ProofLink } from '../../shared/failure.ts';
import type { InstalledCredential } from './install-target.ts';

let alex: NssPerson;
let credential: TestCredential;
let installed: InstalledCredential;
const closing: (() => void)[] = [];

beforeAll(async () => {
  alex = await NssPerson.create();
  credential = await alex.credential({ id: 'one' });
  installed = await alex.target().install(credential);
});

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

afterAll(async () => {
  await alex[Symbol.asyncDispose]();
});

interface Visit {
  readonly path: string;
  readonly authorized: boolean;
  readonly host: string;
}

/** Answers 200 to who is let in and 403 to everybody else. */
async function startServer(
  options: ServerOptions = {},
): Promise<{ port: number; visits: Visit[] }> {
  const visits: Visit[] = [];
  const server = createServer(
    {
      ...(await alex.root.issueServer()),
      ca: alex.root.certificate,
      requestCert: true,
      rejectUnauthorized: false,
      ...options,
    },
    (request, response) => {
      const authorized = request.socket instanceof TLSSocket && request.socket.authorized;
      visits.push({ path: request.url ?? '', authorized, host: request.headers.host ?? '' });
      response.statusCode = authorized || options.requestCert === false ? 200 : 403;
      response.end('who is there');
    },
  );
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, visits };
}

async function handshake(
  url: string,
  { certificate = installed.certificate, roots = [alex.rootDer] } = {},
) {
  const [signature, listed, proof] = await alex
    .target()
    .prove({ ...installed, certificate }, { anchors: [alex.rootDer], page: { url, roots } });
  return { signature, listed, proof };
}

const failed = (link: ProofLink, detail: unknown = expect.anything()) =>
  expect.objectContaining({
    status: 'failed',
    failure: { code: 'install', target: 'nss', reason: 'proof-failed', link, detail },
  }) as unknown;

describe.each(everyNth(2, ['TLSv1.3', 'TLSv1.2'] as const))('with %s', (version) => {
  test('the credential signs in where nobody else gets in', async () => {
    const { port, visits } = await startServer({
      minVersion: version,
      maxVersion: version,
      rejectUnauthorized: true,
    });
    const { signature, proof } = await handshake(`https://localhost:${port}/whoami?a=b`);
    expect(signature).toEqual(expect.objectContaining({ status: 'proven', method: 'signature' }));
    expect(proof).toEqual({
      status: 'proven',
      method: 'mutual-tls',
      by: 'tstclnt',
      at: '2026-11-22T12:00:00.000Z',
    });
    expect(visits).toEqual([{ path: '/whoami?a=b', authorized: true, host: `localhost:${port}` }]);
  });

  test('a server that lets only other people in spoils the proof', async () => {
    const others = await TestAuthority.root({ name: 'Others' });
    const { port } = await startServer({
      minVersion: version,
      maxVersion: version,
      rejectUnauthorized: true,
      ca: others.certificate,
    });
    const { signature, proof } = await handshake(`https://localhost:${port}/`);
    expect(signature).toEqual(expect.objectContaining({ status: 'proven' }));
    expect(proof).toEqual(failed('refused', expect.not.stringContaining('IN_PROGRESS')));
  });
});

/** Says by an alert what it has against a certificate, as most servers do and Node does not. */
async function startStrictServer(trusted: string, lists: readonly string[]): Promise<number> {
  const { cert, key } = await alex.root.issueServer();
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(alex.home, `strict-${name}.pem`);
    await writeFile(file, text);
    return file;
  };
  const crl = lists.length > 0 ? ['-crl_check', '-CRL', await write('crl', lists.join('\n'))] : [];
  const server = spawn(
    'openssl',
    [
      ...['s_server', '-accept', '127.0.0.1:0', '-cert', await write('cert', cert)],
      ...['-key', await write('key', key), '-CAfile', await write('ca', trusted)],
      ...['-Verify', '3', '-verify_return_error', '-www', ...crl],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  closing.push(() => server.kill('SIGKILL'));
  for await (const line of createInterface(server.stdout)) {
    const port = /^ACCEPT .*:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('openssl s_server did not start');
}

describe('what the server says of the certificate is told', () => {
  const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
  const email = { extendedKeyUsages: ['1.3.6.1.5.5.7.3.4'] };
  const links = [
    ['revoked', 'SSL_ERROR_REVOKED_CERT_ALERT', {}],
    ['expired', 'SSL_ERROR_EXPIRED_CERT_ALERT', past],
    ['wrong-ca', 'SSL_ERROR_UNKNOWN_CA_ALERT', {}],
    ['purpose', 'SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT', email],
  ] as const;
  test.each(everyNth(2, links))('%s', async (link, detail, wish) => {
    const target = alex.target();
    const other = await target.install(await alex.credential({ id: link, ...wish }));
    const pem = new X509Certificate(other.certificate).toString();
    const others = await TestAuthority.root({ name: 'Others' });
    const trusted = link === 'wrong-ca' ? others : alex.root;
    const lists = link === 'revoked' ? [await alex.issuer.revocationList(pem)] : [];
    const port = await startStrictServer(trusted.certificate, lists);
    const page = { url: `https://localhost:${port}/`, roots: [alex.rootDer] };
    const proofs = await target.prove(other, { page });
    await target.remove(other);
    expect(proofs[2]).toEqual(failed(link, detail));
  });
});

test('an address instead of a name will do', { tags: ['deep'] }, async () => {
  const { port } = await startServer();
  const { proof } = await handshake(`https://127.0.0.1:${port}/`);
  expect(proof).toEqual(expect.objectContaining({ status: 'proven' }));
});

test('the answer counts: HTTP 403 is no proof', { tags: ['deep'] }, async () => {
  const others = await TestAuthority.root({ name: 'Others' });
  const { port } = await startServer({ ca: others.certificate });
  const { proof } = await handshake(`https://localhost:${port}/`);
  expect(proof).toEqual(failed('refused', 'HTTP 403'));
});

test('a server that asks for no certificate proves nothing, however friendly it is', async () => {
  const { port, visits } = await startServer({ requestCert: false });
  const { proof } = await handshake(`https://localhost:${port}/`);
  expect(visits).toHaveLength(1);
  expect(proof).toEqual(failed('refused', 'no certificate was asked for'));
});

test('a server that no root of the probe vouches for learns nothing', async () => {
  const strangers = await TestAuthority.root({ name: 'Strangers' });
  const { port, visits } = await startServer({ ...(await strangers.issueServer()) });
  const { proof } = await handshake(`https://localhost:${port}/`);
  expect(proof).toEqual(failed('server-ca', expect.stringMatching(/^SEC_ERROR_UN/)));
  expect(visits).toEqual([]);
});

test('a server with another name is not the probe', async () => {
  const names = [{ type: 'dns', value: 'elsewhere.example' }] as const;
  const { port, visits } = await startServer({ ...(await alex.root.issueServer({ names })) });
  const { proof } = await handshake(`https://localhost:${port}/`);
  expect(proof).toEqual(failed('name-mismatch', 'SSL_ERROR_BAD_CERT_DOMAIN'));
  expect(visits).toEqual([]);
});

test('a probe that nobody answers is said to be so', async () => {
  const { port } = await startServer();
  for (const close of closing.splice(0)) close();
  const { proof } = await handshake(`https://localhost:${port}/`);
  expect(proof).toEqual(failed('unreachable', 'PR_CONNECT_REFUSED_ERROR'));
});

test('the roots of a probe are trusted for the probe only', async () => {
  const { port } = await startServer();
  await handshake(`https://localhost:${port}/`);
  expect(await alex.nicknames()).toHaveLength(2);
  const { proof } = await handshake(`https://localhost:${port}/`, { roots: [] });
  expect(proof).toEqual(failed('server-ca', expect.stringMatching(/^SEC_ERROR_UN/)));
});

test('a tampered certificate gets nobody in', { tags: ['deep'] }, async () => {
  const mallory = await NssPerson.create();
  try {
    const certificate = Buffer.from(credential.certificate);
    const last = certificate.length - 1;
    certificate[last] = (certificate[last] ?? 0) ^ 1;
    const target = mallory.target();
    const tampered = await target.install({ ...credential, certificate });
    const { port } = await startServer();
    const page = { url: `https://localhost:${port}/`, roots: [alex.rootDer] };
    const proofs = await target.prove(tampered, { page });
    expect(proofs[2]).toEqual(failed('refused', expect.not.stringContaining('IN_PROGRESS')));
  } finally {
    await mallory[Symbol.asyncDispose]();
  }
});

test(
  'a key that is not the certificate’s fails the first proof, and the others are not tried',
  { tags: ['deep'] },
  async () => {
    const mallory = await NssPerson.create();
    try {
      const stranger = await alex.credential({ id: 'stranger' });
      const key = createPrivateKey({
        key: Buffer.from(await stranger.exportPkcs8()),
        format: 'der',
        type: 'pkcs8',
      });
      await mallory.target().install(await mallory.credential({ id: 'makes the database' }));
      await importByHand(
        mallory,
        key.export({ type: 'pkcs8', format: 'der' }),
        credential.certificate,
      );
      const { port } = await startServer();
      const proofs = await mallory
        .target()
        .prove(
          { ...installed, location: mallory.database },
          { page: { url: `https://localhost:${port}/`, roots: [alex.rootDer] } },
        );
      expect(proofs).toEqual([failed('key', 'the signature does not fit the certificate')]);
    } finally {
      await mallory[Symbol.asyncDispose]();
    }
  },
);

/** As another program might that does not look at what it imports. */
async function importByHand(
  person: NssPerson,
  privateKeyPkcs8: Uint8Array,
  certificate: Uint8Array,
): Promise<void> {
  const pkcs12 = await createPkcs12({
    privateKeyPkcs8,
    certificate: new X509Certificate(certificate).toString(),
    chain: [],
    friendlyName: 'by hand',
    passphrase: 'x',
    passphraseKind: 'random',
  });
  const file = join(person.home, 'by-hand.p12');
  await writeFile(file, pkcs12);
  await person.nss('pk12util', '-i', file, '-W', 'x');
}
