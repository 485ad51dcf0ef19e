import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as koffi from 'koffi';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requireProgram } from '../../testing/server-program.ts';
import { ObjectScope } from './core-foundation.ts';
import {
  bindSecurity,
  constantNames,
  type Out,
  type Ref,
  type SecurityFunctions,
} from './security-functions.ts';

const source = fileURLToPath(new URL('../../testing/os-keys/frameworks.c', import.meta.url));
let directory: string;
let security: SecurityFunctions;
let scope: ObjectScope;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'frameworks-'));
  const constants = constantNames.map((name) => `CONSTANT(${name});\n`).join('');
  writeFileSync(join(directory, 'constants.h'), constants);
  const file = join(directory, 'frameworks.so');
  requireProgram('gcc', 'gcc');
  execFileSync('gcc', ['-shared', '-fPIC', `-I${directory}`, source, '-o', file]);
  const library = koffi.load(file);
  security = bindSecurity(koffi, { coreFoundation: library, security: library });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(() => {
  scope = new ObjectScope(security);
});

describe('through koffi, by the prototypes of the headers', () => {
  test('constants are the references that the variables hold', () => {
    for (const name of constantNames) {
      expect(scope.octetsOf(security.constants[name]).toString()).toBe(name);
    }
  });

  test('octets, texts and numbers arrive, and come back', () => {
    const octets = Buffer.from([0, 1, 2, 255, 0]);
    expect(scope.octetsOf(scope.data(octets))).toEqual(octets);
    expect(scope.octetsOf(scope.text('Schlüssel')).toString()).toBe('Schlüssel');
    expect(scope.octetsOf(scope.number(3072)).readInt32LE()).toBe(3072);
  });

  test('dictionaries have the call backs, and their values under their keys', () => {
    const label = scope.text('label');
    const dictionary = scope.dictionary({
      kSecAttrLabel: label,
      kSecReturnRef: security.constants.kCFBooleanTrue,
    });
    const value = (name: 'kSecAttrLabel' | 'kSecReturnRef' | 'kSecClass') =>
      security.CFDictionaryGetValue(dictionary, security.constants[name]);
    expect(value('kSecAttrLabel')).toBe(label);
    expect(security.CFBooleanGetValue(value('kSecReturnRef') ?? 0n)).toBe(1);
    expect(value('kSecClass')).toBeNull();
  });

  test('flags are as wide as CFOptionFlags', () => {
    const error: Out<Ref | null> = [null];
    const protection = security.constants.kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly;
    const access = security.SecAccessControlCreateWithFlags(null, protection, 2 ** 30, error);
    expect(scope.octetsOf(access ?? 0n).readBigUInt64LE()).toBe(1n << 30n);
    expect(error).toEqual([null]);
  });

  test('calls on other threads give their objects, statuses and errors', async () => {
    const full = scope.dictionary({ kSecClass: security.constants.kSecClassKey });
    const result: Out<Ref | null> = [null];
    expect(await security.SecItemCopyMatching(full, result)).toBe(0);
    expect(scope.octetsOf(result[0] ?? 0n).toString()).toBe('found');
    expect(await security.SecItemDelete(scope.dictionary({}))).toBe(-25300);
    const digest = Buffer.alloc(32, 7);
    const { kSecKeyAlgorithmECDSASignatureDigestX962SHA256: algorithm } = security.constants;
    const error: Out<Ref | null> = [null];
    const made = await security.SecKeyCreateSignature(full, algorithm, scope.data(digest), error);
    expect(scope.octetsOf(made ?? 0n)).toEqual(digest);
  });

  test('a CFError is read for its domain and its code, which is negative', async () => {
    const error: Out<Ref | null> = [null];
    const made = await security.SecKeyCreateRandomKey(scope.dictionary({}), error);
    expect(made).toBeNull();
    const doing = { call: 'SecKeyCreateRandomKey', doing: 'making a key' };
    expect(() => scope.ownOr(made, error, doing)).toThrow(
      expect.objectContaining({
        reason: 'not-entitled',
        status: 'errSecMissingEntitlement',
      }) as Error,
    );
  });

  test('what a scope owns is released at its end, and nothing else', () => {
    const data = scope.data(Buffer.from('octets'));
    const other = security.CFDataCreate(null, Buffer.from('octets'), 6) ?? 0n;
    scope.release();
    expect([data, other].map((each) => security.CFErrorGetCode(each))).toEqual([4711, 0]);
  });
});
