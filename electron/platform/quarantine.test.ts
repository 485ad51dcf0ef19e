import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/server-program.ts';
import { isQuarantined } from './quarantine.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let file: string;

beforeEach(async () => {
  directory = await temporaryDirectory('quarantine');
  file = join(directory.path, 'module.so');
  await writeFile(file, '');
});
afterEach(() => directory.remove());

test('where files are not marked none is held back', async () => {
  expect(await isQuarantined(file, null)).toBe(false);
});

describe('on macOS', () => {
  /** A program that answers as xattr(1) does, and minds what it is asked. */
  async function ask(answer: string): Promise<boolean> {
    const program = join(directory.path, 'xattr');
    const asked = `[ "$*" = "-p com.apple.quarantine ${file}" ] || exit 2`;
    await writeFile(program, `#!/bin/sh\n${asked}\n${answer}\n`);
    await chmod(program, 0o755);
    return isQuarantined(file, { kind: 'extended-attribute', program });
  }

  test.each([
    ['echo "0081;5f3c1a2b;Safari;E1C0A2F2-0000-0000-0000-000000000000"', true],
    ['echo "00c1;5f3c1a2b;Safari;E1C0A2F2-0000-0000-0000-000000000000"', false],
    ['echo nonsense', true],
    ['echo', true],
    ['echo "No such xattr" >&2; exit 1', false],
  ])('a file is held back until the person opened it: %s', async (answer, isHeld) => {
    expect(await ask(answer)).toBe(isHeld);
  });

  test('nobody is held back for want of the program', async () => {
    const mark = { kind: 'extended-attribute', program: join(directory.path, 'none') } as const;
    expect(await isQuarantined(file, mark)).toBe(false);
  });
});

describe('on Windows', () => {
  const mark = { kind: 'zone-identifier' } as const;

  test.each([
    ['[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://vendor.example/\r\n', true],
    ['[ZoneTransfer]\r\nZoneId=4\r\n', true],
    ['[ZoneTransfer]\nZoneId=2\n', false],
    ['[ZoneTransfer]\r\nZoneId=0\r\n', false],
    ['nonsense', true],
  ])('a file is held back by the zone it came from: %j', async (stream, isHeld) => {
    await writeFile(`${file}:Zone.Identifier`, stream);
    expect(await isQuarantined(file, mark)).toBe(isHeld);
  });

  test('a file without that stream is from here', async () => {
    expect(await isQuarantined(file, mark)).toBe(false);
  });
});
