import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SessionBus } from '../testing/session-bus.ts';

const program = fileURLToPath(new URL('../testing/secret-store-program.ts', import.meta.url));

interface Outcome {
  readonly found?: string | null;
  readonly reason?: string;
  readonly cause?: string;
}

type Environment = Readonly<Record<string, string>>;
type Library = 'secret-service' | 'keytar';
type Request = readonly [verb: 'read' | 'write' | 'remove', name: string, base64?: string];

/** What a process of its own says to these requests, one after the other. */
async function storeAll(
  env: Environment,
  library: Library,
  requests: readonly Request[],
): Promise<readonly Outcome[]> {
  const words = [program, library, JSON.stringify(requests)];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    // vitest.config.ts
    env: { ...env, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] },
  });
  return JSON.parse(stdout) as readonly Outcome[];
}

async function store(
  env: Environment,
  library: Library,
  ...request: Request
): Promise<Outcome | undefined> {
  const [outcome] = await storeAll(env, library, [request]);
  return outcome;
}

const secret = randomBytes(32).toString('base64');

describe.each(['secret-service', 'keytar'] as const)('an open keyring through %s', (library) => {
  test('keeps, replaces, gives back and removes a secret across processes', async () => {
    await using bus = await SessionBus.start({ secretService: 'unlocked' });
    const { env } = bus;
    expect(await store(env, library, 'read', 'a')).toEqual({ found: null });
    expect(await store(env, library, 'write', 'a', randomBytes(32).toString('base64'))).toEqual({
      found: null,
    });
    await storeAll(env, library, [
      ['write', 'a', secret],
      ['write', 'b', 'AAEC'],
    ]);
    expect(await store(env, library, 'read', 'a')).toEqual({ found: secret });
    await storeAll(env, library, [
      ['remove', 'a'],
      ['remove', 'a'],
    ]);
    const after = await storeAll(env, library, [
      ['read', 'a'],
      ['read', 'b'],
    ]);
    expect(after).toEqual([{ found: null }, { found: 'AAEC' }]);
  });
});

test('what the wallet keeps, the desktop finds by its service', async () => {
  await using bus = await SessionBus.start({ secretService: 'unlocked' });
  await store(bus.env, 'secret-service', 'write', 'a', Buffer.from('sesame').toString('base64'));
  const { stdout } = await promisify(execFile)(
    'secret-tool',
    ['lookup', 'service', 'org.countersign.test', 'username', 'a'],
    { env: bus.env },
  );
  expect(stdout).toBe('sesame');
});

test('asking for what is not there leaves nothing behind', async () => {
  await using bus = await SessionBus.start({ secretService: 'unlocked' });
  await store(bus.env, 'secret-service', 'read', 'a');
  const found = promisify(execFile)(
    'secret-tool',
    ['search', '--all', 'service', 'org.countersign.test'],
    { env: bus.env },
  );
  await expect(found).resolves.toEqual(expect.objectContaining({ stdout: '' }));
});

test('a locked keyring is locked, whether it holds the secret or not', async () => {
  await using bus = await SessionBus.start({ secretService: 'unlocked' });
  await store(bus.env, 'secret-service', 'write', 'a', secret);
  await bus.lock();
  const outcomes = await storeAll(bus.env, 'secret-service', [
    ['read', 'a'],
    ['read', 'never kept'],
    ['write', 'a', secret],
    ['remove', 'a'],
  ]);
  expect(outcomes).toEqual(Array(4).fill(expect.objectContaining({ reason: 'locked' })));
  await bus.unlock();
  expect(await store(bus.env, 'secret-service', 'read', 'a')).toEqual({ found: secret });
});

describe.each([
  ['no-collection', 'absent'],
  ['no-provider', 'absent'],
  ['forbidden', 'denied'],
] as const)('on a bus with %s', (secretService, reason) => {
  test(`reading and keeping say ${reason}`, async () => {
    await using bus = await SessionBus.start({ secretService });
    const outcomes = await storeAll(bus.env, 'secret-service', [
      ['read', 'a'],
      ['write', 'a', secret],
    ]);
    expect(outcomes).toEqual(Array(2).fill(expect.objectContaining({ reason })));
  });
});

test.each([
  ['no D-Bus session', {}],
  ['a session that ended', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
  ['an address that is none', { DBUS_SESSION_BUS_ADDRESS: 'nonsense' }],
])('with %s the store is absent, and nothing falls back to another', async (_title, address) => {
  const env = { HOME: '/nonexistent', PATH: '/usr/bin:/bin', ...address };
  const outcomes = await storeAll(env, 'secret-service', [
    ['write', 'a', secret],
    ['read', 'a'],
  ]);
  expect(outcomes).toEqual(Array(2).fill(expect.objectContaining({ reason: 'absent' })));
});

test('two items under our name are damage, not a choice', async () => {
  await using bus = await SessionBus.start({ secretService: 'unlocked' });
  await store(bus.env, 'secret-service', 'write', 'a', secret);
  const second = promisify(execFile)(
    'secret-tool',
    ['store', '--label=x', 'service', 'org.countersign.test', 'username', 'a', 'other', '1'],
    { env: bus.env },
  );
  second.child.stdin?.end('intruder');
  await second;
  expect(await store(bus.env, 'secret-service', 'read', 'a')).toEqual(
    expect.objectContaining({ reason: 'damaged' }),
  );
});
