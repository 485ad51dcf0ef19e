import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyChain, verifyWithRevocationList, writeIssuers } from './checks.ts';
import { expectSuccess, requirePrograms, run } from './programs.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let workplace: Workplace;

beforeAll(async () => {
  requirePrograms('lego', 'openssl', 'curl', 'pebble-challtestsrv');
  workplace = await openWorkplace();
  return () => workplace.stop();
});

type Account = { readonly kid: string; readonly macKey: string };

/** lego with an account of its own, told apart by its folder. */
function lego(account: Account, folder: string, ...parameters: readonly string[]) {
  const { ca, root } = workplace;
  return run(
    'lego',
    [
      ...['--server', ca.directoryUrl, '--path', folder, '--email', 'web@example.test'],
      ...['--accept-tos', '--eab', '--kid', account.kid, '--hmac', account.macKey],
      ...parameters,
    ],
    {
      LEGO_CA_CERTIFICATES: root,
      EXEC_PATH: workplace.dnsHook,
      // Seconds; lego waits a minute between names by default.
      EXEC_SEQUENCE_INTERVAL: '1',
      EXEC_POLLING_INTERVAL: '1',
      HOME: workplace.folder,
    },
  );
}

const http01 = () => ['--http', '--http.port', `127.0.0.1:${workplace.httpPort}`];
const dns01 = () => [
  ...['--dns', 'exec', '--dns.disable-cp', '--dns.resolvers', workplace.resolver],
];

function filesOf(folder: string, name: string) {
  const leaf = join(folder, 'certificates', `${name}.crt`);
  const chain = writeIssuers(readFileSync(leaf, 'utf8'), join(folder, 'issuers.pem'));
  return { leaf, chain };
}

// What is tested side by side sleeps most of its time, and shares neither port nor folder.
describe('lego', { timeout: 180_000 }, () => {
  test.concurrent(
    'gets a certificate by external account binding and http-01, renews and revokes it',
    async () => {
      const account = workplace.externalAccount();
      const folder = join(workplace.folder, 'lego-http');
      const name = 'www.interop.test';

      const issued = await lego(account, folder, ...http01(), '--domains', name, 'run');
      expectSuccess(issued);
      expectSuccess(await verifyChain(workplace, filesOf(folder, name), name));
      const first = readFileSync(filesOf(folder, name).leaf, 'utf8');

      const renewal = ['--domains', name, 'renew', '--days', '400', '--no-random-sleep'];
      expectSuccess(await lego(account, folder, ...http01(), ...renewal));
      const files = filesOf(folder, name);
      expect(readFileSync(files.leaf, 'utf8')).not.toBe(first);
      expectSuccess(await verifyWithRevocationList(workplace, files));

      const revoked = await lego(account, folder, '--domains', name, 'revoke', '--keep');
      expectSuccess(revoked);
      const verdict = await verifyWithRevocationList(workplace, files);
      expect(verdict.code).not.toBe(0);
      expect(verdict.output).toContain('certificate revoked');
    },
  );

  test.concurrent('gets a wildcard certificate by dns-01', { tags: ['deep'] }, async () => {
    const folder = join(workplace.folder, 'lego-dns');
    const account = workplace.externalAccount();
    const domains = ['--domains', '*.interop.test', '--domains', 'interop.test'];

    const issued = await lego(account, folder, ...dns01(), ...domains, 'run');
    expectSuccess(issued);
    const files = filesOf(folder, '_.interop.test');
    for (const name of ['any.interop.test', 'interop.test']) {
      expectSuccess(await verifyChain(workplace, files, name));
    }
    expect((await verifyChain(workplace, files, 'a.b.interop.test')).code).not.toBe(0);
  });

  test('is told no with a wrong key, and with a key that another account used', async () => {
    const account = workplace.externalAccount();
    const wrong = { kid: account.kid, macKey: Buffer.alloc(32).toString('base64url') };
    const order = [...http01(), '--domains', 'www2.interop.test', 'run'];

    const refused = await lego(wrong, join(workplace.folder, 'lego-wrong'), ...order);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/urn:ietf:params:acme:error:\w+/);

    const first = await lego(account, join(workplace.folder, 'lego-first'), ...order);
    expectSuccess(first);
    const second = await lego(account, join(workplace.folder, 'lego-second'), ...order);
    expect(second.code).not.toBe(0);
    expect(second.output).toMatch(/urn:ietf:params:acme:error:\w+/);
  });

  test('is told no when nothing answers at the name', async () => {
    const folder = join(workplace.folder, 'lego-nothing');
    const elsewhere = ['--http', '--http.port', '127.0.0.1:0', '--domains', 'gone.interop.test'];

    const refused = await lego(workplace.externalAccount(), folder, ...elsewhere, 'run');
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('urn:ietf:params:acme:error:connection');
  });
});
