import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TokenKeyReference, TokenLock } from '../pkcs11/token-access.ts';
import { TestAuthority } from '../testing/test-authority.ts';
import { cardCertificates } from './card-certificates.ts';

const identity = {
  ...{ label: 'card', manufacturer: 'piv_II', model: 'PKCS#15 emulated', serial: '00ff' },
};
const key: TokenKeyReference = {
  token: { ...identity, modulePath: '/usr/lib/opensc-pkcs11.so' },
  id: '01',
};
const lock: TokenLock = {
  sighting: { modulePath: '/usr/lib/opensc-pkcs11.so', slot: '00', identity },
  ...{ login: 'pin', pin: 'ok', pinLength: { min: 4, max: 8 }, kind: 'token', isLoggedIn: false },
  ...{ reader: 'Reader', moduleName: 'OpenSC' },
};

let directory: string;
let certificate: Uint8Array;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-card-'));
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authority = await TestAuthority.root({ name: 'Issuer' });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const pem = await authority.issue({ subject: 'CN=Alex', spki });
  certificate = new X509Certificate(pem).raw;
  // It has the certificate already, and tells in which environment it was asked.
  const tool = `#!/bin/sh\n/usr/bin/env > "$0.env"\necho 'Serial number: 00ff'\ncat <<'END'\n${pem}\nEND\n`;
  await writeFile(join(directory, 'pkcs15-tool'), tool, { mode: 0o755 });
});
afterEach(() => rm(directory, { recursive: true }));

const writerOn = (searchPath: string) =>
  cardCertificates({
    ...{ homeDirectory: '/home/alex', temporaryDirectory: directory },
    environment: { PATH: searchPath, PCSCLITE_CSOCK_NAME: '/run/pcscd/other' },
  });

it('runs the programs of the environment that is given, with what leads to the readers', async () => {
  const searchPath = `${directory}:/usr/bin:/bin`;
  expect(await writerOn(searchPath).write(key, lock, { certificate })).toBe(true);
  const environment = await readFile(join(directory, 'pkcs15-tool.env'), 'utf8');
  expect(environment.split('\n')).toEqual(
    expect.arrayContaining([
      `PATH=${searchPath}`,
      'HOME=/home/alex',
      'PCSCLITE_CSOCK_NAME=/run/pcscd/other',
    ]),
  );
});

it('runs no program from wherever the wallet was started', async () => {
  const here = relative(process.cwd(), directory);
  for (const searchPath of [here, '', `:${here}`]) {
    await expect(writerOn(searchPath).write(key, lock, { certificate })).rejects.toMatchObject({
      facts: { reason: 'not-supported', detail: 'pkcs15-tool' },
    });
  }
});
