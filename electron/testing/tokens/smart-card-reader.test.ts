import { execFile, fork, type ChildProcess } from 'node:child_process';
import { verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pkcs11js from 'pkcs11js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { factoryManagementKey } from './piv-state.ts';
import { SmartCardReader } from './smart-card-reader.ts';
import type { TokenQuestion } from './token-program.ts';

interface SeenToken {
  readonly label: string;
  readonly serial: string;
  readonly flags: number;
}

// OpenSC takes its time with a card, the more so on a busy machine.
const timeout = 180_000;

let reader: SmartCardReader;
let program: ChildProcess | null = null;
beforeEach(async () => {
  reader = await SmartCardReader.start();
});
afterEach(async () => {
  if (program?.exitCode === null) {
    const ended = once(program, 'exit');
    program.kill('SIGKILL');
    await ended;
  }
  program = null;
  await reader.stop();
});

async function ask(question: TokenQuestion): Promise<unknown> {
  program ??= fork(join(import.meta.dirname, 'token-program.ts'), [reader.modulePath], {
    env: { ...process.env, ...reader.env },
  });
  const answered = once(program, 'message') as Promise<unknown[]>;
  program.send(question);
  return (await answered)[0];
}
const tokens = async () => (await ask({ ask: 'tokens' })) as readonly SeenToken[];
const login = (pin: string) => ask({ ask: 'login', pin });

test(
  'OpenSC shows the card, and signs with both keys, with the PIN each time in 9C',
  { timeout },
  async () => {
    await reader.insert();
    expect(await login(reader.pin)).toBe('CKR_OK');
    const isSignature = (slot: '9a' | '9c', signature: string): boolean => {
      const key = new X509Certificate(reader.card.certificate(slot) ?? '').publicKey;
      const signed = Buffer.from(signature, 'hex');
      return verify('sha256', Buffer.from('text'), { key, dsaEncoding: 'ieee-p1363' }, signed);
    };
    const sign = async (id: string, pin?: string) =>
      (await ask({ ask: 'sign', id, text: 'text', ...(pin !== undefined && { pin }) })) as {
        readonly value: string;
        readonly signature: string;
      };
    expect(isSignature('9a', (await sign('01')).signature)).toBe(true);
    expect(isSignature('9c', (await sign('02', reader.pin)).signature)).toBe(true);
    expect((await sign('02')).value).toBe('CKR_USER_NOT_LOGGED_IN');
  },
);

test('wrong PINs lock the card', { timeout }, async () => {
  await reader.insert();
  const said = [await login('000000'), await login('000000')];
  expect(said).toEqual(['CKR_PIN_INCORRECT', 'CKR_PIN_INCORRECT']);
  expect((await tokens())[0]?.flags ?? 0).toSatisfy(
    (flags: number) => (flags & pkcs11js.CKF_USER_PIN_FINAL_TRY) !== 0,
  );
  await login('000000');
  expect(await login(reader.pin)).toBe('CKR_PIN_LOCKED');
  expect(reader.card.pinTriesLeft).toBe(0);
});

test(
  'programs hear of a card that is inserted and of one that is removed',
  { timeout },
  async () => {
    expect(await tokens()).toEqual([]);
    await expect.poll(() => ask({ ask: 'events' })).toContain('waiting');
    await reader.insert();
    await expect.poll(() => ask({ ask: 'events' })).toContain('in');
    expect(await tokens()).toHaveLength(1);
    await reader.remove();
    await expect.poll(() => ask({ ask: 'events' })).toContain('out');
    expect(await tokens()).toEqual([]);
  },
);

test(
  'a reader is seen by those who have its environment and by nobody else',
  { timeout },
  async () => {
    await using other = await SmartCardReader.start({ keys: { '9a': 'P-256' } });
    await other.insert();
    expect(await tokens()).toEqual([]);
  },
);

test(
  'piv-tool writes a certificate with the management key, and not without',
  { timeout },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'piv-tool-'));
    const file = join(folder, 'certificate.pem');
    const keyFile = join(folder, 'key');
    const before = reader.card.certificate('9a');
    const certificate = reader.card.certificate('9c') ?? Buffer.alloc(0);
    await writeFile(file, new X509Certificate(certificate).toString());
    await reader.insert();
    const write = async (key: string, ...words: readonly string[]): Promise<void> => {
      await writeFile(keyFile, key.replaceAll(/..(?!$)/g, '$&:'));
      const env = { ...process.env, ...reader.env, PIV_EXT_AUTH_KEY: keyFile };
      // Its exit code is not 0 in any case.
      const run = promisify(execFile)('piv-tool', ['-r', '0', ...words, '-C', '9A', '-i', file], {
        env,
      });
      await run.catch(() => null);
    };
    await write(factoryManagementKey);
    expect(reader.card.certificate('9a')).toEqual(before);
    await write('11'.repeat(24), '-A', 'M:9B:03');
    expect(reader.card.certificate('9a')).toEqual(before);
    await write(factoryManagementKey, '-A', 'M:9B:03');
    expect(reader.card.certificate('9a')).toEqual(certificate);
    await rm(folder, { recursive: true });
  },
);
