import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyChain, verifyWithRevocationList, writeIssuers } from './checks.ts';
import { requirePrograms, run } from './programs.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let workplace: Workplace;

beforeAll(async () => {
  requirePrograms('lego', 'openssl', 'curl', 'pebble-challtestsrv');
  workplace = await openWorkplace();
});

afterAll(async () => {
  await workplace.stop();
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
      EXEC_PROPAGATION_TIMEOUT: '5',
      HOME: workplace.folder,
    },
  );
}

const http01 = () => ['--http', '--http.port', `127.0.0.1:${workplace.httpPort}`];
const dns01 = ['--dns', 'exec', '--dns.disable-cp'];

function filesOf(folder: string, name: string) {
  const leaf = join(folder, 'certificates', `${name}.crt`);
  const chain = writeIssuers(readFileSync(leaf, 'utf8'), join(folder, 'issuers.pem'));
  return { leaf, chain };
}

describe('lego', () => {
  test('gets a certificate by external account binding and http-01, renews and revokes it', async () => {
    const account = workplace.externalAccount();
    const folder = join(workplace.folder, 'lego-http');
    const name = 'www.interop.test';

    const issued = await lego(account, folder, ...http01(), '--domains', name, 'run');
    expect(issued).toMatchObject({ code: 0 });
    expect(await verifyChain(workplace, filesOf(folder, name), name)).toMatchObject({ code: 0 });
    const first = readFileSync(filesOf(folder, name).leaf, 'utf8');

    const renewal = ['--domains', name, 'renew', '--days', '400', '--no-random-sleep'];
    expect(await lego(account, folder, ...http01(), ...renewal)).toMatchObject({ code: 0 });
    const files = filesOf(folder, name);
    expect(readFileSync(files.leaf, 'utf8')).not.toBe(first);
    expect(await verifyWithRevocationList(workplace, files)).toMatchObject({ code: 0 });

    const revoked = await lego(account, folder, '--domains', name, 'revoke', '--keep');
    expect(revoked).toMatchObject({ code: 0 });
    const verdict = await verifyWithRevocationList(workplace, files);
    expect(verdict.code).not.toBe(0);
    expect(verdict.output).toContain('certificate revoked');
  });

  test('gets a wildcard certificate by dns-01', async () => {
    const folder = join(workplace.folder, 'lego-dns');
    const account = workplace.externalAccount();
    const domains = ['--domains', '*.interop.test', '--domains', 'interop.test'];

    const issued = await lego(account, folder, ...dns01, ...domains, 'run');
    expect(issued).toMatchObject({ code: 0 });
    const files = filesOf(folder, '_.interop.test');
    for (const name of ['any.interop.test', 'interop.test']) {
      expect(await verifyChain(workplace, files, name)).toMatchObject({ code: 0 });
    }
    expect(await verifyChain(workplace, files, 'a.b.interop.test')).not.toMatchObject({ code: 0 });
  });

  test('is told no with a wrong key, and with a key that another account used', async () => {
    const account = workplace.externalAccount();
    const wrong = { kid: account.kid, macKey: Buffer.alloc(32).toString('base64url') };
    const order = [...http01(), '--domains', 'www2.interop.test', 'run'];

    const refused = await lego(wrong, join(workplace.folder, 'lego-wrong'), ...order);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/urn:ietf:params:acme:error:\w+/);

    const first = await lego(account, join(workplace.folder, 'lego-first'), ...order);
    expect(first).toMatchObject({ code: 0 });
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
