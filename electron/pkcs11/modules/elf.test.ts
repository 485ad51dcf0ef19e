import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../testing/server-program.ts';
import { entrySource, SmallLibraries } from '../../testing/tokens/small-libraries.ts';
import { Elf } from './elf.ts';
import { offersFunction } from './elf-symbol.ts';
import { readLibraryHeader } from './library-header.ts';
import { DamagedLibrary, octetsOf } from './octets.ts';

const run = promisify(execFile);
const entry = 'C_GetFunctionList';

// Real libraries for machines that this one is not.
const prebuilds = join(import.meta.dirname, '../../../node_modules/keytar/prebuilds');

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let libraries: SmallLibraries;

beforeAll(async () => {
  directory = await temporaryDirectory('elf');
  libraries = new SmallLibraries(directory.path);
});
afterAll(() => directory.remove());

const readElf = async (path: string): Promise<Elf> => Elf.read(octetsOf(await readFile(path)));
const offersEntry = async (path: string): Promise<boolean | null> =>
  offersFunction(await readElf(path), entry);

describe('what a library offers', () => {
  test.each(['gnu', 'sysv', 'both'])('is found by the hash table of style %s', async (style) => {
    const option = `-Wl,--hash-style=${style}`;
    expect(await offersEntry(await libraries.build(`with-${style}`, entrySource, option))).toBe(
      true,
    );
    const without = await libraries.build(
      `without-${style}`,
      'int C_Other(void) { return 1; }',
      option,
    );
    expect(await offersEntry(without)).toBe(false);
  });

  test('is found without sections, by segments alone', async () => {
    const path = await libraries.build('stripped', entrySource);
    const stripped = join(directory.path, 'libbare.so');
    await copyFile(path, stripped);
    await run('strip', ['--strip-all', stripped]);
    const octets = await readFile(stripped);
    octets.fill(0, 40, 48); // e_shoff
    octets.fill(0, 60, 64); // e_shnum, e_shstrndx
    expect(await offersFunction(await Elf.read(octetsOf(octets)), entry)).toBe(true);
  });

  test.each([
    [
      'only wants it',
      `unsigned long ${entry}(void **); unsigned long f(void **l) { return ${entry}(l); }`,
    ],
    [
      'keeps it to itself',
      `static unsigned long ${entry}(void **l) { return 5; } void *f(void) { return ${entry}; }`,
    ],
    [
      'hides it',
      `__attribute__((visibility("hidden"))) unsigned long ${entry}(void **l) { return 5; }`,
    ],
    ['has data by that name', `int ${entry} = 5;`],
    ['has a name that begins alike', `unsigned long ${entry}2(void **l) { return 5; }`],
  ])('is nothing when it %s', async (what, source) => {
    expect(await offersEntry(await libraries.build(what.replaceAll(' ', '-'), source))).toBe(false);
  });

  test('agrees with binutils about every symbol of SoftHSM and of OpenSC', async () => {
    let compared = 0;
    for (const path of [
      '/usr/lib/softhsm/libsofthsm2.so',
      '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so',
    ]) {
      const elf = await readElf(path);
      const { stdout } = await run('nm', [
        '--dynamic',
        '--format=posix',
        '--without-symbol-versions',
        path,
      ]);
      for (const line of stdout.trim().split('\n')) {
        const [name = '', type = ''] = line.split(' ');
        if (!'TWUw'.includes(type)) continue;
        compared++;
        expect([name, await offersFunction(elf, name)]).toEqual([
          name,
          type === 'T' || type === 'W',
        ]);
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});

test.each([
  ['linux-ia32', 'ia32'],
  ['linux-armv7l', 'arm'],
  ['linux-arm64', 'arm64'],
])('a real library for another machine is read as well: %s', async (folder, architecture) => {
  const elf = await readElf(join(prebuilds, folder, 'keytar.node'));
  expect(elf.header.architecture).toBe(architecture);
  expect(await elf.needed()).toContain('libsecret-1.so.0');
  expect(await offersFunction(elf, '_ZN17GetPasswordWorker7OnErrorERKN4Napi5ErrorE')).toBe(true);
  expect(await offersFunction(elf, 'secret_password_lookup_sync')).toBe(false);
});

test('a program is told from a library though both are shared objects', async () => {
  const main = 'int main(void) { return 0; }';
  const program = await libraries.compile('program', main, '-pie', '-fPIE');
  expect((await readElf(program)).isProgram).toBe(true);
  expect((await readElf(await libraries.build('plain', entrySource))).isProgram).toBe(false);
  const fixed = await libraries.compile('fixed', main, '-no-pie');
  expect(await readLibraryHeader(octetsOf(await readFile(fixed)))).toEqual({ kind: 'executable' });
  const object = await libraries.compile('object.o', main, '-c');
  expect(await readLibraryHeader(octetsOf(await readFile(object)))).toEqual({ kind: 'object' });
});

test('what a library depends on is read, and where it wants that looked for', async () => {
  await libraries.build('base', 'int base(void) { return 1; }');
  const path = await libraries.build(
    'leaning',
    'int base(void); int lean(void) { return base(); }',
    '-L.',
    '-lbase',
    '-Wl,-rpath,$ORIGIN/lib:/opt/vendor',
  );
  const elf = await readElf(path);
  expect(await elf.needed()).toContain('libbase.so');
  expect(await elf.runPaths()).toEqual(['$ORIGIN/lib:/opt/vendor']);
});

describe('a library that somebody has changed', () => {
  let good: readonly Buffer[] = [];

  beforeAll(async () => {
    const built = await Promise.all(
      ['gnu', 'sysv'].map((style) =>
        libraries.build(`small-${style}`, entrySource, '-nostdlib', `-Wl,--hash-style=${style}`),
      ),
    );
    // Of 32 bits.
    const narrow = join(prebuilds, 'linux-ia32/keytar.node');
    good = await Promise.all([...built, narrow].map((path) => readFile(path)));
  });

  /** Reads all that is ever read; says whether that went well. */
  async function isReadable(octets: Uint8Array): Promise<boolean> {
    try {
      await readLibraryHeader(octetsOf(octets));
      const elf = await Elf.read(octetsOf(octets));
      await offersFunction(elf, entry);
      await elf.needed();
      await elf.runPaths();
      return true;
    } catch (error) {
      if (error instanceof DamagedLibrary) return false;
      throw error;
    }
  }

  test('is read, or refused as damaged, wherever it was changed', async () => {
    const counts = { readable: 0, damaged: 0 };
    // Most of a library is code, which nobody reads here: the changes go to its first pages.
    const changed = fc
      .tuple(
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.nat(0x1000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      )
      .map(([from, edits]) => {
        const octets = Buffer.from(from);
        for (const [at, octet] of edits) octets[at] = octet;
        return octets;
      });
    await fc.assert(
      fc.asyncProperty(changed, async (octets) => {
        counts[(await isReadable(octets)) ? 'readable' : 'damaged']++;
      }),
      { numRuns: 2_000 },
    );
    expect(counts.readable).toBeGreaterThan(100);
    expect(counts.damaged).toBeGreaterThan(100);
  });

  test('is refused wherever its end was cut off', async () => {
    const [small = Buffer.alloc(0)] = good;
    const readable: number[] = [];
    for (let length = 4; length < small.length; length += 61) {
      if (await isReadable(small.subarray(0, length))) readable.push(length);
    }
    // Behind the last segment come sections, which the loader does not read.
    expect(Math.min(...readable)).toBeGreaterThan(small.length / 2);
  });

  test('cannot keep its reader busy by a chain that has no end', async () => {
    const octets = Buffer.from(good[1] ?? []);
    const elf = await Elf.read(octetsOf(octets));
    const table = elf.tableOffset('hash') ?? 0;
    const buckets = octets.readUInt32LE(table);
    const chains = octets.readUInt32LE(table + 4);
    for (let index = 0; index < buckets + chains; index++)
      octets.writeUInt32LE(1, table + 8 + index * 4);
    octets.writeUInt32LE(1, table + 8 + buckets * 4 + 4);
    await expect(offersFunction(await Elf.read(octetsOf(octets)), 'nothing')).rejects.toThrow(
      DamagedLibrary,
    );
  });

  test.each([
    [183, 'arm64'],
    [243, 'riscv64'],
    [258, 'loong64'],
    [62, 'x64'],
    [9999, 'machine 9999'],
  ])('is for another architecture when it says so: machine %i', async (machine, architecture) => {
    const octets = Buffer.from(good[0] ?? []);
    octets.writeUInt16LE(machine, 18);
    expect(endianness()).toBe('LE');
    expect(await readLibraryHeader(octetsOf(octets))).toEqual({
      kind: 'library',
      format: 'elf',
      architectures: [architecture],
    });
  });
});

test('libraries of 32 bits and of the other order of octets are told apart', async () => {
  const header = (width: number, order: number, machine: number): Buffer => {
    const octets = Buffer.alloc(64);
    octets.set([0x7f, 0x45, 0x4c, 0x46, width, order, 1]);
    const write = (value: number, at: number): number =>
      order === 1 ? octets.writeUInt16LE(value, at) : octets.writeUInt16BE(value, at);
    write(3, 16);
    write(machine, 18);
    return octets;
  };
  const named = async (...facts: [number, number, number]): Promise<unknown> =>
    readLibraryHeader(octetsOf(header(...facts)));
  expect(await named(1, 1, 3)).toMatchObject({ architectures: ['ia32'] });
  expect(await named(1, 1, 62)).toMatchObject({ architectures: ['x32'] });
  expect(await named(2, 2, 22)).toMatchObject({ architectures: ['s390x'] });
  expect(await named(2, 2, 21)).toMatchObject({ architectures: ['ppc64 big-endian'] });
  await expect(named(3, 1, 62)).rejects.toThrow(DamagedLibrary);
});
