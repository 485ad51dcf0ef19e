import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutatedOctets } from '../../testing/hostile/mutations.ts';
import { readLibraryHeader } from './library-header.ts';
import { DamagedLibrary, octetsOf } from './octets.ts';

const read = (octets: Uint8Array): Promise<unknown> => readLibraryHeader(octetsOf(octets));
const library = (format: string, ...architectures: readonly string[]): unknown => ({
  kind: 'library',
  format,
  architectures,
});

/** `mach_header_64`, as far as it is read. */
function machO(processor: number, subtype: number, fileType: number): Buffer {
  const octets = Buffer.alloc(32);
  [0xfeedfacf, processor, subtype, fileType].forEach((value, index) =>
    octets.writeUInt32LE(value, index * 4),
  );
  return octets;
}

function fat(magic: number, ...slices: readonly Buffer[]): Buffer {
  const entry = magic === 0xcafebabf ? 32 : 20;
  const head = Buffer.alloc(8 + slices.length * entry);
  head.writeUInt32BE(magic, 0);
  head.writeUInt32BE(slices.length, 4);
  slices.forEach((slice, index) => {
    const offset = head.length + index * slice.length;
    const at = 8 + index * entry + 8;
    if (entry === 32) head.writeBigUInt64BE(BigInt(offset), at);
    else head.writeUInt32BE(offset, at);
  });
  return Buffer.concat([head, ...slices]);
}

function portableExecutable(machine: number, characteristics: number): Buffer {
  const octets = Buffer.alloc(256);
  octets.write('MZ');
  octets.writeUInt32LE(0x80, 0x3c);
  octets.write('PE\0\0', 0x80, 'latin1');
  octets.writeUInt16LE(machine, 0x84);
  octets.writeUInt16LE(characteristics, 0x80 + 22);
  return octets;
}

const arm = machO(0x0100000c, 0, 6);
const intel = machO(0x01000007, 3, 8);

describe('Mach-O', () => {
  test('libraries and bundles say for which processor they are', async () => {
    expect(await read(arm)).toEqual(library('mach-o', 'arm64'));
    expect(await read(intel)).toEqual(library('mach-o', 'x64'));
  });

  test('libraries with signed pointers are for Apple’s programs only', async () => {
    expect(await read(machO(0x0100000c, 0x80000002, 6))).toEqual(library('mach-o', 'arm64e'));
  });

  test('a program is no library', async () => {
    expect(await read(machO(0x0100000c, 0, 2))).toEqual({ kind: 'executable' });
    expect(await read(fat(0xcafebabe, machO(7, 0, 2)))).toEqual({ kind: 'executable' });
  });

  test.each([0xcafebabe, 0xcafebabf])('several in one file are all told: %i', async (magic) => {
    expect(await read(fat(magic, intel, arm))).toEqual(library('mach-o', 'x64', 'arm64'));
  });

  test('the old order of octets is read as well', async () => {
    const powerPc = Buffer.alloc(32);
    [0xfeedface, 18, 0, 6].forEach((value, index) => powerPc.writeUInt32BE(value, index * 4));
    expect(await read(powerPc)).toEqual(library('mach-o', 'ppc'));
  });

  test('a class of Java begins alike and is none', async () => {
    expect(await read(Buffer.from('cafebabe0000003d001d0a00', 'hex'))).toEqual({ kind: 'unknown' });
  });

  test('a slice that lies outside, or is something else, is damage', async () => {
    const cut = fat(0xcafebabe, intel, arm).subarray(0, -30);
    await expect(read(cut)).rejects.toThrow(DamagedLibrary);
    await expect(read(fat(0xcafebabe, Buffer.alloc(32)))).rejects.toThrow(DamagedLibrary);
  });
});

describe('PE', () => {
  test.each([
    [0x8664, 'x64'],
    [0xaa64, 'arm64'],
    [0x014c, 'ia32'],
    [0x1234, 'machine 4660'],
  ])('libraries say for which processor they are: %i', async (machine, architecture) => {
    expect(await read(portableExecutable(machine, 0x2022))).toEqual(library('pe', architecture));
  });

  test('a program is no library, for Windows or for DOS', async () => {
    expect(await read(portableExecutable(0x8664, 0x0022))).toEqual({ kind: 'executable' });
    const dos = portableExecutable(0x8664, 0x2022);
    dos.write('NE', 0x80);
    expect(await read(dos)).toEqual({ kind: 'executable' });
  });

  test('a header that lies outside is damage', async () => {
    const octets = portableExecutable(0x8664, 0x2022);
    octets.writeUInt32LE(0xfffffff0, 0x3c);
    await expect(read(octets)).rejects.toThrow(DamagedLibrary);
    await expect(read(Buffer.from('MZ'))).rejects.toThrow(DamagedLibrary);
  });
});

const prebuilds = join(import.meta.dirname, '../../../node_modules/keytar/prebuilds');

test.each([
  ['darwin-x64', 'mach-o', 'x64'],
  ['darwin-arm64', 'mach-o', 'arm64'],
  ['win32-x64', 'pe', 'x64'],
  ['win32-arm64', 'pe', 'arm64'],
  ['win32-ia32', 'pe', 'ia32'],
  ['linux-ia32', 'elf', 'ia32'],
  ['linux-armv7l', 'elf', 'arm'],
])('a real library for %s is known as that', async (folder, format, architecture) => {
  const octets = await readFile(join(prebuilds, folder, 'keytar.node'));
  expect(await read(octets)).toEqual(library(format, architecture));
});

test.each([
  ['', 'empty'],
  ['#!/bin/sh\n', 'script'],
  ['!<arch>\nlibx.o/', 'archive'],
  ['/* GNU ld script */ GROUP ( /lib/libc.so.6 )', 'text'],
  ['Umlaute: äöü', 'text'],
  ['a', 'text'],
  ['PK\x03\x04', 'unknown'],
  ['\0\0\0\0', 'unknown'],
])('what is no library is named: %j is %s', async (text, kind) => {
  expect(await read(Buffer.from(text))).toEqual({ kind });
});

test('whatever the octets are, they are named or damaged', async () => {
  const corpus = [arm, intel, fat(0xcafebabe, intel, arm), fat(0xcafebabf, intel, arm)];
  const changed = mutatedOctets([...corpus, portableExecutable(0x8664, 0x2022)]);
  const octets = fc.oneof(changed, fc.uint8Array({ maxLength: 600 }));
  await fc.assert(
    fc.asyncProperty(octets, async (each) => {
      await read(each).catch((error: unknown) => expect(error).toBeInstanceOf(DamagedLibrary));
    }),
    { numRuns: 3_000 },
  );
});
