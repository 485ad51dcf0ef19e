import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyTypes } from '../../shared/models/enrollment-profile.ts';
import { everyNth } from '../testing/made-up.ts';
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

/** A certificate and its key that another program has. */
async function makeTheirs(): Promise<void> {
  const noise = join(alex.home, 'noise');
  await writeFile(noise, randomBytes(64));
  await alex.certutil(
    ...['-S', '-x', '-n', 'theirs', '-s', 'CN=Theirs', '-t', 'C,,', '-k', 'ec', '-q', 'nistp256'],
    ...['-z', noise],
  );
}

/** Every certificate with its trust, every key and every module of the database. */
async function everyLine(): Promise<readonly string[]> {
  const certificates = await alex.certutil('-L');
  const keys = (await alex.certutil('-K')).replaceAll(/^<.*?([0-9a-f]{40})/gm, 'key $1');
  const modules = await readFile(join(alex.database, 'pkcs11.txt'), 'utf8');
  return [certificates, keys, modules].flatMap((text) => text.trim().split('\n')).toSorted();
}

describe('installing', () => {
  test('makes the database, with certificate, key and intermediate, and trusts nobody', async () => {
    const target = alex.target();
    await target.preflight();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    expect(installed).toEqual({
      credentialId: 'one',
      certificate: credential.certificate,
      location: alex.database,
    });
    const list = await alex.certutil('-L');
    expect(list).toMatch(/^Countersign one\s+u,u,u\s*$/m);
    expect(list).toMatch(/^Countersign issuer [0-9a-f]{16}\s+,,\s*$/m);
    expect(await alex.nicknames()).toHaveLength(2);
    expect(await alex.keys()).toEqual(['Countersign one']);
  });

  test.each(
    everyNth(
      2,
      keyTypes.filter((type) => type !== 'Ed25519'),
    ),
  )('takes a %s key, finds it again and proves it', async (keyType) => {
    const target = alex.target();
    const credential = await alex.credential({ id: keyType, keyType });
    const installed = await target.install(credential);
    expect(await target.list([credential])).toEqual([installed]);
    const proven = { status: 'proven', by: 'certutil', at: '2026-11-22T12:00:00.000Z' };
    expect(await target.prove(installed, { anchors: [alex.rootDer] })).toEqual([
      { ...proven, method: 'signature' },
      { ...proven, method: 'listed' },
    ]);
  });

  test(
    'uses the database that is there, and of two places the one that browsers read',
    { tags: ['deep'] },
    async () => {
      const target = alex.target();
      const xdg = join(alex.home, '.local', 'share', 'pki', 'nssdb');
      await mkdir(xdg, { recursive: true });
      const { location } = await target.install(await alex.credential({ id: 'one' }));
      expect(location).toBe(xdg);
      await mkdir(alex.database, { recursive: true });
      const second = await target.install(await alex.credential({ id: 'two', subject: 'CN=B' }));
      expect(second.location).toBe(alex.database);
    },
  );

  test('adds what is ours to a database, and changes nothing else in it', async () => {
    await mkdir(alex.database, { recursive: true });
    await alex.certutil('-N', '--empty-password');
    await makeTheirs();
    const before = await everyLine();
    const target = alex.target();
    const installed = await target.install(await alex.credential({ id: 'one' }));
    const after = await everyLine();
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
    expect(after.filter((line) => !before.includes(line))).toEqual([
      expect.stringMatching(/^Countersign issuer [0-9a-f]{16} +,,/),
      expect.stringMatching(/^Countersign one +u,u,u/),
      expect.stringMatching(/^key [0-9a-f]{40} +Countersign one$/),
    ]);
    await target.prove(installed, { anchors: [alex.rootDer] });
    expect(await everyLine()).toEqual(after);
    await target.remove(installed);
    expect(await everyLine()).toEqual(before);
  });

  test('changes nothing when it is repeated', async () => {
    const target = alex.target();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    const before = [await alex.certutil('-L'), await alex.certutil('-K')];
    expect(await target.install(credential)).toEqual(installed);
    expect([await alex.certutil('-L'), await alex.certutil('-K')]).toEqual(before);
    expect(credential.given).toHaveLength(1);
  });

  test('leaves no key behind in memory or on the disk', async () => {
    const target = alex.target();
    const credential = await alex.credential({ id: 'one' });
    await target.install(credential);
    for (const pkcs8 of credential.given) expect(pkcs8).toEqual(new Uint8Array(pkcs8.length));
    expect(await readdir(alex.home)).toEqual(['.pki']);
  });

  test(
    'takes a root of the chain along neither as trusted nor at all',
    { tags: ['deep'] },
    async () => {
      const credential = await alex.credential({ id: 'one' });
      await alex.target().install({ ...credential, chain: [...credential.chain, alex.rootDer] });
      expect(await alex.certutil('-L')).not.toContain('Person Root');
      expect((await alex.certutil('-L')).match(/^Countersign/gm)).toHaveLength(2);
    },
  );

  test('keeps the trust that somebody gave an intermediate', { tags: ['deep'] }, async () => {
    await mkdir(alex.database, { recursive: true });
    await alex.certutil('-N', '--empty-password');
    const file = join(alex.home, 'issuer.pem');
    await writeFile(file, alex.issuer.certificate);
    await alex.certutil('-A', '-n', 'mine', '-t', 'CT,,', '-i', file);
    const target = alex.target();
    const installed = await target.install(await alex.credential({ id: 'one' }));
    expect(await alex.certutil('-L')).toMatch(/^mine\s+CT,,\s*$/m);
    await target.remove(installed);
    expect(await alex.certutil('-L')).toMatch(/^mine\s+CT,,\s*$/m);
  });

  test('keeps its turns when many things are asked at once', async () => {
    const target = alex.target();
    const ids = ['a', 'b', 'c', 'd'];
    const credentials = await Promise.all(
      ids.map((id) => alex.credential({ id, subject: `CN=${id}` })),
    );
    await Promise.all(credentials.map((credential) => target.install(credential)));
    expect(await target.list(credentials)).toHaveLength(4);
  });

  test('leaves a key in its place that cannot leave it', async () => {
    const credential = await alex.credential({ id: 'one' });
    await expect(alex.target().install({ ...credential, exportPkcs8: null })).rejects.toEqual(
      installError('not-exportable'),
    );
    expect(await alex.target().list([credential])).toEqual([]);
  });
});

describe('two credentials of one subject', () => {
  test('are told apart, although NSS gives both the nickname of the first', async () => {
    const target = alex.target();
    const first = await alex.credential({ id: 'first' });
    const second = await alex.credential({ id: 'second' });
    const one = await target.install(first);
    expect(await target.list([first, second])).toEqual([one]);
    const two = await target.install(second);
    expect(await alex.certutil('-L')).not.toContain('Countersign second');
    expect(await target.list([first, second])).toEqual([one, two]);
    for (const installed of [one, two]) {
      expect(await target.prove(installed)).toEqual([
        expect.objectContaining({ status: 'proven', method: 'signature' }),
        expect.objectContaining({ status: 'proven', method: 'listed' }),
      ]);
    }
    await target.remove(one);
    expect(await target.list([first, second])).toEqual([two]);
    expect((await target.prove(two))[0]).toEqual(expect.objectContaining({ status: 'proven' }));
  });
});

describe('removing', () => {
  test('takes key, certificate and intermediate, and is no error when repeated', async () => {
    const target = alex.target();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    await target.remove(installed);
    await target.remove(installed);
    expect(await alex.nicknames()).toEqual([]);
    expect(await alex.keys()).toEqual([]);
    expect(await target.list([credential])).toEqual([]);
  });

  test(
    'finds what was installed before browsers changed their database',
    { tags: ['deep'] },
    async () => {
      const target = alex.target();
      await mkdir(join(alex.home, '.local', 'share', 'pki', 'nssdb'), { recursive: true });
      const credential = await alex.credential({ id: 'one' });
      const before = await target.install(credential);
      const after = await target.install(await alex.credential({ id: 'two' }));
      expect(after.location).toBe(before.location);
      await mkdir(alex.database, { recursive: true });
      expect(await target.list([credential])).toEqual([]);
      expect((await target.install(credential)).location).toBe(alex.database);
      await target.remove(before);
      await rm(alex.database, { recursive: true });
      expect(await target.list([credential])).toEqual([]);
      expect((await target.prove(after))[0]).toEqual(expect.objectContaining({ status: 'proven' }));
    },
  );

  test('is no error where there never was a database, and makes none', async () => {
    const { certificate } = await alex.credential({ id: 'one' });
    await alex.target().remove({ credentialId: 'one', certificate, location: alex.database });
    expect(await readdir(alex.home)).toEqual([]);
  });

  test('keeps an intermediate for as long as another certificate needs it', async () => {
    const target = alex.target();
    const one = await target.install(await alex.credential({ id: 'one', subject: 'CN=A' }));
    const two = await target.install(await alex.credential({ id: 'two', subject: 'CN=B' }));
    await target.remove(one);
    expect(await alex.certutil('-L')).toContain('Countersign issuer');
    await target.remove(two);
    expect(await alex.certutil('-L')).not.toContain('Countersign issuer');
  });

  test('leaves the certificates and keys of other programs alone', { tags: ['deep'] }, async () => {
    const target = alex.target();
    const installed = await target.install(await alex.credential({ id: 'ours' }));
    await makeTheirs();
    await target.remove(installed);
    expect(await alex.certutil('-L')).toMatch(/^theirs\s+Cu,u,u\s*$/m);
    expect(await alex.keys()).toEqual([expect.stringContaining('theirs')]);
  });

  test('finishes what was removed by half', async () => {
    const target = alex.target();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    await alex.certutil('-D', '-n', 'Countersign one');
    expect(await target.list([credential])).toEqual([]);
    await target.remove(installed);
    expect(await alex.keys()).toEqual([]);
    expect(await alex.nicknames()).toEqual([]);
  });
});
