/** @module-tag deep */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyChain, verifyWithRevocationList } from './checks.ts';
import { expectSuccess, requirePrograms, run } from './programs.ts';
import type { Ran } from './programs.ts';
import { serveFolder } from './web-server.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let workplace: Workplace;
let config: string;

beforeAll(async () => {
  requirePrograms('dehydrated', 'openssl', 'curl', 'pebble-challtestsrv');
  workplace = await openWorkplace();
  const challenges = join(workplace.folder, 'challenges');
  mkdirSync(challenges);
  config = writeConfig(challenges);
  expectSuccess(await dehydrated('--register', '--accept-terms'));
  const web = await serveFolder(challenges, workplace.httpPort);
  return async () => {
    await web.stop();
    await workplace.stop();
  };
});

function writeConfig(challenges: string): string {
  const { ca, root, folder } = workplace;
  const { kid, macKey } = workplace.externalAccount();
  const settings = {
    CA: ca.directoryUrl,
    BASEDIR: join(folder, 'dehydrated'),
    WELLKNOWN: challenges,
    KEY_ALGO: 'prime256v1',
    CURL_OPTS: `--cacert ${root}`,
    EAB_KID: kid,
    EAB_HMAC_KEY: macKey,
    CONTACT_EMAIL: 'web@example.test',
    HOOK: writeHook(),
  };
  mkdirSync(settings.BASEDIR);
  const path = join(folder, 'dehydrated.conf');
  const lines = Object.entries(settings).map(([key, value]) => `${key}="${value}"\n`);
  writeFileSync(path, lines.join(''));
  return path;
}

// dehydrated calls it as `deploy_challenge|clean_challenge <domain> <token> <value>`, and for more.
function writeHook(): string {
  const path = join(workplace.folder, 'dehydrated-hook');
  const script = `#!/bin/sh
case "$1" in
  deploy_challenge) exec "${workplace.dnsHook}" present "_acme-challenge.$2." "$4" ;;
  clean_challenge) exec "${workplace.dnsHook}" cleanup "_acme-challenge.$2." "$4" ;;
esac
`;
  writeFileSync(path, script, { mode: 0o700 });
  return path;
}

function dehydrated(...parameters: readonly string[]): Promise<Ran> {
  const environment = { HOME: workplace.folder };
  return run('dehydrated', ['--config', config, ...parameters], environment);
}

function filesOf(name: string): { leaf: string; chain: string } {
  const folder = join(workplace.folder, 'dehydrated', 'certs', name);
  return { leaf: join(folder, 'cert.pem'), chain: join(folder, 'chain.pem') };
}

// What is tested side by side sleeps most of its time, and shares neither port nor folder.
describe('dehydrated', { timeout: 180_000 }, () => {
  test.concurrent(
    'gets a certificate by external account binding and http-01, renews and revokes it',
    async () => {
      const name = 'dry.interop.test';
      expectSuccess(await dehydrated('--cron', '--domain', name));
      const files = filesOf(name);
      expectSuccess(await verifyChain(workplace, files, name));
      const first = readFileSync(files.leaf, 'utf8');

      expectSuccess(await dehydrated('--cron', '--force', '--domain', name));
      expect(readFileSync(files.leaf, 'utf8')).not.toBe(first);
      expectSuccess(await verifyWithRevocationList(workplace, files));
      const renewed = join(workplace.folder, 'renewed.pem');
      writeFileSync(renewed, readFileSync(files.leaf));

      expectSuccess(await dehydrated('--revoke', files.leaf));
      const verdict = await verifyWithRevocationList(workplace, { ...files, leaf: renewed });
      expect(verdict.output).toContain('certificate revoked');
    },
  );

  test.concurrent('gets a wildcard certificate by dns-01', async () => {
    const wildcard = ['--lock-suffix', 'wild', '--domain', '*.dry.interop.test', '--alias', 'wild'];
    expectSuccess(await dehydrated('--cron', '--challenge', 'dns-01', ...wildcard));
    expectSuccess(await verifyChain(workplace, filesOf('wild'), 'any.dry.interop.test'));
  });
});
