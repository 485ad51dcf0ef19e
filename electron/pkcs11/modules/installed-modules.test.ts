import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linuxPlatform } from '../../platform/linux.ts';
import {
  ManagedPolicyError,
  noPolicy,
  type ManagedPolicy,
  type ManagedPolicyFault,
} from '../../platform/managed-policy.ts';
import { temporaryDirectory } from '../../testing/server-program.ts';
import { entrySource, SmallLibraries } from '../../testing/tokens/small-libraries.ts';
import { ModuleError } from '../token-error.ts';
import type { AddedModules } from './added-modules.ts';
import { createInstalledModules } from './create-installed-modules.ts';
import { InstalledModules } from './installed-modules.ts';
import { LibraryCheck } from './library-check.ts';

class AddedInMemory implements AddedModules {
  readonly #paths = new Set<string>();
  list = (): readonly string[] => [...this.#paths];
  add = (path: string): unknown => this.#paths.add(path);
  remove = (path: string): unknown => this.#paths.delete(path);
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let libraries: SmallLibraries;
let added: AddedInMemory;
let reports: unknown[];
/** A module. */
let good: string;

beforeEach(async () => {
  directory = await temporaryDirectory('modules');
  libraries = new SmallLibraries(directory.path);
  added = new AddedInMemory();
  reports = [];
  good = await libraries.build('good', entrySource);
});
afterEach(() => directory.remove());

interface Sources {
  readonly wellKnown?: readonly string[];
  readonly p11Kit?: readonly (readonly string[])[];
  readonly policy?: Partial<ManagedPolicy['pkcs11']> | ManagedPolicyFault;
}

function modulesOf({ wellKnown = [], p11Kit = [], policy = {} }: Sources): InstalledModules {
  const location = linuxPlatform({ env: { HOME: directory.path }, osRelease: null }).pkcs11;
  const person = { userId: process.getuid?.() ?? 0, groupId: process.getgid?.() ?? 0 };
  return new InstalledModules({
    ...{ wellKnown, added },
    fromP11Kit: () => Promise.resolve(p11Kit),
    readPolicy: () =>
      typeof policy === 'string'
        ? Promise.reject(new ManagedPolicyError({ file: '/etc/policy.json', reason: policy }))
        : Promise.resolve({ pkcs11: { ...noPolicy.pkcs11, ...policy } }),
    check: new LibraryCheck({ location, person, libraryPath: '' }),
    report: (_, error) => reports.push(error),
  });
}

async function listed(sources: Sources): Promise<unknown> {
  const found = await modulesOf(sources).list();
  return found.map(({ path, foundBy, failure }) => [
    foundBy,
    path,
    ...(failure ? [failure.reason] : []),
  ]);
}

/** Another way to a file. */
async function linked(name: string, target: string): Promise<string> {
  const path = join(directory.path, name);
  await symlink(target, path);
  return path;
}

test('modules of all sources are listed, those that cannot be used with the reason', async () => {
  const other = await libraries.build('other', entrySource);
  const third = await libraries.build('third', entrySource);
  const text = join(directory.path, 'text.so');
  await writeFile(text, 'text');
  added.add('/gone/mine.so');
  const sources = { policy: { modules: [good] }, p11Kit: [['/none/other.so', other], [text]] };
  expect(await listed({ ...sources, wellKnown: ['/none/third.so', third] })).toEqual([
    ['policy', good],
    ['person', '/gone/mine.so', 'missing'],
    ['p11-kit', other],
    ['p11-kit', text, 'not-a-library'],
    ['well-known', third],
  ]);
});

test('a file is one module, however many ways lead to it', async () => {
  const link = await linked('link.so', good);
  const again = await linked('again.so', link);
  added.add(link);
  const p11Kit = [[good], ['/gone.so'], ['/./gone.so']];
  expect(await listed({ p11Kit, wellKnown: [again, good] })).toEqual([
    ['person', link],
    ['p11-kit', '/gone.so', 'missing'],
  ]);
});

test('a token is not shown twice by what only passes on other modules', async () => {
  const paths = await Promise.all(
    [
      'p11-kit-proxy.so',
      'p11-kit-trust.so',
      'pkcs11-spy.so',
      'libnssckbi.so',
      'onepin-opensc-pkcs11.so',
    ].map((name) => libraries.compile(name, entrySource, '-shared', '-fPIC')),
  );
  const opensc = await libraries.compile('opensc-pkcs11.so', entrySource, '-shared', '-fPIC');
  const proxy = await linked('plain-name.so', paths[0] ?? '');
  const p11Kit = [...paths, proxy].map((path) => [path]);
  const onepin = paths.at(-1);
  expect(await listed({ p11Kit, wellKnown: [opensc] })).toEqual([['well-known', opensc]]);
  expect(await listed({ p11Kit })).toEqual([['p11-kit', onepin]]);
  // Who names one wants it.
  expect(await listed({ policy: { modules: paths.slice(0, 1) } })).toEqual([['policy', paths[0]]]);
});

test('of two variants of a driver the one for this computer is shown', async () => {
  const folder = join(directory.path, 'lib32');
  await mkdir(folder);
  const variant = join(folder, 'libgood.so');
  const prebuilds = join(import.meta.dirname, '../../../node_modules/keytar/prebuilds');
  await symlink(join(prebuilds, 'linux-ia32/keytar.node'), variant);
  expect(await listed({ wellKnown: [good, variant] })).toEqual([['well-known', good]]);
  expect(await listed({ wellKnown: [variant] })).toEqual([
    ['well-known', variant, 'other-architecture'],
  ]);
});

describe('a module that the person adds', () => {
  test('is remembered once, and forgotten when they say so', async () => {
    const modules = modulesOf({});
    expect(await modules.add(good)).toEqual({ path: good, foundBy: 'person' });
    const link = await linked('link.so', good);
    expect(await modules.add(link)).toEqual({ path: good, foundBy: 'person' });
    expect(added.list()).toEqual([good]);
    await modules.forget(good);
    expect(added.list()).toEqual([]);
    await expect(modules.forget(good)).rejects.toMatchObject({ reason: 'not-allowed' });
  });

  test('is checked before', async () => {
    await chmod(good, 0o666);
    const modules = modulesOf({});
    await expect(modules.add(good)).rejects.toThrow(ModuleError);
    await expect(modules.check('/none.so')).rejects.toMatchObject({ reason: 'missing' });
    expect(added.list()).toEqual([]);
  });
});

describe('the policy', () => {
  test('may leave nothing but its own modules', async () => {
    const other = await libraries.build('other', entrySource);
    const policy = { modules: [good], onlyThese: true };
    added.add(other);
    expect(await listed({ policy, wellKnown: [good] })).toEqual([
      ['policy', good],
      ['person', other, 'not-allowed'],
    ]);
    const modules = modulesOf({ policy });
    await expect(modules.add(other)).rejects.toMatchObject({ reason: 'not-allowed' });
    await expect(modules.check('/none.so')).rejects.toMatchObject({ reason: 'not-allowed' });
    await modules.check(await linked('allowed.so', good));
  });

  test.each(['malformed', 'not-readable'] as const)(
    'allows nothing when it is %s',
    async (policy) => {
      const modules = modulesOf({ policy, wellKnown: [good] });
      const [only] = await modules.list();
      expect(only?.failure).toMatchObject({
        reason: 'not-allowed',
        detail: `/etc/policy.json: ${policy}`,
      });
      await expect(modules.add(good)).rejects.toMatchObject({ reason: 'not-allowed' });
      expect(reports).toHaveLength(2);
    },
  );

  test('counts for nothing when others could have written it, and that is said', async () => {
    expect(await listed({ policy: 'not-protected', wellKnown: [good] })).toEqual([
      ['policy', '/etc/policy.json', 'unsafe'],
      ['well-known', good],
    ]);
    expect(reports).toHaveLength(1);
  });
});

test('SoftHSM and OpenSC of this computer are found by p11-kit’s configuration', async () => {
  const platform = linuxPlatform({ env: { HOME: directory.path }, osRelease: null });
  const modules = createInstalledModules({
    platform: { ...platform, managedPolicyFile: join(directory.path, 'none.json') },
    added,
    report: (_, error) => reports.push(error),
  });
  const found = await modules.list();
  const usable = found.filter(({ failure }) => failure === undefined).map(({ path }) => path);
  expect(usable.filter((path) => path.endsWith('/libsofthsm2.so'))).toHaveLength(1);
  expect(usable.filter((path) => path.endsWith('/opensc-pkcs11.so'))).toHaveLength(1);
  expect(found.filter(({ path }) => /trust|proxy|onepin|spy/.test(path))).toEqual([]);
  expect(reports).toEqual([]);
});
