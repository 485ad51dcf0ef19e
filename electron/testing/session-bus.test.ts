import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { SessionBus } from './session-bus.ts';

const attributes = ['service', 'session-bus-test', 'username', 'alex'];

function secretTool(bus: SessionBus, command: 'store' | 'lookup', input = '') {
  const label = command === 'store' ? ['--label=test'] : [];
  const run = promisify(execFile)('secret-tool', [command, ...label, ...attributes], {
    env: bus.env,
  });
  // A program that ended at once reads nothing; how it ended is what is asked.
  run.child.stdin?.on('error', () => undefined).end(input);
  return run;
}

test('another program keeps a secret in the unlocked keyring, which a lock closes and an unlock opens', async () => {
  await using bus = await SessionBus.start({ secretService: 'unlocked' });
  await secretTool(bus, 'store', 'sesame');
  expect((await secretTool(bus, 'lookup')).stdout).toBe('sesame');
  await bus.lock();
  await expect(secretTool(bus, 'lookup')).rejects.toThrow();
  await bus.unlock();
  expect((await secretTool(bus, 'lookup')).stdout).toBe('sesame');
});

test('stopping ends the daemons and takes their directory away', async () => {
  const bus = await SessionBus.start({ secretService: 'unlocked' });
  await bus.stop();
  await expect(secretTool(bus, 'lookup')).rejects.toThrow(/secret-tool/);
  expect(existsSync(bus.home)).toBe(false);
});
