import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { certificatesIn, verifyChain, verifyWithRevocationList, writeIssuers } from './checks.ts';
import { expectSuccess, requirePrograms, run } from './programs.ts';
import { serveFolder } from './web-server.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

let workplace: Workplace;
let challenges: string;

beforeAll(async () => {
  requirePrograms('acme-tiny', 'openssl', 'curl', 'pebble-challtestsrv');
  // acme-tiny knows no external account binding.
  workplace = await openWorkplace({ externalAccountRequired: false });
  challenges = join(workplace.folder, 'challenges');
  mkdirSync(challenges);
  const web = await serveFolder(challenges, workplace.httpPort);
  return async () => {
    await web.stop();
    await workplace.stop();
  };
});

const name = 'tiny.interop.test';
const fileOf = (file: string): string => join(workplace.folder, file);

async function makeKeyAndRequest(): Promise<void> {
  const account = ['genrsa', '-out', fileOf('account.key'), '2048'];
  expectSuccess(await run('openssl', account));
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/', '-addext', `subjectAltName=DNS:${name}`];
  const files = ['-keyout', fileOf('site.key'), '-out', fileOf('site.csr')];
  expectSuccess(await run('openssl', ['req', '-new', ...key, ...names, ...files]));
}

/** One run of acme-tiny; the certificate with its chain as PEM. */
async function acmeTiny(...parameters: readonly string[]): Promise<string> {
  const { ca, root, httpPort, folder } = workplace;
  const files = ['--account-key', fileOf('account.key'), '--csr', fileOf('site.csr')];
  const server = ['--directory-url', ca.directoryUrl, '--acme-dir', challenges];
  // The name resolves for the CA only, so the program cannot look at its own file first.
  const check = ['--disable-check', '--check-port', String(httpPort)];
  const environment = { SSL_CERT_FILE: root, HOME: folder };
  const ran = await run('acme-tiny', [...files, ...server, ...check, ...parameters], environment);
  expectSuccess(ran);
  return certificatesIn(ran.output);
}

function keep(bundle: string): { leaf: string; chain: string } {
  const leaf = fileOf('site.pem');
  writeFileSync(leaf, bundle);
  return { leaf, chain: writeIssuers(bundle, fileOf('issuers.pem')) };
}

describe('acme-tiny', { timeout: 180_000 }, () => {
  test('gets a certificate by http-01, and renews it', async () => {
    await makeKeyAndRequest();
    const first = await acmeTiny('--contact', 'mailto:web@example.test');
    expectSuccess(await verifyChain(workplace, keep(first), name));

    const second = await acmeTiny();
    expect(second).not.toBe(first);
    const files = keep(second);
    expectSuccess(await verifyChain(workplace, files, name));
    expectSuccess(await verifyWithRevocationList(workplace, files));
  });
});
