import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NssPerson } from '../testing/nss-person.ts';

let alex: NssPerson;

beforeEach(async () => {
  alex = await NssPerson.create();
});

afterEach(async () => {
  await alex[Symbol.asyncDispose]();
});

const installError = (reason: string) =>
  expect.objectContaining({ code: 'install', target: 'nss', reason }) as unknown;

describe('where it cannot work', () => {
  test('a missing tool is named with the package that brings it', async () => {
    const target = alex.target({ searchPath: join(alex.home, 'nothing') });
    const cure = expect.objectContaining({
      reason: 'tool-missing',
      detail: expect.stringContaining('sudo apt install libnss3-tools') as unknown,
    }) as unknown;
    const credential = await alex.credential({ id: 'one' });
    await expect(target.preflight()).rejects.toEqual(cure);
    await expect(target.install(credential)).rejects.toEqual(cure);
    const installed = await alex.target().install(credential);
    await expect(target.list([credential])).rejects.toEqual(cure);
    expect(await target.prove(installed)).toEqual([
      expect.objectContaining({ status: 'failed', failure: cure }),
    ]);
  });

  test('a database with a password is locked, and is not touched', async () => {
    await mkdir(alex.database, { recursive: true });
    const password = join(alex.home, 'password');
    await writeFile(password, 'secret\n');
    await alex.certutil('-N', '-f', password);
    const target = alex.target();
    const credential = await alex.credential({ id: 'one' });
    const before = await readFile(join(alex.database, 'key4.db'));
    await expect(target.preflight()).rejects.toEqual(installError('store-locked'));
    await expect(target.install(credential)).rejects.toEqual(installError('store-locked'));
    expect(await readFile(join(alex.database, 'key4.db'))).toEqual(before);
    for (const pkcs8 of credential.given) expect(pkcs8).toEqual(new Uint8Array(pkcs8.length));
  });

  test('a home in which the person may not write is said to be so', async () => {
    await writeFile(join(alex.home, '.pki'), 'a file where a directory should be');
    const target = alex.target();
    await expect(target.preflight()).rejects.toEqual(installError('store-not-writable'));
    await expect(target.install(await alex.credential({ id: 'one' }))).rejects.toEqual(
      installError('store-not-writable'),
    );
  });

  test(
    'a home that is read-only is said to be so before anything is ordered',
    { tags: ['deep'] },
    async () => {
      expect(await preflightWithoutPrivileges(alex.home)).toBe('ready');
      await chmod(alex.home, 0o500);
      expect(await preflightWithoutPrivileges(alex.home)).toBe('store-not-writable');
      await chmod(alex.home, 0o700);
      await alex.target().install(await alex.credential({ id: 'one' }));
      expect(await preflightWithoutPrivileges(alex.home)).toBe('ready');
      await chmod(join(alex.database, 'key4.db'), 0o400);
      expect(await preflightWithoutPrivileges(alex.home)).toBe('store-not-writable');
    },
  );

  test('a damaged database is refused, not replaced', async () => {
    await mkdir(alex.database, { recursive: true });
    await alex.certutil('-N', '--empty-password');
    const file = join(alex.database, 'cert9.db');
    const damage = randomBytes(8192);
    await writeFile(file, damage);
    const target = alex.target();
    await expect(target.preflight()).rejects.toEqual(installError('refused'));
    await expect(target.install(await alex.credential({ id: 'one' }))).rejects.toEqual(
      installError('refused'),
    );
    expect(await readFile(file)).toEqual(damage);
  });

  test('a platform without NSS has no such target', async () => {
    const target = alex.target({ platform: { homeDirectory: alex.home, nss: null } });
    await expect(target.preflight()).rejects.toEqual(installError('not-found'));
  });

  test('a wrong key for the certificate is found out', async () => {
    const target = alex.target();
    const one = await alex.credential({ id: 'one' });
    const other = await alex.credential({ id: 'other' });
    await expect(target.install({ ...one, exportPkcs8: other.exportPkcs8 })).rejects.toEqual(
      installError('refused'),
    );
    expect(await target.list([one, other])).toEqual([]);
  });
});

/** Root may write everywhere as long as it has the privilege to. */
async function preflightWithoutPrivileges(home: string): Promise<string> {
  const program = fileURLToPath(new URL('../testing/nss-preflight-program.ts', import.meta.url));
  const command = [process.execPath, program];
  const drop = ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--'];
  const [file = '', ...parameters] = process.geteuid?.() === 0 ? [...drop, ...command] : command;
  const env = { HOME: home, PATH: '/usr/bin:/bin' };
  const { stdout } = await promisify(execFile)(file, parameters, { env });
  return stdout.trim();
}
