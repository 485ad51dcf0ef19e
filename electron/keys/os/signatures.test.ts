import * as koffi from 'koffi';
import { expect, test } from 'vitest';
import { cngSignatures, loadCng } from './cng-functions.ts';
import { constantNames, loadSecurity, securitySignatures } from './security-functions.ts';

// Parameters by the vendors' pages, counted there and not in the tables.
const cngParameters = {
  NCryptOpenStorageProvider: 3,
  NCryptCreatePersistedKey: 6,
  NCryptOpenKey: 5,
  NCryptSetProperty: 5,
  NCryptGetProperty: 6,
  NCryptFinalizeKey: 2,
  NCryptExportKey: 8,
  NCryptSignHash: 8,
  NCryptDeleteKey: 2,
  NCryptFreeObject: 1,
};

const securityParameters = {
  CFDataCreate: 3,
  CFDataGetLength: 1,
  CFDataGetBytePtr: 1,
  CFStringCreateWithCString: 3,
  CFStringGetCString: 4,
  CFNumberCreate: 3,
  CFBooleanGetValue: 1,
  CFDictionaryCreateMutable: 4,
  CFDictionarySetValue: 3,
  CFDictionaryGetValue: 2,
  CFEqual: 2,
  CFErrorGetCode: 1,
  CFErrorGetDomain: 1,
  CFRelease: 1,
  SecAccessControlCreateWithFlags: 4,
  SecKeyCreateRandomKey: 2,
  SecItemCopyMatching: 2,
  SecItemDelete: 1,
  SecKeyCopyPublicKey: 1,
  SecKeyCopyAttributes: 1,
  SecKeyCopyExternalRepresentation: 2,
  SecKeyCreateSignature: 4,
};

test('koffi reads the table of ncrypt.dll, and each function has its parameters', () => {
  const table = Object.entries(cngSignatures(koffi));
  const counts = table.map(([name, types]) => [
    name,
    koffi.proto('__stdcall', null, 'uint32_t', [...types]).proto?.arguments.length,
  ]);
  expect(Object.fromEntries(counts)).toEqual(cngParameters);
});

test('koffi reads the table of the Security framework, and each function has its parameters', () => {
  const table = Object.entries(securitySignatures(koffi));
  const counts = table.map(([name, [result, types]]) => [
    name,
    koffi.proto(null, result, [...types]).proto?.arguments.length,
  ]);
  expect(Object.fromEntries(counts)).toEqual(securityParameters);
  expect(new Set(constantNames).size).toBe(constantNames.length);
});

test('a system that has neither says that they are absent', async () => {
  const absent = expect.objectContaining({ code: 'os-key', reason: 'absent' }) as Error;
  await expect(loadCng()).rejects.toThrow(absent);
  await expect(loadSecurity()).rejects.toThrow(absent);
});
