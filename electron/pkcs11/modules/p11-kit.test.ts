import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/server-program.ts';
import { P11Kit } from './p11-kit.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let reports: unknown[];

beforeEach(async () => {
  directory = await temporaryDirectory('p11-kit');
  reports = [];
});
afterEach(() => directory.remove());

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

function modules({ isRoot = false, program = 'countersign' } = {}): Promise<unknown> {
  const at = (name: string): string => join(directory.path, name);
  const kit = new P11Kit({
    location: {
      systemConfiguration: at('etc/pkcs11.conf'),
      personConfiguration: at('home/pkcs11.conf'),
      personModules: at('home/modules'),
      systemModules: [at('etc/modules'), at('usr/modules')],
      moduleDirectories: ['/multiarch', '/lib64'],
    },
    ...{ isRoot, program },
    report: (_, error) => reports.push(error),
  });
  return kit.modules();
}

test('nothing is there where p11-kit is not, and nobody is told', async () => {
  expect(await modules()).toEqual([]);
  expect(reports).toEqual([]);
});

test('modules of the person, the administrator and of packages are offered', async () => {
  await write({
    'home/modules/mine.module': 'module: /opt/mine.so',
    'etc/modules/b.module': 'module: b.so',
    'usr/modules/a.module': 'module: sub/a.so\n',
    'usr/modules/README': 'module: /opt/readme.so',
    'usr/modules/.hidden.module': 'module: /opt/hidden.so',
  });
  expect(await modules()).toEqual([
    ['/multiarch/sub/a.so', '/lib64/sub/a.so'],
    ['/multiarch/b.so', '/lib64/b.so'],
    ['/opt/mine.so'],
  ]);
});

test('the higher priority goes first, names decide between equals', async () => {
  await write({
    'usr/modules/a.module': 'module: /a.so',
    'usr/modules/b.module': 'module: /b.so\npriority: 10',
    'usr/modules/c.module': 'module: /c.so\npriority: -1',
    'usr/modules/d.module': 'module: /d.so\npriority: soon',
    'usr/modules/e.module': 'module: /e.so\npriority: +2',
  });
  expect(await modules()).toEqual([['/b.so'], ['/e.so'], ['/a.so'], ['/d.so'], ['/c.so']]);
});

test('a file of the same name sets what it sets, and leaves the rest', async () => {
  await write({
    'home/modules/a.module': 'priority: 5',
    'etc/modules/a.module': 'module: /admin.so',
    'usr/modules/a.module': 'module: /package.so',
    'usr/modules/b.module': 'module: /b.so',
    'home/modules/off.module': 'module:',
    'usr/modules/off.module': 'module: /off.so',
  });
  expect(await modules()).toEqual([['/admin.so'], ['/b.so']]);
});

test('modules may be for some programs, or not for others', async () => {
  await write({
    'usr/modules/a.module': 'module: /a.so\nenable-in: firefox, countersign',
    'usr/modules/b.module': 'module: /b.so\nenable-in: firefox',
    'usr/modules/c.module': 'module: /c.so\ndisable-in: firefox countersign',
    'usr/modules/d.module': 'module: /d.so\ndisable-in: p11-kit-proxy',
    'usr/modules/e.module': 'module: /e.so\nenable-in:',
    'usr/modules/f.module': 'module: /f.so\nenable-in: countersign\ndisable-in: countersign',
    'usr/modules/g.module': 'module: /g.so\nenable-in: countersigned',
  });
  expect(await modules()).toEqual([['/a.so'], ['/d.so'], ['/f.so']]);
  expect(await modules({ program: 'firefox' })).toEqual([['/a.so'], ['/b.so'], ['/d.so']]);
});

test.each([
  ['', '', [['/mine.so'], ['/theirs.so']]],
  ['user-config: none', 'user-config: only', [['/theirs.so']]],
  ['user-config: only', '', [['/mine.so']]],
  ['user-config: merge', 'user-config: none', [['/theirs.so']]],
  ['user-config: nonsense', '', [['/theirs.so']]],
])(
  'settings %j and %j of system and person decide whose modules count',
  async (system, person, expected) => {
    await write({
      'etc/pkcs11.conf': system,
      'home/pkcs11.conf': person,
      'home/modules/mine.module': 'module: /mine.so',
      'usr/modules/theirs.module': 'module: /theirs.so',
    });
    expect(await modules()).toEqual(expected);
  },
);

test('for root nothing comes from a home directory', async () => {
  await write({
    'home/pkcs11.conf': 'user-config: only',
    'home/modules/mine.module': 'module: /mine.so',
    'usr/modules/theirs.module': 'module: /theirs.so',
  });
  expect(await modules({ isRoot: true })).toEqual([['/theirs.so']]);
});

test('an odd file is told of and costs no other', async () => {
  await write({
    'usr/modules/binary.module': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0xff),
    'usr/modules/huge.module': `module: /huge.so\n#${'x'.repeat(70_000)}`,
    'usr/modules/nul.module': 'module: /nul\0.so',
    'usr/modules/section.module': '[module]',
    'usr/modules/up.module': 'module: ../../tmp/up.so',
    'usr/modules/hidden-up.module': 'module: sub/../../../tmp/up.so',
    'usr/modules/empty.module': '',
    'usr/modules/remote.module': 'remote: |ssh host p11-kit remote /module.so',
    'usr/modules/good.module': 'module: /good.so',
    'usr/modules/inside.module': 'module: sub/../inside.so',
  });
  await mkdir(join(directory.path, 'usr/modules/folder.module'));
  await symlink('nowhere', join(directory.path, 'usr/modules/dangling.module'));
  expect(await modules()).toEqual([['/good.so'], ['/multiarch/inside.so', '/lib64/inside.so']]);
  expect(reports).toHaveLength(7);
});

test('a directory with too many files is not gone through', async () => {
  const files = Array.from({ length: 257 }, (_, index) => [
    `usr/modules/m${index}.module`,
    'module: /m.so',
  ]);
  await write(Object.fromEntries(files) as Record<string, string>);
  expect(await modules()).toEqual([]);
  expect(reports).toHaveLength(1);
});
