import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mutated, mutatedOctets } from '../testing/hostile/mutations.ts';
import { isUnpolluted } from '../testing/hostile/unpolluted.ts';
import { temporaryDirectory } from '../testing/server-program.ts';
import {
  ManagedPolicyError,
  noPolicy,
  parseManagedPolicy,
  readManagedPolicy,
} from './managed-policy.ts';

const good = {
  pkcs11: { modules: ['/opt/vendor/lib/module.so'], onlyThese: true },
  ownAuthenticator: true,
};
const parse = (text: string | Uint8Array): unknown =>
  parseManagedPolicy('/policy.json', Buffer.from(text));

describe('a policy', () => {
  test('says which modules are used, and whether others are', () => {
    expect(parse(JSON.stringify(good))).toEqual(good);
    expect(parse('{"pkcs11": {"modules": []}}')).toEqual(noPolicy);
    expect(parse(' { } ')).toEqual(noPolicy);
    expect(parse('{"ownAuthenticator": true}')).toEqual({ ...noPolicy, ownAuthenticator: true });
    // RFC 8259 §8.1: a byte order mark may be ignored; editors on Windows write one.
    expect(parse('\ufeff{}')).toEqual(noPolicy);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"pkcs11": {}'],
    ['a comment', '{} // none'],
    ['a list', '[]'],
    ['null', 'null'],
    ['null for a section', '{"pkcs11": null}'],
    ['an unknown member', '{"pkcs12": {}}'],
    ['a misspelt member', '{"pkcs11": {"onlythese": true}}'],
    ['a member twice', '{"pkcs11": {"onlyThese": true, "onlyThese": false}}'],
    [
      'a member twice, once in disguise',
      '{"pkcs11": {"onlyThese": true, "onlyTh\\u0065se": false}}',
    ],
    ['a section twice', '{"pkcs11": {"onlyThese": true}, "pkcs11": {}}'],
    ['a path that is relative', '{"pkcs11": {"modules": ["module.so"]}}'],
    ['a path from home', '{"pkcs11": {"modules": ["~/module.so"]}}'],
    ['an empty path', '{"pkcs11": {"modules": [""]}}'],
    ['a path with NUL', '{"pkcs11": {"modules": ["/a\\u0000b"]}}'],
    ['a path without an end', JSON.stringify({ pkcs11: { modules: [`/${'a'.repeat(5_000)}`] } })],
    ['too many paths', JSON.stringify({ pkcs11: { modules: Array<string>(65).fill('/a') } })],
    ['text for a truth', '{"pkcs11": {"onlyThese": "yes"}}'],
    ['a number for a truth', '{"ownAuthenticator": 1}'],
    ['permission twice', '{"ownAuthenticator": false, "ownAuthenticator": true}'],
    ['a prototype', '{"__proto__": {"pkcs11": {}}}'],
    ['depth', '['.repeat(30_000)],
  ])('with %s is malformed', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ reason: 'malformed' }));
  });

  test('that is no UTF-8 is malformed', () => {
    expect(() => parse(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(ManagedPolicyError);
  });

  test('names in texts are no members', () => {
    const modules = ['/a', '/"a":', '/a"onlyThese":', '/\\'];
    expect(parse(JSON.stringify({ pkcs11: { modules } }))).toEqual({
      ...noPolicy,
      pkcs11: { modules, onlyThese: false },
    });
  });

  test('that somebody has changed is read as one of its kind, or refused', () => {
    const changed = fc.oneof(
      mutated(good).map((value) => Buffer.from(JSON.stringify([value]).slice(1, -1))),
      mutatedOctets([Buffer.from(JSON.stringify(good))]),
    );
    let refused = 0;
    fc.assert(
      fc.property(changed, (octets) => {
        try {
          const { pkcs11 } = parseManagedPolicy('/policy.json', octets);
          expect(typeof pkcs11.onlyThese).toBe('boolean');
          expect(pkcs11.modules.every((path) => path.startsWith('/'))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ManagedPolicyError);
          refused++;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(refused).toBeGreaterThan(500);
    expect(isUnpolluted()).toBe(true);
  });
});

describe('the file of the policy', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let file: string;
  const me = { users: [0, process.getuid?.() ?? 0], groups: [0] };

  beforeEach(async () => {
    directory = await temporaryDirectory('policy');
    await chmod(directory.path, 0o755);
    file = join(directory.path, 'policy.json');
    await writeFile(file, JSON.stringify(good), { mode: 0o644 });
  });
  afterEach(() => directory.remove());

  test('is followed when only the administrator can write it', async () => {
    expect(await readManagedPolicy(file, me)).toEqual(good);
  });

  test('may be missing, with its directory, and where nobody reads one', async () => {
    expect(await readManagedPolicy(`${directory.path}/none/policy.json`, me)).toEqual(noPolicy);
    expect(await readManagedPolicy(null)).toEqual(noPolicy);
  });

  test('counts for nothing when others can write it, or its directory', async () => {
    await chmod(file, 0o664);
    const groups: number[] = [];
    await expect(readManagedPolicy(file, { ...me, groups })).rejects.toMatchObject({
      reason: 'not-protected',
      path: file,
    });
    await chmod(file, 0o644);
    await chmod(directory.path, 0o777);
    await expect(readManagedPolicy(file, me)).rejects.toMatchObject({
      reason: 'not-protected',
      path: directory.path,
    });
  });

  test.runIf(process.getuid?.() === 0)('counts for nothing when it is a person’s', async () => {
    await chown(file, 4242, 0);
    await expect(readManagedPolicy(file)).rejects.toMatchObject({ reason: 'not-protected' });
  });

  test('is not taken for no policy when it cannot be read', async () => {
    await writeFile(file, 'x'.repeat(70_000));
    await expect(readManagedPolicy(file, me)).rejects.toMatchObject({ reason: 'malformed' });
    await expect(readManagedPolicy('/proc/self/mem', me)).rejects.toMatchObject({
      code: 'managed-policy',
    });
    const folder = join(directory.path, 'folder');
    await mkdir(folder);
    await expect(readManagedPolicy(folder, me)).rejects.toMatchObject({ reason: 'malformed' });
  });
});
