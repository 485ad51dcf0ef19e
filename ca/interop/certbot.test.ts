import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyChain, verifyWithRevocationList } from './checks.ts';
import { expectSuccess, requirePrograms, run } from './programs.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let workplace: Workplace;

beforeAll(async () => {
  requirePrograms('certbot', 'openssl', 'curl', 'pebble-challtestsrv');
  workplace = await openWorkplace();
  return () => workplace.stop();
});

function certbot(folder: string, ...parameters: readonly string[]) {
  const { ca, root } = workplace;
  const folders = ['config', 'work', 'logs'].flatMap((name) => [
    `--${name}-dir`,
    join(folder, name),
  ]);
  return run(
    'certbot',
    [...parameters, '--non-interactive', '--server', ca.directoryUrl, ...folders],
    { REQUESTS_CA_BUNDLE: root, HOME: workplace.folder },
  );
}

function registration(): string[] {
  const { kid, macKey } = workplace.externalAccount();
  return [
    ...['--agree-tos', '--email', 'web@example.test', '--no-eff-email'],
    ...['--eab-kid', kid, '--eab-hmac-key', macKey],
  ];
}

function filesOf(folder: string, name: string) {
  const live = join(folder, 'config', 'live', name);
  return { leaf: join(live, 'cert.pem'), chain: join(live, 'chain.pem') };
}

// What is tested side by side sleeps most of its time, and shares neither port nor folder.
describe('certbot', { timeout: 180_000 }, () => {
  test.concurrent(
    'gets a certificate by external account binding and http-01, renews and revokes it',
    async () => {
      const folder = join(workplace.folder, 'certbot-http');
      const name = 'mail.interop.test';
      const standalone = ['--standalone', '--http-01-address', '127.0.0.1'];
      const port = ['--http-01-port', String(workplace.httpPort)];

      const order = ['certonly', ...standalone, ...port, '-d', name, ...registration()];
      expectSuccess(await certbot(folder, ...order));
      const files = filesOf(folder, name);
      expectSuccess(await verifyChain(workplace, files, name));
      const first = readFileSync(files.leaf, 'utf8');

      const renewal = ['renew', '--cert-name', name, '--force-renewal'];
      expectSuccess(await certbot(folder, ...renewal, '--no-random-sleep-on-renew'));
      expect(readFileSync(files.leaf, 'utf8')).not.toBe(first);
      expectSuccess(await verifyWithRevocationList(workplace, files));

      const revoke = ['revoke', '--cert-name', name, '--reason', 'superseded'];
      expectSuccess(await certbot(folder, ...revoke, '--no-delete-after-revoke'));
      const verdict = await verifyWithRevocationList(workplace, files);
      expect(verdict.output).toContain('certificate revoked');
    },
  );

  test.concurrent(
    'gets a certificate for several names by dns-01',
    { tags: ['deep'] },
    async () => {
      const folder = join(workplace.folder, 'certbot-dns');
      const names = ['one.interop.test', '*.two.interop.test'];
      const manual = ['--manual', '--preferred-challenges', 'dns'];
      const hooks = ['--manual-auth-hook', '--manual-cleanup-hook'].flatMap((option) => [
        option,
        workplace.dnsHook,
      ]);

      const order = ['certonly', ...manual, ...hooks, ...names.flatMap((name) => ['-d', name])];
      expectSuccess(await certbot(folder, ...order, ...registration()));
      const files = filesOf(folder, 'one.interop.test');
      for (const name of ['one.interop.test', 'x.two.interop.test']) {
        expectSuccess(await verifyChain(workplace, files, name));
      }
    },
  );
});
