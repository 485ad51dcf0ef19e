import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FirefoxPerson } from '../testing/firefox-person.ts';
import { madeUp } from '../testing/made-up.ts';
import { NssPerson } from '../testing/nss-person.ts';
import { SoftHsm } from '../testing/tokens/soft-hsm.ts';
import { credentialOnToken, usable } from '../testing/tokens/token-credential.ts';
import { hasFirefox } from './firefox.ts';
import { firefoxProfiles, profilesIn } from './firefox-profiles.ts';

let alex: NssPerson;
let firefox: FirefoxPerson;

beforeEach(async () => {
  alex = await NssPerson.create();
  firefox = new FirefoxPerson(alex);
});
afterEach(async () => {
  await alex[Symbol.asyncDispose]();
});

const installError = (reason: string) =>
  expect.objectContaining({ code: 'install', target: 'firefox', reason }) as unknown;
const roots = () => [{ directory: firefox.root, isSandboxed: false }];

/** Everything that a database tells of certificates, keys and modules. */
async function contents(profile: string): Promise<string> {
  const keys = await firefox.nss('certutil', profile, '-K').catch(() => 'no keys');
  const modules = await readFile(join(profile, 'pkcs11.txt'), 'utf8');
  return [await firefox.nss('certutil', profile, '-L'), keys, modules].join('\n');
}

describe('the profiles of Firefox', () => {
  test('get a credential each, lose it, and are otherwise as they were', async () => {
    const profiles = await firefox.profiles('default', 'second one');
    const before = await Promise.all(profiles.map(contents));
    const target = firefox.target();
    await target.preflight();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    expect(installed.location).toBe(profiles.join(', '));
    for (const profile of profiles) {
      expect(await firefox.nss('certutil', profile, '-L')).toMatch(/^Countersign one\s+u,u,u/m);
    }
    expect(await target.list([credential])).toEqual([installed]);
    expect(await target.install(credential)).toEqual(installed);
    expect(await target.prove(installed, { anchors: [alex.rootDer] })).toMatchObject([
      { status: 'proven', method: 'signature' },
      { status: 'proven', method: 'listed' },
    ]);
    await target.remove(installed);
    await target.remove(installed);
    expect(await Promise.all(profiles.map(contents))).toEqual(before);
  });

  test(
    'offer the newer of two alone once it has taken the older one’s place',
    { tags: ['deep'] },
    async () => {
      const [profile = ''] = await firefox.profiles('default');
      const target = firefox.target();
      const older = await target.install(await alex.credential({ id: 'older' }));
      const newer = await alex.credential({ id: 'newer' });
      const installed = await target.install(newer);
      await target.rebind(older, installed, [newer]);
      expect(await target.list([older, newer])).toEqual([installed]);
      const listed = await firefox.nss('certutil', profile, '-L');
      expect(listed.match(/u,u,u/g)).toHaveLength(1);
      expect(listed).toContain('Countersign issuer');
    },
  );

  test('with a primary password take nothing, are named, and do not keep others from it', async () => {
    const [open = '', closed = ''] = await firefox.profiles('open', 'closed');
    await protect(closed);
    const before = await readFile(join(closed, 'key4.db'));
    const target = firefox.target();
    // Nobody is kept from a certificate by it.
    await target.preflight();
    const credential = await alex.credential({ id: 'one' });
    const installed = await target.install(credential);
    expect(installed.location).toBe(open);
    expect(await target.prove(installed)).toMatchObject([
      { status: 'failed', failure: { target: 'firefox', reason: 'store-locked', detail: closed } },
    ]);
    expect(await readFile(join(closed, 'key4.db'))).toEqual(before);
    await rm(open, { recursive: true });
    await expect(target.install(credential)).rejects.toEqual(installError('store-locked'));
  });

  test(
    'that are gone are no error to remove from, and nothing to install into',
    { tags: ['deep'] },
    async () => {
      const [profile = ''] = await firefox.profiles('default');
      const target = firefox.target();
      const credential = await alex.credential({ id: 'one' });
      const installed = await target.install(credential);
      await rm(profile, { recursive: true });
      expect(await target.list([credential])).toEqual([]);
      await target.remove(installed);
      await target.preflight();
      await expect(target.install(credential)).rejects.toEqual(installError('not-found'));
    },
  );

  test('see a token by its module, but for those of a Firefox in a sandbox', async () => {
    const [profile = ''] = await firefox.profiles('default');
    const sandboxed = join(alex.home, 'snap', 'firefox', 'common', '.mozilla', 'firefox');
    await mkdir(join(sandboxed, 'xyz.snap'), { recursive: true });
    await writeFile(join(sandboxed, 'profiles.ini'), '[Profile0]\nIsRelative=1\nPath=xyz.snap\n');
    await using hsm = await SoftHsm.create('Card');
    const { label, serial, pin } = hsm.token;
    const credential = await credentialOnToken(alex, { ...usable(hsm), label, serial, pin }, 'one');
    const target = firefox.target({ environment: hsm.env });
    const installed = await target.install(credential);
    expect(installed.location).toBe(profile);
    expect(await readFile(join(profile, 'pkcs11.txt'), 'utf8')).toContain('libsofthsm2.so');
    await rm(profile, { recursive: true });
    await expect(target.install(credential)).rejects.toEqual(installError('not-on-token'));
    const software = await alex.credential({ id: 'software' });
    expect((await target.install(software)).location).toBe(join(sandboxed, 'xyz.snap'));
  });
});

/** Sets a primary password, as Firefox would. */
async function protect(profile: string): Promise<void> {
  const [none, some] = [join(alex.home, 'none'), join(alex.home, 'some')];
  await writeFile(none, '\n');
  await writeFile(some, 'primary\n');
  await firefox.nss('certutil', profile, '-W', '-f', none, '-@', some);
}

describe('a profiles.ini', () => {
  const section = (path: string, isRelative = 1): string =>
    `[Profile0]\r\nName=x\r\nIsRelative=${isRelative}\r\nPath=${path}\r\n`;

  test.each([
    ['a name', section('a.default'), ['/h/ff/a.default']],
    ['a directory', section('Profiles/a'), ['/h/ff/Profiles/a']],
    ['an absolute path', section('/data//a/../b/', 0), ['/data/b']],
    ['the way out', section('../../.ssh'), []],
    ['a winding way out', section('a/../../../.ssh'), []],
    ['the directory itself', section('.'), []],
    ['an absolute path that is said to be relative', section('/etc'), []],
    ['a relative path that is said to be absolute', section('a', 0), []],
    ['NUL', section('a\0b'), []],
    ['no path', '[Profile0]\nIsRelative=1\n', []],
    ['another section', '[Install12]\nDefault=a\nPath=a\nIsRelative=1\n', []],
    ['a section in a value', '[General]\nX=[Profile0]\nIsRelative=1\nPath=a\n', []],
  ])('with %s names %j', (_what, text, expected) => {
    expect(profilesIn(text, '/h/ff')).toEqual(expected);
  });

  test('leads nowhere but into its directory, or where it says so openly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('0', '1', '2'), (path, flag) => {
        const text = `[Profile0]\nIsRelative=${flag}\nPath=${path}\n[Profile1]\nPath=`;
        return profilesIn(text, '/h/ff').every(
          (found) =>
            found.startsWith(flag === '1' ? '/h/ff/' : '/') && !found.split('/').includes('..'),
        );
      }),
      { numRuns: madeUp(1000) },
    );
  });

  test('that is missing, huge, a pipe or no text names nothing', async () => {
    expect(hasFirefox(roots())).toBe(false);
    expect(await firefoxProfiles(roots())).toEqual([]);
    await firefox.profiles('default');
    expect(hasFirefox(roots())).toBe(true);
    expect(await firefoxProfiles(roots())).toHaveLength(1);
    const file = join(firefox.root, 'profiles.ini');
    await writeFile(file, `${section('xyz.default')}${'#'.repeat(300_000)}`);
    expect(await firefoxProfiles(roots())).toEqual([]);
    await writeFile(file, Buffer.concat([Buffer.from(section('xyz.default')), Buffer.of(0xff)]));
    expect(await firefoxProfiles(roots())).toEqual([]);
    await rm(file);
    await mkdir(file);
    expect(await firefoxProfiles(roots())).toEqual([]);
  });

  test('names no link, nothing of somebody else’s, nothing that everybody may write to', async () => {
    const [profile = ''] = await firefox.profiles('default');
    expect(await firefoxProfiles(roots(), 4711)).toEqual([]);
    await chmod(profile, 0o777);
    expect(await firefoxProfiles(roots())).toEqual([]);
    await chmod(profile, 0o700);
    await symlink(profile, join(firefox.root, 'link'));
    await writeFile(join(firefox.root, 'profiles.ini'), section('link'));
    expect(await firefoxProfiles(roots())).toEqual([]);
  });
});

test('what was installed is the person’s certificate', { tags: ['deep'] }, async () => {
  const [profile = ''] = await firefox.profiles('default');
  const credential = await alex.credential({ id: 'one' });
  await firefox.target().install(credential);
  const pem = await firefox.nss('certutil', profile, '-L', '-n', 'Countersign one', '-a');
  expect(new X509Certificate(pem).raw).toEqual(Buffer.from(credential.certificate));
});
