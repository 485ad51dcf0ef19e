import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf, readVectors } from '../testing/vectors.ts';
import { readCommandLine } from './command-line.ts';
import { Output } from './output.ts';
import type { CommandRooms } from './rooms.ts';
import { runCommand } from './run-command.ts';

const { given, good, refused } = readVectors<
  { readonly root: string },
  { readonly receipt?: string; readonly content?: string },
  { readonly receipt?: string }
>('approvals');
const receiptOf = (id: string): Buffer => {
  const [, vector] = good.find(([each]) => each === id) ?? [];
  if (vector === undefined) throw new Error(`the vectors have no ${id}`);
  return Buffer.from(outputOf(vector).receipt ?? '', 'base64');
};

let folder: string;
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-receipts-'));
  const root = new X509Certificate(Buffer.from(given.root, 'base64'));
  await writeFile(path('root.pem'), root.toString());
  await writeFile(path('none.pem'), 'nothing');
});
afterAll(() => rm(folder, { recursive: true }));

/** Without a wallet, a token or a network: each would throw. */
async function run(...words: readonly string[]) {
  const said = { out: '', error: '' };
  const streams = {
    out: (text: string) => void (said.out += text),
    error: (text: string) => void (said.error += text),
    unread: new AbortController().signal,
  };
  const closed = (): never => {
    throw new Error('that is not needed');
  };
  const rooms: CommandRooms = {
    output: new Output(streams, words.includes('--json')),
    signal: new AbortController().signal,
    now: () => new Date('2026-11-22T12:00:00Z'),
    ...{ openHouse: closed, openTokens: closed, linesOf: closed },
    toFailure: () => ({ code: 'cancelled' }),
  };
  const code = await runCommand(['approvals', 'verify-receipt', ...words], {
    ...{ version: '0', streams, roomsFor: () => rooms, toFailure: rooms.toFailure },
  });
  return { code, ...said };
}

async function verify(receipt: Buffer, ...more: readonly string[]) {
  const file = path('receipt.p7s');
  await writeFile(file, receipt);
  return run(file, '--root', path('root.pem'), ...more);
}

describe('countersign approvals verify-receipt', () => {
  it.each([
    [
      'receipt-passkey',
      'approved this at 2026-11-22T11:30:00Z, by a passkey',
      'Installer of release 4.2',
    ],
    ['receipt-key', 'approved this at 2026-11-22T11:30:00Z, by a registered key', 'up to 10'],
    [
      'receipt-certificate',
      'approved this at 2026-11-22T11:30:00Z, by a certificate',
      'YubiKey 5C',
    ],
    [
      'receipt-account',
      'declined this at 2026-11-22T11:30:00Z',
      'Reason: Release 4.2 was called off',
    ],
    ['receipt-texts', 'approved this', 'Müller & Söhne "Werkzeuge" GmbH'],
  ])('says of %s what was decided, by whom and when', async (id, ...parts) => {
    const { code, out } = await verify(receiptOf(id));
    expect(code).toBe(0);
    expect(out.match(/^ok /gm)).toHaveLength(5);
    expect(out).toContain('Alex Example <alex@example.test>');
    for (const part of parts) expect(out).toContain(part);
  });

  it('says it for scripts', async () => {
    const { code, out } = await verify(receiptOf('receipt-account'), '--json');
    expect(code).toBe(0);
    const said = JSON.parse(out) as { readonly checks: readonly object[] };
    expect(said).toMatchObject({
      ...{ version: 1, holds: true },
      receipt: {
        ...{ directory: 'https://ca.example/acme/directory', decision: 'decline' },
        ...{ reason: 'Release 4.2 was called off', at: '2026-11-22T11:30:00Z', method: 'account' },
        ...{ by: { name: 'Alex Example', email: 'alex@example.test' }, sequence: 4 },
        document: { kind: 'order', organization: 'Example Corp' },
      },
    });
    expect(said.checks).toEqual(
      ['signature', 'digest', 'binding', 'evidence', 'log'].map((check) => ({
        check,
        passed: true,
      })),
    );
  });

  it.each(refused.filter(([, { input }]) => input.receipt !== undefined))(
    'says nothing of what %s would say',
    async (_id, { input }) => {
      const { code, out } = await verify(Buffer.from(input.receipt ?? '', 'base64'));
      expect(code).toBe(1);
      expect(out).toContain('FAILED');
      expect(out).toContain('This receipt does NOT hold.');
      expect(out).not.toContain('corp.example');
    },
  );

  it('has nothing to say of a root that is none, of another one, and of files that are not there', async () => {
    const file = path('receipt.p7s');
    await writeFile(file, receiptOf('receipt-passkey'));
    expect((await run(file, '--root', path('none.pem'))).code).toBe(3);
    expect((await run(file, '--root', path('missing.pem'))).code).toBe(3);
    expect((await run(path('missing.p7s'), '--root', path('root.pem'))).code).toBe(3);
    await writeFile(path('long.p7s'), Buffer.alloc(262_145));
    expect((await run(path('long.p7s'), '--root', path('root.pem'))).code).toBe(1);
    await writeFile(path('empty.p7s'), '');
    const { code, out } = await run(path('empty.p7s'), '--root', path('root.pem'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      holds: false,
      checks: [{ check: 'signature', passed: false }],
    });
  });

  it('is read from the command line', () => {
    expect(readCommandLine(['approvals', 'verify-receipt', 'a'])).toMatchObject({
      act: { act: 'verify-receipt', file: 'a', roots: [] },
    });
  });
});
