import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as koffi from 'koffi';
import { KeytarStore } from '../../keystore/keytar.ts';
import { expectTrue, type Check } from './check.ts';
import { expectSuccess, loadCrypt32, loadKernel32 } from './windows-libraries.ts';

/** dpapi.h: CRYPTPROTECT_UI_FORBIDDEN. */
const uiForbidden = 1;

const store = new KeytarStore('Countersign under Wine');

/** The Credential Manager, through the store that the wallet keeps its sealing key in. */
export const credentialManagerKeeps = (directory: string): readonly Check[] => [
  {
    what: '`KeytarStore` keeps a secret, and says of one that was never kept that there is none',
    expects: 'works',
    run: async () => {
      const secret = randomBytes(32);
      writeFileSync(join(directory, 'secret'), secret);
      await store.write('master key', secret);
      expectTrue((await store.read('never kept')) === null, 'read what was never kept');
    },
  },
];

/** In another process. */
export const credentialManagerFinds = (directory: string): readonly Check[] => [
  {
    what: 'another process reads it, and removes it for good',
    expects: 'works',
    run: async () => {
      const secret = await store.read('master key');
      const kept = readFileSync(join(directory, 'secret'));
      expectTrue(secret !== null && kept.equals(secret), 'it is another secret');
      await store.remove('master key');
      expectTrue((await store.read('master key')) === null, 'it is still there');
    },
  },
];

export const dataProtectionKeeps = (directory: string): readonly Check[] => [
  {
    what: 'CryptProtectData seals octets, and they are not to be seen in what it makes',
    expects: 'works',
    run: () => {
      const secret = randomBytes(32);
      const sealed = transform('CryptProtectData', secret);
      expectTrue(!sealed.includes(secret), 'they are to be seen');
      writeFileSync(join(directory, 'clear'), secret);
      writeFileSync(join(directory, 'sealed'), sealed);
      return Promise.resolve();
    },
  },
];

/** In another process. */
export const dataProtectionFinds = (directory: string): readonly Check[] => [
  {
    what: 'another process opens them with CryptUnprotectData',
    expects: 'works',
    run: () => {
      const opened = transform('CryptUnprotectData', readFileSync(join(directory, 'sealed')));
      expectTrue(readFileSync(join(directory, 'clear')).equals(opened), 'they are other octets');
      return Promise.resolve();
    },
  },
  {
    what: 'CryptUnprotectData refuses what was changed',
    expects: 'CryptUnprotectData 0x0000000d',
    run: () => {
      const sealed = readFileSync(join(directory, 'sealed'));
      sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
      transform('CryptUnprotectData', sealed);
      return Promise.resolve();
    },
  },
];

function transform(call: 'CryptProtectData' | 'CryptUnprotectData', octets: Buffer): Buffer {
  const { GetLastError, LocalFree } = loadKernel32();
  const made: Partial<{ cbData: number; pbData: bigint }> = {};
  const blob = { cbData: octets.length, pbData: octets };
  const done = loadCrypt32()[call](blob, null, null, null, null, uiForbidden, made);
  expectSuccess(done, call, GetLastError);
  const { cbData = 0, pbData = 0n } = made;
  const copy = Buffer.from(koffi.decode(pbData, 'uint8_t', cbData) as Uint8Array);
  LocalFree(pbData);
  return copy;
}
