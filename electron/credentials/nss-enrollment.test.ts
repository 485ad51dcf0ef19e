import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NssTarget } from '../install/nss.ts';
import { linuxPlatform } from '../platform/linux.ts';
import { reached, startProving, World } from '../testing/enrollment-world.ts';

let world: World;
let home: string;

beforeEach(async () => {
  world = await World.start();
  home = join(world.directory, 'home');
  mkdirSync(home);
  world.installTarget = new NssTarget({
    platform: linuxPlatform({ env: { HOME: home }, osRelease: 'ID=debian\n' }),
    searchPath: '/usr/bin:/bin',
    temporaryDirectory: home,
    environment: process.env,
    now: world.now,
  });
});

afterEach(async () => {
  await world.stop();
});

function certutil(...arguments_: string[]): string {
  const database = `sql:${join(home, '.pki', 'nssdb')}`;
  return execFileSync('certutil', [...arguments_, '-d', database], { encoding: 'utf8' });
}

it('a credential is enrolled into NSS, shown to work at a server that asks for it, and removed', async () => {
  const process = await world.joined({ probe: { url: world.ca.probeUrl } });
  const { enrollmentId, answer } = await startProving(process);
  await answer(world.code());
  const { credentialId, results } = await reached(process, enrollmentId, 'done');
  expect(results).toMatchObject([
    {
      target: 'nss',
      status: 'installed',
      installation: {
        location: join(home, '.pki', 'nssdb'),
        proofs: [
          { status: 'proven', method: 'signature' },
          { status: 'proven', method: 'listed' },
          { status: 'proven', method: 'mutual-tls' },
        ],
      },
    },
  ]);
  const nickname = `Countersign ${credentialId}`;
  const [first] = (await process.credentials.detail(credentialId)).chain;
  const installed = new X509Certificate(certutil('-L', '-n', nickname, '-a'));
  expect(installed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(first?.sha256);

  await process.credentials.remove(credentialId);
  expect(certutil('-L')).not.toContain('Countersign');
  expect(process.unforeseen).toEqual([]);
});
