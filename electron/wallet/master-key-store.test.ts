import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AesGcmSealer } from '../keystore/sealer.ts';
import { MemorySecretStore } from '../testing/memory-secret-store.ts';
import { applicationId, migrations } from './migrations.ts';
import { openWallet, type Wallet } from './wallet.ts';

let directory: string;
let open: Wallet[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-master-key-'));
  open = [];
});

afterEach(() => {
  for (const wallet of open) wallet.close();
  rmSync(directory, { recursive: true });
});

function opened(name: string): Wallet {
  const report = (doing: string, error: unknown): never => {
    throw new Error(doing, { cause: error });
  };
  const wallet = openWallet({ directory: join(directory, name), clock: () => new Date(), report });
  open.push(wallet);
  return wallet;
}

it('lets two wallets of one person seal for the first time at once', async () => {
  const secrets = new MemorySecretStore();
  const read = secrets.read.bind(secrets);
  const { promise: bothHaveLooked, resolve } = Promise.withResolvers<undefined>();
  let looks = 0;
  secrets.read = async (name) => {
    const secret = await read(name);
    looks += 1;
    if (looks === 2) resolve(undefined);
    await bothHaveLooked;
    return secret;
  };
  const sealers = [opened('work'), opened('home')].map(
    ({ masterKey }) => new AesGcmSealer({ secrets, record: masterKey }),
  );
  const plaintext = Buffer.from('a private key');
  const sealed = await Promise.all(sealers.map((sealer) => sealer.seal(plaintext, 'context')));
  for (const [index, sealer] of sealers.entries()) {
    const unsealed = await sealer.unseal(sealed[index] ?? new Uint8Array(), 'context');
    expect(Buffer.from(unsealed).toString()).toBe('a private key');
  }
});

it('keeps its name, and in a wallet that has sealed before the name that it had then', () => {
  const first = opened('wallet');
  const { secretName } = first.masterKey;
  expect(secretName).toMatch(/^master-key-[0-9a-f]{32}$/);
  first.close();
  expect(opened('wallet').masterKey.secretName).toBe(secretName);

  opened('old').close();
  const path = join(directory, 'old', 'wallet.db');
  rmSync(path);
  const database = new DatabaseSync(path);
  database.exec(migrations[0] ?? '');
  database.exec(`INSERT INTO master_key (only_row, id) VALUES (1, 'id');
    PRAGMA user_version = 1; PRAGMA application_id = ${applicationId}`);
  database.close();
  const old = opened('old');
  expect(old.masterKey.secretName).toBe('master-key');
  expect(old.masterKey.read()).toBe('id');
});
