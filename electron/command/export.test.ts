import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { House } from '../house.ts';
import { InstallWorld } from '../testing/installing/install-world.ts';
import { everyNth } from '../testing/made-up.ts';
import type { ExportCommand } from './export-command-line.ts';
import { exportTo } from './export.ts';
import { Output } from './output.ts';
import type { CommandRooms } from './rooms.ts';

let world: InstallWorld;
let rooms: CommandRooms;
let given: Uint8Array | null;
let said: string;

beforeEach(async () => {
  world = await InstallWorld.create();
  const { wallet, keys, credentials } = world.open();
  await world.issue({ wallet, keys }, { id: 'one' });
  const kept = { id: 'kept', key: { id: 'kept', type: 'P-256', place: 'os', exportable: false } };
  await world.issue({ wallet, keys }, kept as never);
  const { signal } = new AbortController();
  said = '';
  const out = (text: string): void => void (said += text);
  rooms = {
    output: new Output({ out, error: () => undefined, unread: signal }, true),
    ...{ signal, now: () => new Date() },
    openHouse: () => ({ wallet, credentials, close: () => Promise.resolve() }) as unknown as House,
    openTokens: () => {
      throw new Error('nobody needs a token');
    },
    linesOf: () => ({ next: () => Promise.resolve(given) }),
    toFailure: () => ({ code: 'internal' }),
  };
});
afterEach(() => world[Symbol.dispose]());

const command = (changes: Partial<ExportCommand>): ExportCommand => ({
  ...{ name: 'export', json: true, credentialId: 'one', format: 'pem', legacy: false },
  out: join(world.directory, 'file'),
  ...changes,
});
const openssl = (...words: readonly string[]): string =>
  execFileSync('openssl', words, { encoding: 'utf8', stdio: 'pipe' });

// The newer file is made slow to guess, for a processor's seconds: electron/certificates/pkcs12.test.ts has it in both tiers.
it.each(everyNth(2, [true, false]))(
  'writes key and certificates for the owner alone, under the passphrase of a descriptor (legacy: %s)',
  async (legacy) => {
    given = new TextEncoder().encode('correct hörse');
    const file = command({ format: 'pkcs12', passphraseFd: 3, legacy, out: world.places.home });
    const path = join(world.directory, `one-${String(legacy)}.p12`);
    expect(await exportTo({ ...file, out: path }, rooms)).toBe('done');
    expect(given.every((octet) => octet === 0)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const opened = ['-in', path, '-passin', 'pass:correct hörse', '-nodes'];
    expect(openssl('pkcs12', ...opened, ...(legacy ? ['-legacy'] : []))).toContain('PRIVATE KEY');
    expect(said).not.toContain('correct');
  },
);

it('writes nothing over a file that is there', async () => {
  const path = join(world.directory, 'mine');
  writeFileSync(path, 'mine');
  await expect(exportTo(command({ out: path }), rooms)).rejects.toMatchObject({
    ...{ code: 'install', target: 'file', reason: 'refused' },
  });
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

it('keeps a key where it has to stay, and needs a passphrase and a credential', async () => {
  const words = { format: 'pkcs12', passphraseFd: 3 } as const;
  given = new TextEncoder().encode('correct horse');
  const kept = exportTo(command({ ...words, credentialId: 'kept' }), rooms);
  await expect(kept).rejects.toMatchObject({ reason: 'not-exportable' });
  for (const passphrase of [null, new TextEncoder().encode('short')]) {
    given = passphrase;
    const refused = exportTo(command(words), rooms);
    await expect(refused).rejects.toMatchObject({ outcome: 'not-unlocked' });
  }
  const nobody = exportTo(command({ credentialId: 'nobody' }), rooms);
  await expect(nobody).rejects.toMatchObject({ outcome: 'not-found' });
});
