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

async function store(
  env: Readonly<Record<string, string>>,
  library: 'secret-service' | 'keytar',
  ...request: readonly string[]
): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, library, ...request], {
    env,
  });
  return JSON.parse(stdout) as Outcome;
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
    await store(env, library, 'write', 'a', secret);
    await store(env, library, 'write', 'b', 'AAEC');
    expect(await store(env, library, 'read', 'a')).toEqual({ found: secret });
    await store(env, library, 'remove', 'a');
    await store(env, library, 'remove', 'a');
    expect(await store(env, library, 'read', 'a')).toEqual({ found: null });
    expect(await store(env, library, 'read', 'b')).toEqual({ found: 'AAEC' });
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
  for (const request of [
    ['read', 'a'],
    ['read', 'never kept'],
    ['write', 'a', secret],
    ['remove', 'a'],
  ]) {
    const outcome = await store(bus.env, 'secret-service', ...request);
    expect(outcome, request.join(' ')).toEqual(expect.objectContaining({ reason: 'locked' }));
  }
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
    for (const request of [
      ['read', 'a'],
      ['write', 'a', secret],
    ]) {
      const outcome = await store(bus.env, 'secret-service', ...request);
      expect(outcome, outcome.cause).toEqual(expect.objectContaining({ reason }));
    }
  });
});

test.each([
  ['no D-Bus session', {}],
  ['a session that ended', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
  ['an address that is none', { DBUS_SESSION_BUS_ADDRESS: 'nonsense' }],
])('with %s the store is absent, and nothing falls back to another', async (_title, address) => {
  const env = { HOME: '/nonexistent', PATH: '/usr/bin:/bin', ...address };
  expect(await store(env, 'secret-service', 'write', 'a', secret)).toEqual(
    expect.objectContaining({ reason: 'absent' }),
  );
  expect(await store(env, 'secret-service', 'read', 'a')).toEqual(
    expect.objectContaining({ reason: 'absent' }),
  );
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
