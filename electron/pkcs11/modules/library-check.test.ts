import { execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { linuxPlatform } from '../../platform/linux.ts';
import type { Pkcs11Location } from '../../platform/platform.ts';
import { temporaryDirectory } from '../../testing/server-program.ts';
import { entrySource, SmallLibraries } from '../../testing/tokens/small-libraries.ts';
import { ModuleError } from '../token-error.ts';
import { LibraryCheck, type LibraryCheckOptions } from './library-check.ts';

const softHsm = '/usr/lib/softhsm/libsofthsm2.so';
const me = { userId: process.getuid?.() ?? 0, groupId: process.getgid?.() ?? 0 };
const isRoot = me.userId === 0;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let libraries: SmallLibraries;
let location: Pkcs11Location;
/** A good module, anew for each test. */
let good: string;

beforeAll(async () => {
  directory = await temporaryDirectory('library-check');
  libraries = new SmallLibraries(directory.path);
  location = linuxPlatform({ env: { HOME: directory.path }, osRelease: null }).pkcs11;
  await libraries.build('entry', entrySource);
});
afterAll(() => directory.remove());
beforeEach(async () => {
  good = join(directory.path, 'good.so');
  await rm(good, { force: true });
  await copyFile(join(directory.path, 'libentry.so'), good);
  await chmod(good, 0o644);
});

const checkWith = (options: Partial<LibraryCheckOptions> = {}): LibraryCheck =>
  new LibraryCheck({ location, person: me, libraryPath: '', ...options });

/** What is said against a file; `null`: nothing. */
async function verdict(path: string, options?: Partial<LibraryCheckOptions>): Promise<unknown> {
  try {
    await checkWith(options).check(path);
    return null;
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error;
    expect(error.path).toBe(path);
    return error.detail === undefined ? error.reason : [error.reason, error.detail];
  }
}

async function written(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, content, { mode: 0o644 });
  return path;
}

test('modules of this computer are found good', async () => {
  expect(await verdict(softHsm)).toBeNull();
  expect(await verdict(good)).toBeNull();
});

test('what is not there is missing', async () => {
  for (const path of ['/none/module.so', '/etc/passwd/module.so', 'module.so', '', '/a\0b']) {
    expect(await verdict(path)).toBe('missing');
  }
});

test('what cannot be read is told with the reason of the system', async () => {
  const circle = join(directory.path, 'circle');
  await symlink('circle', circle);
  expect(await verdict(circle)).toEqual(['not-readable', 'ELOOP']);
  expect(await verdict(`/${'a'.repeat(300)}`)).toEqual(['not-readable', 'ENAMETOOLONG']);
});

/** As nobody in particular: root may read everything. */
const asNobody = `
  const [checker, linux, path] = process.argv.slice(1);
  const { LibraryCheck } = await import(checker);
  const { linuxPlatform } = await import(linux);
  process.setgroups([]);
  process.setgid(65534);
  process.setuid(65534);
  const location = linuxPlatform({ env: { HOME: '/' }, osRelease: null }).pkcs11;
  const check = new LibraryCheck({ location, person: null, libraryPath: '' });
  await check.check(path).catch(({ reason, detail }) => console.log(reason, detail));
`;

test.runIf(isRoot)('what is kept from the person is not readable', async () => {
  await chmod(directory.path, 0o755);
  const here = join(import.meta.dirname, 'library-check.ts');
  const linux = join(import.meta.dirname, '../../platform/linux.ts');
  const ask = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', asNobody, here, linux, good], {
      encoding: 'utf8',
    });
  expect(ask()).toBe('');
  await chmod(good, 0o600);
  expect(ask()).toBe('not-readable EACCES\n');
  await chmod(good, 0o644);
  await chmod(directory.path, 0o700);
  expect(ask()).toBe('not-readable EACCES\n');
});

test('what is no library is named', async () => {
  const pipe = join(directory.path, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const program = await libraries.compile(
    'program',
    'int main(void) { return 0; }',
    '-pie',
    '-fPIE',
  );
  const object = await libraries.compile('object.o', entrySource, '-c');
  const archive = join(directory.path, 'archive.a');
  execFileSync('ar', ['rc', archive, object]);
  for (const [path, kind] of [
    [await written('text', 'GROUP ( libx.so )'), 'text'],
    [await written('script', '#!/bin/sh\n'), 'script'],
    [await written('empty', ''), 'empty'],
    [await written('zip', 'PK\x03\x04\0\0'), 'unknown'],
    [directory.path, 'directory'],
    [pipe, 'special file'],
    ['/dev/zero', 'special file'],
    [program, 'executable'],
    [object, 'object'],
    [archive, 'archive'],
  ] as const) {
    expect(await verdict(path)).toEqual(['not-a-library', kind]);
  }
});

test('a library that was not downloaded whole is damaged', async () => {
  const octets = await readFile(softHsm);
  for (const part of [0.001, 0.1, 0.5, 0.9]) {
    const path = await written('part.so', octets.subarray(0, octets.length * part));
    expect(await verdict(path)).toEqual(['not-a-library', 'damaged']);
  }
});

describe('a library for another computer', () => {
  const prebuilds = join(import.meta.dirname, '../../../node_modules/keytar/prebuilds');

  test('is told by its architecture', async () => {
    const octets = await readFile(good);
    octets.writeUInt16LE(location.architecture === 'riscv64' ? 62 : 243, 18);
    const path = await written('changed.so', octets);
    const expected = location.architecture === 'riscv64' ? 'x64' : 'riscv64';
    expect(await verdict(path)).toEqual(['other-architecture', expected]);
    expect(await verdict(good, { location: { ...location, architecture: 'arm64' } })).toEqual([
      'other-architecture',
      process.arch,
    ]);
  });

  test.each([
    ['linux-ia32', 'ia32'],
    ['win32-x64', 'Windows x64'],
    ['darwin-arm64', 'macOS arm64'],
  ])('is told by its system as well: %s', async (folder, said) => {
    const path = join(prebuilds, folder, 'keytar.node');
    expect(await verdict(path)).toEqual(['other-architecture', said]);
  });
});

describe('a library that is no module', () => {
  test('is told by what it does not offer', async () => {
    const other = await libraries.build('other', 'int other(void) { return 1; }');
    expect(await verdict(other)).toBe('not-pkcs11');
    expect(await verdict('/usr/lib/x86_64-linux-gnu/libz.so.1')).toBe('not-pkcs11');
  });

  test('is none because it uses p11-kit, which has the entry of one', async () => {
    const source = 'int p11_kit_modules_load(void); int f(void) { return p11_kit_modules_load(); }';
    const user = await libraries.build('user', source, '-l:libp11-kit.so.0');
    expect(await verdict(user)).toBe('not-pkcs11');
  });

  test('may have one behind it', async () => {
    const wrapper = await libraries.build(
      'wrapper',
      'unsigned long C_GetFunctionList(void **); void *wrap(void) { return C_GetFunctionList; }',
      '-L.',
      '-lentry',
      '-Wl,-rpath,$ORIGIN',
    );
    expect(await verdict(wrapper)).toBeNull();
  });
});

describe('a library that needs others', () => {
  const source = 'int base(void); int f(void) { return base(); }';

  async function leaning(name: string, ...options: readonly string[]): Promise<string> {
    await libraries.build(name, `${entrySource} int base(void) { return 1; }`);
    return libraries.build(`on-${name}`, source, '-L.', `-l${name}`, ...options);
  }

  test('is refused with their names when the loader would not find them', async () => {
    const path = await leaning('gone');
    expect(await verdict(path)).toEqual(['dependency-missing', 'libgone.so']);
    expect(await verdict(path, { libraryPath: `relative:${directory.path}` })).toBeNull();
    const wrapper = await libraries.build(
      'outer',
      `int f(void); ${entrySource} int g(void) { return f(); }`,
      ...['-L.', '-lon-gone', '-Wl,-rpath,$ORIGIN'],
      '-Wl,--allow-shlib-undefined',
    );
    // Its own way to others leads to those of the others, too.
    expect(await verdict(wrapper)).toBeNull();
    await rm(join(directory.path, 'libgone.so'));
    expect(await verdict(wrapper)).toEqual(['dependency-missing', 'libgone.so']);
  });

  test('agrees with the loader of this computer about what is missing', async () => {
    const path = await leaning('agreed');
    const ldd = execFileSync('ldd', [path], { encoding: 'utf8' });
    expect(ldd).toContain('libagreed.so => not found');
    expect(await verdict(path)).toEqual(['dependency-missing', 'libagreed.so']);
  });

  test('is left to the loader where we cannot tell where that looks', async () => {
    const unknown = await leaning('unknown', '-Wl,-rpath,/opt/$LIB');
    expect(await verdict(unknown)).toBeNull();
    const loader = { directories: ['/usr/lib'], cacheFile: join(directory.path, 'none') };
    const path = await leaning('uncached');
    expect(await verdict(path, { location: { ...location, loader } })).toBeNull();
    expect(await verdict(path, { location: { ...location, loader: null } })).toBeNull();
  });

  test('is not content with one for another architecture', async () => {
    const folder = join(directory.path, 'foreign');
    await mkdir(folder, { recursive: true });
    const path = await leaning('only', '-Wl,-rpath,$ORIGIN/foreign');
    const octets = await readFile(join(directory.path, 'libonly.so'));
    await writeFile(join(folder, 'libonly.so'), octets);
    expect(await verdict(path)).toBeNull();
    octets.writeUInt16LE(243, 18);
    await writeFile(join(folder, 'libonly.so'), octets);
    expect(await verdict(path)).toEqual(['dependency-missing', 'libonly.so']);
  });
});

test('a file that is held back by the system is not loaded', async () => {
  const marked = { ...location, quarantine: { kind: 'zone-identifier' } as const };
  expect(await verdict(good, { location: marked })).toBeNull();
  await writeFile(`${good}:Zone.Identifier`, '[ZoneTransfer]\r\nZoneId=3\r\n');
  expect(await verdict(good, { location: marked })).toBe('quarantined');
  await rm(`${good}:Zone.Identifier`);
});

describe('a file that others may change', () => {
  test('makes a module unsafe that takes it along', async () => {
    const along = await libraries.build('along', 'int along(void) { return 1; }\n');
    const module = await libraries.build(
      'takes',
      `int along(void);\nint taken(void) { return along(); }\n${entrySource}`,
      ...[`-L${directory.path}`, '-lalong', '-Wl,-rpath,$ORIGIN'],
    );
    await chmod(module, 0o644);
    await chmod(along, 0o644);
    expect(await verdict(module)).toBeNull();
    await chmod(along, 0o666);
    expect(await verdict(module)).toEqual(['unsafe', along]);
  });

  test('is unsafe, and so is one in a folder of that kind', async () => {
    await chmod(good, 0o666);
    expect(await verdict(good)).toEqual(['unsafe', good]);
    const folder = join(directory.path, 'open');
    await mkdir(folder);
    await chmod(folder, 0o777);
    const inside = join(folder, 'module.so');
    await copyFile(join(directory.path, 'libentry.so'), inside);
    await chmod(inside, 0o644);
    expect(await verdict(inside)).toEqual(['unsafe', folder]);
    const link = join(directory.path, 'link.so');
    await symlink(inside, link);
    expect(await verdict(link)).toEqual(['unsafe', folder]);
  });

  test('is safe where modes mean nothing, since nothing is known there', async () => {
    await chmod(good, 0o666);
    expect(await verdict(good, { person: null })).toBeNull();
  });

  test.runIf(isRoot)('is unsafe when it belongs to another person, or their group', async () => {
    await chown(good, 4242, 4242);
    expect(await verdict(good)).toEqual(['unsafe', good]);
    await chown(directory.path, 4242, 4242);
    expect(await verdict(good, { person: { userId: 4242, groupId: 4242 } })).toBeNull();
    await chmod(good, 0o664);
    expect(await verdict(good, { person: { userId: 4242, groupId: 4242 } })).toBeNull();
    // A group that is not the person's alone.
    expect(await verdict(good, { person: { userId: 4242, groupId: 100 } })).toEqual([
      'unsafe',
      good,
    ]);
    await chown(directory.path, 0, 0);
  });
});
